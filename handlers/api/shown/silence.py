"""A silence."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from typing_extensions import TypedDict

from bot.domain.silence import Silence

SilenceStatus = Literal["pending", "active", "expired"]


class SilenceShown(TypedDict):
    """`incident_id`: it covers exactly this incident's groups."""

    id: int
    status: SilenceStatus
    matchers: Sequence[str]
    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    created_by: str
    created_by_name: str
    comment: str
    incident_id: str | None


class SilencesShown(TypedDict):
    """Newest first."""

    items: Sequence[SilenceShown]
    next_cursor: str | None


def show_silence(silence: Silence, ids: Mapping[int, str], now: datetime) -> SilenceShown:
    return {
        "id": silence.id,
        "status": _status(silence, now),
        "matchers": [str(matcher) for matcher in silence.matchers],
        "starts_at": silence.starts_at,
        "ends_at": silence.ends_at,
        "ended_at": silence.ended_at,
        "created_by": silence.created_by,
        "created_by_name": silence.created_by_name,
        "comment": silence.comment,
        "incident_id": ids.get(silence.incident or 0),
    }


def _status(silence: Silence, now: datetime) -> SilenceStatus:
    if silence.ended_at is not None or silence.ends_at <= now:
        return "expired"
    return "pending" if silence.starts_at > now else "active"
