"""People, teams, services and schedules."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from bot.domain.duration import Duration
from bot.domain.noise import Noise
from bot.domain.oncall import Shift, shift_at
from bot.domain.people import Right
from bot.domain.policy.base import Policy


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name!r} is no time zone; write for example Europe/Copenhagen") from None
    return name


IDENTITIES: Final = ("email", "slack", "teams")
"""By what a person is known again on other platforms; each belongs to one."""

_ADDRESS: Final = re.compile(r"[^@\s<>]+@[^@\s<>]+")


class ContactWay(Policy):
    """One step of a person's contact rule: which channel, how long after the page begins."""

    channel: str
    after: Duration = timedelta(0)


class Person(Policy):
    name: str = ""
    email: str | None = None
    phone: str | None = None
    slack: str | None = None
    teams: str | None = None
    zone: str = "UTC"
    rights: Right = Right.RESPONDER
    contact: tuple[ContactWay, ...] = (
        ContactWay(channel="web"),
        ContactWay(channel="email", after=timedelta(seconds=60)),
    )

    _zone = field_validator("zone")(_known_zone)

    @field_validator("email")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value and not _ADDRESS.fullmatch(value):
            raise ValueError("write an address such as ann@example.com")
        return value


class Team(Policy):
    """`channel` is the team's on its `platform`; `channels` names those on others, by platform.
    `bridge` names platforms on which its incidents have a room too, where the route says nothing.
    `invite` are the platform's groups of people that come into every room of the team: in Slack
    `@handle` or the id of a user group. `noise` is how much is said in its rooms and threads."""

    name: str = ""
    members: tuple[str, ...] = ()
    manager: str | None = None
    schedule: str | None = None
    policy: str | None = None
    channel: str | None = None
    channels: Mapping[str, str] = {}
    platform: str | None = None
    bridge: tuple[str, ...] = ()
    invite: tuple[str, ...] = ()
    noise: Noise | None = None

    def channel_on(self, platform: str) -> str:
        """Nothing where the team has none there."""
        own = self.channel if self.platform in (None, platform) else None
        return self.channels.get(platform) or own or ""


class Service(Policy):
    name: str = ""
    owner: str | None = None
    runbook: str | None = None
    dashboard: str | None = None
    tier: int | None = None
    dependencies: tuple[str, ...] = ()


class Schedule(Policy):
    """A weekly rotation: `people` take turns of `every`, the first one from `starts` (local)."""

    zone: str = "UTC"
    people: tuple[str, ...] = Field(min_length=1)
    starts: datetime
    every: Duration = timedelta(weeks=1)

    _zone = field_validator("zone")(_known_zone)

    @field_validator("starts")
    @classmethod
    def _local(cls, value: datetime) -> datetime:
        if value.tzinfo is not None:
            raise ValueError("write the local time of the schedule's zone, without an offset")
        return value

    @field_validator("every")
    @classmethod
    def _some_time(cls, value: timedelta) -> timedelta:
        if value < timedelta(hours=1):
            raise ValueError("a turn lasts at least 1h")
        return value

    def on_call(self, at: datetime) -> Shift | None:
        """Whose turn it is at `at` (aware), or None before the first turn."""
        return shift_at(self.people, self.starts, self.every, ZoneInfo(self.zone), at)
