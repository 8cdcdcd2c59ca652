"""What new policies would change: files, who is on call, and incidents that are open."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.domain.policy import Policies

SHELVES: Final = tuple(name for name in Policies.model_fields if name != "version")
ORDERED: Final = ("routes", "escalations")
"""Here the order is content: the first route that matches, the first escalation otherwise."""

LONGEST: Final = 60


@dataclass(frozen=True, slots=True)
class Change:
    """Of one entry of one file: `fields` are (key, before, after); none where it came or went."""

    shelf: str
    id: str
    what: str
    fields: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """Who is on call in a schedule at the moment; None: nobody."""

    schedule: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Governed:
    """An open incident, and the names its policies go by; `title` is empty where it is private."""

    number: int
    title: str
    status: str
    severity: str
    route: str | None
    team: str | None
    service: str | None
    escalation: str | None
    assigned_to: str | None

    def names(self) -> Iterator[tuple[str, str]]:
        """(shelf, id) of what it stands under."""
        yield "severities", self.severity
        for shelf, id in (
            ("routes", self.route),
            ("teams", self.team),
            ("services", self.service),
            ("escalations", self.escalation),
            ("people", self.assigned_to),
        ):
            if id:
                yield shelf, id


@dataclass(frozen=True, slots=True)
class Touched:
    incident: Governed
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    changes: tuple[Change, ...]
    turns: tuple[Turn, ...]
    touched: tuple[Touched, ...]


def plan(old: Policies, new: Policies, incidents: Iterable[Governed], at: datetime) -> Plan:
    """`at` is the wall time for which it says who is on call."""
    changes = tuple(_changes(old, new))
    turns = tuple(_turns(old, new, at))
    return Plan(changes, turns, tuple(_touched(incidents, changes, turns, new)))


def _changes(old: Policies, new: Policies) -> Iterator[Change]:
    was, now = (policies.model_dump(mode="json") for policies in (old, new))
    for shelf in SHELVES:
        before, after = was[shelf], now[shelf]
        for id in [*before, *(id for id in after if id not in before)]:
            if id not in after:
                yield Change(shelf, id, "removed")
            elif id not in before:
                yield Change(shelf, id, "added")
            elif fields := tuple(_fields(before[id], after[id])):
                yield Change(shelf, id, "changed", fields)
        if shelf in ORDERED:
            yield from _moved(shelf, before, after)


def _fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for key in after:
        if before.get(key) != after[key]:
            yield key, _short(before.get(key)), _short(after[key])


def _short(value: Any) -> str:
    said = json.dumps(value, ensure_ascii=False)
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"


def _moved(shelf: str, before: Iterable[str], after: Iterable[str]) -> Iterator[Change]:
    both = set(before) & set(after)
    was, now = ([id for id in ids if id in both] for ids in (before, after))
    if was != now:
        yield Change(shelf, "", "reordered", (("order", ", ".join(was), ", ".join(now)),))


def _turns(old: Policies, new: Policies, at: datetime) -> Iterator[Turn]:
    for id in sorted({*old.schedules, *new.schedules}):
        yield Turn(id, _on_call(old, id, at), _on_call(new, id, at))


def _on_call(policies: Policies, schedule: str, at: datetime) -> str | None:
    known = policies.schedules.get(schedule)
    shift = known.on_call(at) if known else None
    return shift.person if shift else None


def _touched(
    incidents: Iterable[Governed], changes: Iterable[Change], turns: Iterable[Turn], new: Policies
) -> Iterator[Touched]:
    said = {(change.shelf, change.id): change.what for change in changes}
    handed = {turn.schedule for turn in turns if turn.before != turn.after}
    for incident in incidents:
        why = [f"{name[0]}/{name[1]} {said[name]}" for name in incident.names() if name in said]
        team = new.teams.get(incident.team or "")
        if team is not None and team.schedule in handed:
            why.append(f"another is on call in {team.schedule}")
        if why:
            yield Touched(incident, tuple(why))
