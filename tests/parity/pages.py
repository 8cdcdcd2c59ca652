"""The web room does most effects by being looked at: what Ann does in the browser, and what stands
on whose page afterwards that did not stand there before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.domain.effect import EffectKind
from tests.parity.house import House

ROOM: Final = "/incidents/{n}"
TITLE: Final = "the pages are slow"


@dataclass(frozen=True)
class Look:
    """`line` is what Ann types about incident `{n}`; `words` then stand at `path` for `person`."""

    line: str
    words: str
    path: str = ROOM
    person: str = "ann"


LOOKS: Final[Mapping[EffectKind, Look]] = {
    EffectKind.OPEN_ROOM: Look(f'declare "{TITLE}" --severity P3 --anyway --private', "Timeline"),
    EffectKind.POST: Look("note #{n} the disk is full", "the disk is full"),
    EffectKind.EDIT_CARD: Look("ack #{n}", "Acknowledged by"),
    EffectKind.RENAME_ROOM: Look("rename #{n} the shop is slow", "#{n} the shop is slow"),
    EffectKind.SET_TOPIC: Look("severity #{n} P1 it got worse", "P1 high"),
    EffectKind.BOOKMARK: Look("link #{n} https://dash.example Dashboard", "https://dash.example"),
    EffectKind.EPHEMERAL: Look("status #{n}", "Only you see this.", "/command"),
    EffectKind.INVITE: Look("assign #{n} @ben", "Timeline", person="ben"),
    EffectKind.PUBLISH_HOME: Look("rename #{n} the list shows it", "the list shows it", "/"),
    EffectKind.ARCHIVE_ROOM: Look("close #{n}", "the list shows it", "/?status=closed"),
    EffectKind.UPLOAD: Look(
        "postmortem #{n} draft", "**Status:** draft", f"{ROOM}/postmortem?format=markdown"
    ),
    EffectKind.UNARCHIVE_ROOM: Look("reopen #{n} not over yet", "the list shows it", "/"),
}
"""Kind → what stands for it in the browser. Each goes on where the one before it ended."""

BEFORE: Final[Mapping[EffectKind, str]] = {EffectKind.ARCHIVE_ROOM: "resolve #{n} fixed"}
"""Kind → what has to be so first."""


async def looked_at(house: House, number: int) -> dict[EffectKind, bool]:
    """Kind → whether it is there to be seen. `number` is the one that the next incident gets."""
    return {kind: await _is_shown(house, kind, look, number) for kind, look in LOOKS.items()}


async def _is_shown(house: House, kind: EffectKind, look: Look, number: int) -> bool:
    words, path = look.words.format(n=number), look.path.format(n=number)
    if kind in BEFORE:
        await house.say("web", BEFORE[kind].format(n=number))
    before = await _page(house, path, look.person)
    said = await house.say("web", look.line.format(n=number))
    assert said.ok, (kind, said)
    assert house.page is not None
    after = house.page.html if path == "/command" else await _page(house, path, look.person)
    return words not in before and words in after


async def _page(house: House, path: str, person: str) -> str:
    """As this person reads it."""
    if path == "/command":
        return (await house.browser.get("/")).html
    await house.browser.press(await house.browser.get("/"), "Act as", person=person)
    page = await house.browser.get(path)
    await house.browser.press(await house.browser.get("/"), "Act as", person="ann")
    return page.html if page.status == 200 else ""
