"""What works in Slack works in Teams and in the browser: driven there, and printed as a page.

A gap fails. What Microsoft gives no bot stands in the table with the reason.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest

from bot.cards.incident import incident_card
from bot.chat.command import Command, Takes
from bot.domain.effect import SUBSTITUTES, EffectKind
from bot.domain.lifecycle import State
from bot.platforms.slack import render as slack
from bot.platforms.teams import render as teams
from bot.platforms.teams.platform import CANNOT
from bot.platforms.teams.press import command_of
from bot.platforms.web.platform import CAPABILITIES
from bot.platforms.web.render import CardHtml, Posting
from handlers.commands import COMMANDS
from handlers.registry import resolve
from storage.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.teams.cards import actions
from tests.golden.test_cards import POLICIES, incident
from tests.parity.house import House, Seen, opened

PAGE: Final = Path(__file__).parents[2] / "docs" / "reference" / "parity.md"
SURFACES: Final = ("slack", "teams", "web")
VERBS: Final[Sequence[Command]] = [resolve(path) for path in COMMANDS.values()]
HEAD: Final = """\
# Slack, Teams and the web room, side by side

Printed by `pytest tests/golden/test_parity.py --update-golden`, which types every verb and opens
its form on each of the three, through the simulators of Slack and Teams and a browser, compares
the buttons that each renders, and lists the effects that each can do. A gap fails the build.
"""
ONE_WAY: Final = frozenset({EffectKind.NOTIFY, EffectKind.WEBHOOK})
"""Done by channels that go one way, on no chat platform."""

PAGES: Final = CardHtml(Posting("/", "token", lambda: "key"))

DIFFERS: Final[Mapping[tuple[str, str], str]] = {
    ("noise", "web"): "it is about the channel in which it is said",
}
"""(verb, surface) → why it cannot be the same there."""

OF_A_PART: Final = frozenset({"task", "followup", "postmortem"})
"""Verbs that list when nothing is said, and whose forms are of one part of theirs."""

IN_WEB: Final = "the page is made from the database and needs no effect"


def line_of(command: Command, number: int) -> str:
    return f"{command.verb} #{number}" if command.takes is Takes.INCIDENT else command.verb


async def drive(house: House) -> dict[str, dict[str, Seen]]:
    """Verb → surface → what came of it; each on an incident of its own, so that all are alike."""
    for _ in range(len(VERBS) * len(SURFACES)):
        await house.say("web", "declare one --severity P3 --anyway")
    numbers = iter(range(1, len(VERBS) * len(SURFACES) + 1))
    return {
        command.verb: {
            surface: await house.say(surface, line_of(command, next(numbers)))
            for surface in SURFACES
        }
        for command in VERBS
    }


def row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def table(head: Sequence[str], rows: Iterable[str]) -> str:
    return "\n".join([row(*head), row(*("---" for _ in head)), *rows])


def verbs(seen: Mapping[str, Mapping[str, Seen]]) -> str:
    def cell(verb: str, name: str, one: Seen) -> str:
        if reason := DIFFERS.get((verb, name)):
            return f"no: {reason}"
        return "yes, a form" if one.form else "yes"

    rows = (
        row(f"`{verb}`", *(cell(verb, name, on[name]) for name in SURFACES))
        for verb, on in seen.items()
    )
    return table(("verb", "Slack", "Teams", "web room"), rows)


def buttons_of(state: State) -> dict[str, set[str]]:
    """Surface → the command lines that its card of an incident in this state offers."""
    card = incident_card(incident(status=state), POLICIES)
    message = slack.message(card, version=1)
    blocks = [*message.blocks, *(b for bar in message.attachments for b in bar["blocks"])]
    rows = [block["elements"] for block in blocks if block["type"] == "actions"]
    shown = teams.adaptive(card)
    return {
        "slack": {one["value"] for elements in rows for one in elements},
        "teams": {command_of(one.get("data")) for one in actions(shown)} - {""},
        "web": set(re.findall(r'name="text" value="([^"]+)"', PAGES.card(card))),
    }


def pressed(state: State, on: Mapping[str, set[str]]) -> str:
    commands = ", ".join(f"`{command}`" for command in sorted(on["web"]))
    return row(state, *(len(on[name]) for name in SURFACES), commands)


def effects(can: Mapping[str, frozenset[EffectKind]]) -> str:
    def cell(name: str, kind: EffectKind) -> str:
        if kind in can[name]:
            return "yes"
        if kind in can["channels"] and name == "threads":
            return "nothing to do: a room is a thread"
        instead = SUBSTITUTES.get(kind)
        told = f", {instead} instead" if instead in can[name] and kind is not EffectKind.PIN else ""
        return f"no: {CANNOT[kind]}{told}"

    rows = (
        row(
            f"`{kind}`",
            "yes",
            cell("threads", kind),
            cell("channels", kind),
            "yes" if kind in CAPABILITIES.effects else "-",
        )
        for kind in EffectKind
        if kind not in ONE_WAY
    )
    head = ("effect", "Slack", "Teams, rooms are threads", "Teams with Graph", "web room")
    return f"{table(head, rows)}\n\n`-`: {IN_WEB}."


def capabilities(house: House) -> dict[str, frozenset[EffectKind]]:
    channels = house.muster.delivery.channels
    threads = channels["teams"].capabilities.effects
    made = {
        EffectKind.RENAME_ROOM,
        EffectKind.ARCHIVE_ROOM,
        EffectKind.UNARCHIVE_ROOM,
        EffectKind.SET_TOPIC,
    }
    return {
        "slack": channels["slack"].capabilities.effects,
        "threads": threads,
        "channels": threads | made,
    }


@pytest.mark.timeout(240)
async def test_whatever_works_in_slack_works_in_teams_and_in_the_browser(
    sqlite_store: SqlStore, clock: FakeClock, request: pytest.FixtureRequest
) -> None:
    async with opened(sqlite_store, clock) as house:
        seen = await drive(house)
        can = capabilities(house)
    for verb, on in seen.items():
        alike = {one for name, one in on.items() if (verb, name) not in DIFFERS}
        assert len(alike) == 1, (verb, on)
        assert on["slack"].status != 500, verb
    asked = {command.verb for command in VERBS if command.form is not None}
    assert {verb for verb, on in seen.items() if on["slack"].form} == asked - OF_A_PART
    missing = [k for k in can["slack"] - can["channels"] if k not in CANNOT]
    assert missing == [], "an effect that Teams lacks has a reason"
    offered = {state: buttons_of(state) for state in State}
    for state, on in offered.items():
        assert on["slack"] == on["teams"] == on["web"], state
    rows = (pressed(state, on) for state, on in offered.items())
    buttons = table(("state", "Slack", "Teams", "web room", "commands"), rows)
    printed = "\n\n".join(
        (
            HEAD.rstrip(),
            f"## Verbs and forms\n\n{verbs(seen)}",
            f"## Buttons of the live card\n\n{buttons}",
            f"## Effects\n\n{effects(can)}\n",
        )
    )
    if request.config.getoption("--update-golden", default=False):
        PAGE.write_text(printed)
    assert printed == PAGE.read_text(), "run pytest tests/golden/test_parity.py --update-golden"
