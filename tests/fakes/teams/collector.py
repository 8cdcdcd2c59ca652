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
from dataclasses import dataclass

from tests.fakes.teams.server import Teams
from tests.fakes.teams.spoken import spoken
from tests.fakes.teams.state import Conversation, Kind


@dataclass(frozen=True)
class Sight:
    """One thing that somebody can see; `where` is a room's name, or a person's."""

    sort: str
    where: str
    words: str
    edits: int = 0

    def __str__(self) -> str:
        edited = f" (edited {self.edits}x)" if self.edits else ""
        return f"{self.sort} in {self.where}: {self.words[:200]!r}{edited}"


@dataclass(frozen=True)
class Expected:
    """`words` is found in the sight, or matches it where it is a pattern; `edits` None is any."""

    sort: str
    where: str
    words: str | re.Pattern[str] = ""
    edits: int | None = None
    times: int = 1

    def fits(self, sight: Sight) -> bool:
        if (self.sort, self.where) != (sight.sort, sight.where):
            return False
        if self.edits is not None and self.edits != sight.edits:
            return False
        if isinstance(self.words, str):
            return self.words in sight.words
        return bool(self.words.search(sight.words))


def post(room: str, words: str | re.Pattern[str], **rest: int) -> Expected:
    """In the channel or chat itself."""
    return Expected("post", room, words, **rest)


def reply(room: str, words: str | re.Pattern[str], **rest: int) -> Expected:
    """In a thread."""
    return Expected("reply", room, words, **rest)


def personal(name: str, words: str | re.Pattern[str], **rest: int) -> Expected:
    """In somebody's chat with the bot."""
    return Expected("personal", name, words, **rest)


def deleted(room: str, words: str | re.Pattern[str]) -> Expected:
    """A message that the bot posted and took away again."""
    return Expected("deleted", room, words)


def expect_only(teams: Teams, *expected: Expected, without: tuple[str, ...] = ()) -> None:
    """AssertionError names what is missing and what is too much; sorts in `without` do not count.

    Complaints are too much as well.
    """
    left = [sight for sight in sights(teams) if sight.sort not in without]
    missing = []
    for wanted in expected:
        for _ in range(wanted.times):
            found = next((sight for sight in left if wanted.fits(sight)), None)
            if found is None:
                missing.append(f"{wanted.sort} in {wanted.where}: {wanted.words!r}")
            else:
                left.remove(found)
    wrong = [f"missing: {line}" for line in missing]
    wrong += [f"not expected: {sight}" for sight in left]
    wrong += [f"complaint: {complaint}" for complaint in teams.complaints]
    assert not wrong, "\n".join(wrong)


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
