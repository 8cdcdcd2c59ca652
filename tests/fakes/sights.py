"""What somebody can see of a chat platform, and the assertion that it is what was expected, and no
more; each simulator collects its own sights."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


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
    """In the room itself."""
    return Expected("post", room, words, **rest)


def reply(room: str, words: str | re.Pattern[str], **rest: int) -> Expected:
    """In a thread."""
    return Expected("reply", room, words, **rest)


def deleted(room: str, words: str | re.Pattern[str]) -> Expected:
    """A message that was posted and taken away again."""
    return Expected("deleted", room, words)


def expect(
    seen: Iterable[Sight],
    expected: Sequence[Expected],
    *,
    complaints: Iterable[str],
    without: tuple[str, ...] = (),
) -> None:
    """AssertionError names what is missing and what is too much; sorts in `without` do not count.

    Complaints are too much as well.
    """
    left = [sight for sight in seen if sight.sort not in without]
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
    wrong += [f"complaint: {complaint}" for complaint in complaints]
    assert not wrong, "\n".join(wrong)
