"""An incident from its alert to its end, in Teams alone; and what of Teams is loaded when."""

import subprocess
import sys
from collections.abc import AsyncIterator

import pytest

from storage.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.teams import Message, Teams, spoken
from tests.fakes.teams.cards import actions, words_of
from tests.teams.inbound.office import Office, opened


@pytest.fixture
async def whole(teams: Teams, sqlite_store: SqlStore, clock: FakeClock) -> AsyncIterator[Office]:
    """What is queued goes out too."""
    async with opened(teams, sqlite_store, clock, delivers=True) as office:
        yield office


async def test_declared_taken_told_and_resolved(whole: Office) -> None:
    await whole.ann.tell('declare "payments down" --severity P1 --anyway')
    await whole.delivered(lambda: whole.teams.said_in(whole.room))
    card = whole.teams.said_in(whole.room)[0]
    assert "payments down" in spoken(card)

    shown = await whole.ben.press("Acknowledge", card)
    assert shown.trouble == ""
    await whole.delivered(lambda: "Ben Ito" in spoken(card) and card.was)
    assert "Acknowledge" not in [one.get("title") for one in actions(card.card)]

    await whole.ben.mention("note the disk is full", whole.room, card)
    await whole.ben.hears("Noted in #1.")
    await whole.delivered(lambda: any("disk is full" in spoken(m) for m in under(whole, card.id)))

    resolve = next(a for a in actions(card.card) if a.get("title") == "Resolve")
    shown = await whole.ben.press("Resolve", card)
    if resolve["type"] == "Action.Submit":
        assert shown.dialog is not None
        shown = await whole.ben.submit({"outcome": "fixed"})
    await whole.delivered(lambda: "Resolved" in words_of(card.card))
    assert (await whole.incident(1)).status == "RESOLVED"
    assert whole.teams.troubles == []
    assert [m.id for m in whole.teams.said_in(whole.room) if not m.thread] == [card.id]


def under(whole: Office, root: str) -> list[Message]:
    return [m for m in whole.room.thread(root) if m.by == whole.teams.bot_id]


def test_without_teams_in_the_settings_nothing_of_it_is_loaded() -> None:
    code = (
        "import sys, bot.app, handlers.health;"
        "print([n for n in sys.modules if n.startswith(('botb', 'botf', 'bot.platforms.teams'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr
