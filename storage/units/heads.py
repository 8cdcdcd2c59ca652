"""Which effects are next: the heads of the ordering keys, and who may not be told just now."""

from datetime import timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import and_, bindparam, case, exists, func, or_, select

from bot.domain.effect import TO_PEOPLE, EffectKind
from storage import tables as t
from storage.units.expiry import PENDING, free

BUNDLED_WITHIN: Final = timedelta(seconds=60)
"""Pages to one person are bundled after the first in this time."""

_OTHER: Final = t.effects.alias()
_ITS_INCIDENT: Final = t.incidents.alias()


@cache
def heads() -> Any:
    """Made once, since it takes far longer to make than to run."""
    now = bindparam("now", type_=t.effects.c.due_at.type)
    to_people = t.effects.c.kind.in_(sorted(TO_PEOPLE))
    return (
        select(t.effects)
        .join(t.incidents, t.incidents.c.number == t.effects.c.incident, isouter=True)
        .where(
            t.effects.c.state == PENDING,
            t.effects.c.due_at <= now,
            free(now),
            t.effects.c.ordering.not_in(_underway(now)),
            case((to_people, ~_follows_as_bad(now)), else_=~_held_back(now)),
            ~and_(to_people, _told_just_now()),
            t.effects.c.destination.not_in(bindparam("busy", expanding=True)),
            t.effects.c.ordering.not_in(bindparam("busy", expanding=True)),
            (t.effects.c.destination + " " + t.effects.c.kind).not_in(
                bindparam("resting", expanding=True)
            ),
        )
        .order_by(t.incidents.c.severity, t.effects.c.due_at, t.effects.c.id)
        .limit(bindparam("limit"))
        .with_for_update(of=t.effects, skip_locked=True)
    )


def _underway(now: Any) -> Any:
    """Ordering keys of which something is on its way; read once, not for every row."""
    other = _OTHER
    return select(other.c.ordering).where(other.c.state == PENDING, other.c.claimed_until > now)


def _held_back(now: Any) -> Any:
    """An earlier one is due, waits for its next try, or opens the room."""
    earlier = _OTHER
    return exists().where(
        earlier.c.ordering == t.effects.c.ordering,
        earlier.c.state == PENDING,
        earlier.c.id < t.effects.c.id,
        or_(
            earlier.c.due_at <= now,
            earlier.c.tries > 0,
            earlier.c.kind == EffectKind.OPEN_ROOM,
        ),
    )


def _follows_as_bad(now: Any) -> Any:
    """What is to be said to the person by this way before it is as bad."""
    first, its_incident = _OTHER, _ITS_INCIDENT
    return exists(
        select(first.c.id)
        .join(its_incident, its_incident.c.number == first.c.incident, isouter=True)
        .where(
            first.c.ordering == t.effects.c.ordering,
            first.c.state == PENDING,
            first.c.id < t.effects.c.id,
            first.c.due_at <= now,
            _as_bad(its_incident),
        )
    )


def _as_bad(other: Any) -> Any:
    return func.coalesce(other.c.severity, "P0") <= func.coalesce(t.incidents.c.severity, "P4")


def _told_just_now() -> Any:
    """The person was told by this way less than a minute ago, of something as bad."""
    before, its_incident = _OTHER, _ITS_INCIDENT
    return exists(
        select(before.c.id)
        .join(its_incident, its_incident.c.number == before.c.incident, isouter=True)
        .where(
            before.c.ordering == t.effects.c.ordering,
            before.c.state == "done",
            before.c.settled_at > bindparam("minute_ago", type_=before.c.settled_at.type),
            _as_bad(its_incident),
        )
    )
