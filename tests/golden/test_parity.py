"""What works in Slack works in Teams and in the browser: driven there, and printed as a page.

A gap fails. What Microsoft gives no bot stands in the table with the reason.
"""

import re
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from itertools import starmap
from pathlib import Path
from typing import Final

import pytest

from bot.cards.incident import buttons_of as buttons_for
from bot.cards.incident import incident_card
from bot.chat.command import Command, Takes
from bot.domain.effect import EffectKind
from bot.domain.incident import Incident
from bot.domain.lifecycle import State
from bot.platforms.slack import render as slack
from bot.platforms.teams import render as teams
from bot.platforms.teams.platform import CANNOT, LESS
from bot.platforms.teams.press import command_of
from bot.platforms.web.platform import CAPABILITIES
from bot.platforms.web.render import CardHtml, Posting
from bot.ports.queries import MUSTER, IncidentFilter
from handlers.commands import COMMANDS
from handlers.registry import resolve
from storage.store import SqlStore
from tests.chat.test_commands import FILLED as BY_VERB
from tests.databases import opened as a_database
from tests.databases import sqlite_url
from tests.fakes.clock import FakeClock
from tests.fakes.teams.cards import actions
from tests.golden.test_cards import POLICIES, incident
from tests.parity.effects import (
    NUMBER,
    ORDER,
    Stage,
    seen_in_slack,
    seen_in_teams,
    seen_in_web,
)
from tests.parity.house import House, Seen, opened
from tests.parity.pages import looked_at
from tests.parity.printed import (
    DIFFERS,
    HEAD,
    NEEDLESS,
    ONE_WAY,
    SURFACES,
    Driven,
    effects,
    pressed,
    row,
    table,
    verbs,
)
from tests.web.conftest import socket

PAGE: Final = Path(__file__).parents[2] / "docs" / "reference" / "parity.md"
TITLES: Final = {"slack": "search is slow", "teams": "mails bounce", "web": "a disk is full"}
"""Surface → what is declared there; what is alike would be asked about first."""

VERBS: Final[Sequence[Command]] = [resolve(path) for path in COMMANDS.values()]
PAGES: Final = CardHtml(Posting("/", "token", lambda: "key"))

OF_A_PART: Final[Mapping[str, str]] = {
    "task": "task #{n}",
    "followup": "followup #{n}",
    "postmortem": "postmortem #{n} edit summary",
}
"""Verbs that list when nothing is said; how the form of a part of theirs is asked for."""

FILLED: Final[Mapping[str, Mapping[str, str]]] = {
    **BY_VERB,
    "declare": {"title": "search is slow", "severity": "P3"},
    "silence": {"matchers": "service=payments", "length": "1h", "comment": "noise"},
    "postmortem": {"summary": "The cache had no limit."},
}
"""Verb → what is filled into its form."""

PATHS: Final[Mapping[State, Sequence[str]]] = {
    State.NEW: (),
    State.ACKNOWLEDGED: ("ack #{n}",),
    State.IN_PROGRESS: ("ack #{n}", "start #{n}"),
    State.ESCALATED: ("escalate #{n}",),
    State.RESOLVED: ("resolve #{n} fixed",),
    State.CLOSED: ("resolve #{n} fixed", "close #{n}"),
}
"""State → how an incident comes there."""


def line_of(command: Command, number: int) -> str:
    return f"{command.verb} #{number}" if command.takes is Takes.INCIDENT else command.verb


async def drive(house: House) -> dict[str, dict[str, Driven]]:
    """Verb → surface → what came of it; each on an incident of its own, so that all are alike."""
    for _ in range(len(VERBS) * len(SURFACES)):
        await house.say("web", "declare one --severity P3 --anyway")
    numbers = iter(range(1, len(VERBS) * len(SURFACES) + 1))
    return {
        command.verb: {
            surface: await drive_one(house, surface, command, next(numbers)) for surface in SURFACES
        }
        for command in VERBS
    }


async def drive_one(house: House, surface: str, command: Command, number: int) -> Driven:
    typed = await house.say(surface, line_of(command, number))
    driven = Driven(typed, typed.form)
    if command.verb in OF_A_PART:
        if command.verb == "postmortem":
            await house.say("web", f"resolve #{number} fixed")
            await house.say("web", f"postmortem #{number} draft")
        line = OF_A_PART[command.verb].format(n=number)
        driven.opened = (await house.say(surface, line)).form
    if driven.opened:
        told = {"title": TITLES[surface]} if command.verb == "declare" else {}
        driven.sent = await house.fill_in(surface, {**FILLED[command.verb], **told})
    return driven


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


