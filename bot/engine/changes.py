"""Which fields each action changes beside the state; a table of small functions."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from bot.domain.incident import Incident
from bot.domain.lifecycle import Action
from bot.domain.people import Actor

Fields = dict[str, Any]

UNRESOLVE: Final[dict[str, Any]] = {
    "resolved_at": None,
    "resolved_by": None,
    "outcome": None,
    "closed_at": None,
    "all_clear_at": None,
}
"""What a refired or reopened incident forgets; its entries remember."""


def fields_of(action: Action, incident: Incident, actor: Actor, now: datetime) -> Fields:
    """Field → new value, for this action at this moment."""
    change = CHANGES.get(action)
    return change(incident, actor, now) if change else {}


def joined(people: list[str], *more: str) -> list[str]:
    """The people and some more, each once, in order."""
    return list(dict.fromkeys([*people, *(person for person in more if person)]))


def _taken(incident: Incident, actor: Actor, now: datetime) -> Fields:
    return {
        "first_acknowledged_at": incident.first_acknowledged_at or now,
        "acknowledged_at": now,
        "acknowledged_by": actor.id,
        "acknowledged_round": incident.round,
        "responders": joined(incident.responders, actor.id),
    }


def _released(incident: Incident, actor: Actor, now: datetime) -> Fields:
    return {"acknowledged_at": None, "acknowledged_by": None, "round": incident.round + 1}


def _escalated(incident: Incident, actor: Actor, now: datetime) -> Fields:
    return {"escalation_level": incident.escalation_level + 1}


def _resolved(incident: Incident, actor: Actor, now: datetime) -> Fields:
    return {"resolved_at": now, "resolved_by": actor.id, "next_update_at": None}


def _closed(incident: Incident, actor: Actor, now: datetime) -> Fields:
    return {"closed_at": now}


def _reopened(incident: Incident, actor: Actor, now: datetime) -> Fields:
    return {**UNRESOLVE, **_taken(incident, actor, now)}


def _refired(incident: Incident, actor: Actor, now: datetime) -> Fields:
    return {
        **UNRESOLVE,
        **_released(incident, actor, now),
        "escalation_level": 1,
        "paged": [],
    }


CHANGES: Final[dict[Action, Callable[[Incident, Actor, datetime], Fields]]] = {
    Action.ACKNOWLEDGE: _taken,
    Action.TAKE: _taken,
    Action.RELEASE: _released,
    Action.ESCALATE: _escalated,
    Action.RAISE: _escalated,
    Action.RESOLVE: _resolved,
    Action.AUTO_RESOLVE: _resolved,
    Action.CLOSE: _closed,
    Action.AUTO_CLOSE: _closed,
    Action.MERGE: _closed,
    Action.REOPEN: _reopened,
    Action.REFIRE: _refired,
}
