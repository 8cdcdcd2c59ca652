"""Everything the bot made visible, and the assertion that it is what was expected, and no more.

    expect_only(
        teams,
        post("Incidents", "Checkout is down", edits=2),
        reply("Incidents", "Ann has it"),
        personal("Ann", "You have #7"),
    )

What people did themselves is not counted.
"""

import re
from collections.abc import Iterator

from tests.fakes.sights import Expected, Sight, expect
from tests.fakes.teams.server import Teams
from tests.fakes.teams.spoken import spoken
from tests.fakes.teams.state import Conversation, Kind


def personal(name: str, words: str | re.Pattern[str], **rest: int) -> Expected:
    """In somebody's chat with the bot."""
    return Expected("personal", name, words, **rest)


def expect_only(teams: Teams, *expected: Expected, without: tuple[str, ...] = ()) -> None:
    expect(sights(teams), expected, complaints=teams.complaints, without=without)


def sights(teams: Teams) -> list[Sight]:
    """All that the bot made visible, room by room in the order of time."""
    return [sight for room in teams.conversations.values() for sight in _room(teams, room)]


def _room(teams: Teams, room: Conversation) -> Iterator[Sight]:
    alone = room.kind is Kind.PERSONAL
    where = teams.users[room.members[0]].name if alone else room.name
    for message in room.messages.values():
        if message.by == teams.bot_id:
            sort = "personal" if alone else "reply" if message.thread else "post"
            sort = "deleted" if message.deleted else sort
            yield Sight(sort, where, spoken(message), len(message.was))
