"""The weekly reminder of what was promised: a timer per person, on their Monday morning.

It is armed when somebody owns a follow-up or manages who does, and again each time it rings, until
nothing is left. What it says is put together when it is sent.
"""

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.domain.incident import Incident
from bot.domain.ledger import Ledger
from bot.domain.policy import Policies
from bot.domain.task import Task

KIND: Final = "followup_digest"
DIGEST: Final = "followups"
"""Why somebody is told."""

HOUR: Final = 9
MONDAY: Final = 0


def arm_digest(ledger: Ledger, policies: Policies, incident: Incident, task: Task) -> None:
    """Reminds its owner and their team's manager from next Monday on."""
    team = policies.teams.get(incident.team or "")
    for person in filter(None, (task.owner, team.manager if team else None)):
        if person in policies.people:
            arm_for(ledger, policies, person)


def arm_for(ledger: Ledger, policies: Policies, person: str) -> None:
    zone = policies.people[person].zone
    ledger.arm(subject_of(person), KIND, 0, next_monday(ledger.now, zone))


def subject_of(person: str) -> str:
    return f"digest:{person}"


def person_of(subject: str) -> str:
    return subject.removeprefix("digest:")


def next_monday(now: datetime, zone: str) -> datetime:
    """The first Monday, nine o'clock in this zone, after now; in UTC."""
    place = ZoneInfo(zone)
    here = now.astimezone(place)
    day = here.date() + timedelta(days=(MONDAY - here.weekday()) % 7)
    at = datetime(day.year, day.month, day.day, HOUR, tzinfo=place)
    if at <= here:
        day += timedelta(days=7)
        at = datetime(day.year, day.month, day.day, HOUR, tzinfo=place)
    return at.astimezone(UTC)


def managed_by(policies: Policies, person: str) -> list[str]:
    """The teams of which this person is the manager."""
    return [id for id, team in policies.teams.items() if team.manager == person]