async def perform(house: House) -> dict[str, dict[EffectKind, bool]]:
    """Platform → kind → whether it was done."""
    channels, rooms = house.muster.delivery.channels, house.rooms
    stages = {
        "slack": Stage(channels["slack"], lambda: seen_in_slack(house.slack), rooms.general.id),
        "teams": Stage(channels["teams"], lambda: seen_in_teams(house.teams), rooms.incidents.id),
        "web": Stage(channels["web"], lambda: seen_in_web(house.browser), ""),
    }
    for _ in range(NUMBER):
        await house.say("web", "declare one --severity P3 --anyway")
    async with socket(house.browser, "/ws/notices"):
        return {platform: await stage.perform_all() for platform, stage in stages.items()}


@pytest.fixture
async def stores(
    sqlite_template: Path, tmp_path: Path, clock: FakeClock
) -> AsyncIterator[list[SqlStore]]:
    """One for each house: what was learned of one simulator is nothing to the next."""
    async with AsyncExitStack() as stack:
        made = []
        for n in range(3):
            file = tmp_path / f"house-{n}.db"
            shutil.copyfile(sqlite_template, file)
            made.append(
                SqlStore(await stack.enter_async_context(a_database(sqlite_url(file))), clock)
            )
        yield made


@pytest.mark.timeout(240)
async def test_whatever_works_in_slack_works_in_teams_and_in_the_browser(
    stores: list[SqlStore], clock: FakeClock, request: pytest.FixtureRequest
) -> None:
    async with opened(stores[0], clock) as house:
        seen = await drive(house)
        await press_all(house)
        await press_old(house)
    for verb, on in seen.items():
        alike = {name: one for name, one in on.items() if (verb, name) not in DIFFERS}
        assert len({repr(one) for one in alike.values()}) == 1, f"{verb}: {on}"
        assert on["slack"].typed.status != 500, verb
        assert on["slack"].sent is None or on["slack"].sent.ok, (verb, on["slack"].sent)
    asked = {command.verb for command in VERBS if command.form is not None}
    assert {verb for verb, on in seen.items() if on["slack"].sent is not None} == asked
    done = await everything_done(*stores[1:], clock)
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
            f"## Effects\n\n{effects(done)}",
            f"## What Teams does in part\n\n{table(('what', 'how'), starmap(row, LESS.items()))}\n",
        )
    )
    print(printed)  # noqa: T201  # the run shows it, see tests.conftest
    if request.config.getoption("--update-golden", default=False):
        PAGE.write_text(printed)
    assert printed == PAGE.read_text(), "run pytest tests/golden/test_parity.py --update-golden"


async def everything_done(
    threads: SqlStore, channels: SqlStore, clock: FakeClock
) -> dict[str, dict[EffectKind, bool]]:
    """Slack does all of them, Teams and the web room each that has no reason to be lacking."""
    async with opened(threads, clock) as house:
        first = await perform(house)
        pages = await looked_at(house, NUMBER + 1)
    async with opened(channels, clock, graph=True) as house:
        second = await perform(house)
    done = {**first, "threads": first["teams"], "channels": second["teams"], "pages": pages}
    assert [kind for kind, well in done["slack"].items() if not well] == []
    missing = {kind for kind, well in done["channels"].items() if not well}
    assert missing == set(CANNOT), "an effect that Teams lacks has a reason, and no other has"
    assert set(ORDER) == set(EffectKind) - ONE_WAY
    assert {kind for kind, well in done["web"].items() if well} == CAPABILITIES.effects
    assert [kind for kind, well in pages.items() if not well] == [], "nobody sees it in the browser"
    lacking = set(ORDER) - CAPABILITIES.effects - set(pages)
    assert lacking == set(NEEDLESS), "what the web room lacks has a reason, and nothing else has"
    return done


async def press_all(house: House) -> None:
    """Every button of a card does the same wherever it is pressed, in every state."""
    for state, path in PATHS.items():
        there = await brought(house, path)
        assert there.status is state
        for button in buttons_for(there):
            came = [await press_one(house, surface, path, button.label) for surface in SURFACES]
            assert len(set(came)) == 1, (state, button.label, came)
            assert came[0].ok, (state, button.label, came)


async def press_one(house: House, surface: str, path: Sequence[str], label: str) -> Seen:
    there = await brought(house, path)
    await house.say(surface, f"#{there.number}")
    return await house.press(surface, label)


async def press_old(house: House) -> None:
    """An Escalate that was escalated since asks first, wherever it is pressed."""
    for surface in SURFACES:
        there = await brought(house, ())
        await house.say(surface, f"#{there.number}")
        await house.say("teams" if surface == "slack" else "slack", f"escalate #{there.number}")
        assert not (await house.press(surface, "Escalate")).ok, surface


async def brought(house: House, path: Sequence[str]) -> Incident:
    """A new incident, brought so far."""
    await house.say("web", "declare another one --severity P3 --anyway")
    queries = house.muster.queries
    (newest, *_) = (await queries.incidents(IncidentFilter(), MUSTER)).items
    for line in path:
        await house.say("web", line.format(n=newest.number))
    found = await queries.incident(newest.number, MUSTER)
    assert found is not None
    return found
