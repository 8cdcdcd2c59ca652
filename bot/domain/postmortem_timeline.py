"""The timeline of a postmortem as people edit it: `2026-01-05 09:00:00Z response Ann has it.`"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from bot.domain.errors import Invalid


class Phase(StrEnum):
    DETECTION = "detection"
    RESPONSE = "response"
    COMMUNICATION = "communication"
    MITIGATION = "mitigation"
    RESOLUTION = "resolution"


@dataclass(frozen=True, slots=True)
class Moment:
    """One line; `at` is aware UTC."""

    at: datetime
    phase: Phase
    text: str

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z {self.phase} {self.text}"


_LINE: Final = re.compile(
    r"(?P<at>\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::\d{2})?)\s*(?:Z|UTC)?\s+"
    rf"\[?(?P<phase>{'|'.join(Phase)})\]?:?\s+(?P<text>\S.*)",
    re.IGNORECASE,
)
EXAMPLE: Final = "2026-01-05 09:00Z response Ann restarted the cache"


def read_timeline(text: str) -> list[Moment]:
    """The lines in the order of their times; empty lines say nothing.

    Raises:
        Invalid: a line is none; it is named.
    """
    found = [_read(place, line.strip()) for place, line in enumerate(text.splitlines(), 1)]
    return sorted((one for one in found if one is not None), key=lambda one: one.at)


def _read(place: int, line: str) -> Moment | None:
    if not line:
        return None
    match = _LINE.fullmatch(line)
    try:
        at = datetime.fromisoformat(match["at"]) if match else None
    except ValueError:
        at = None
    if match is None or at is None:
        raise Invalid(
            f"Line {place} is no line of the timeline: {line[:80]!r}. Write the time in UTC, one of"
            f" {', '.join(Phase)}, and what happened: {EXAMPLE}.",
            field="lines",
        )
    return Moment(at.replace(tzinfo=UTC), Phase(match["phase"].lower()), match["text"].strip())
