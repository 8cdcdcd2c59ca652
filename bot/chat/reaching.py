"""Whether people can be written to alone, on the platforms they want to be paged on.

A platform may need a person's own doing first (in Teams they add the app); whoever is on call and
has not done it is better told of today than found out tonight.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.domain.errors import DeliveryError
from bot.domain.policy import Policies
from bot.engine.rules import Rules

log = structlog.get_logger()

Reaches = Callable[[str], Awaitable[object]]
"""A person's id → their chat. Raises DeliveryError: permanent, where there can be none."""

AGAIN: Final = timedelta(hours=6)
SOON: Final = timedelta(minutes=5)
"""The platform did not answer."""

WITHIN: Final = 2.0
"""Seconds for all of them; whoever is not found out about by then is not named."""


class Reaching:
    """`ways` are asked by channel; the composition root fills them in."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.ways: dict[str, Reaches] = {}
        self._prepared: tuple[Policies | None, dict[tuple[str, str], datetime]] = (None, {})

    async def lost(self, people: Iterable[str]) -> dict[tuple[str, str], str]:
        """(person, channel) → why no page reaches them there."""
        wanted = [(id, way) for id in dict.fromkeys(people) for way in self._wanted(id)]
        lost: dict[tuple[str, str], str] = {}

        async def ask(id: str, channel: str) -> None:
            try:
                await self.ways[channel](id)
            except DeliveryError as wrong:
                if wrong.permanent:
                    lost[id, channel] = str(wrong)
                else:
                    log.info("reaching_not_asked", person=id, channel=channel, why=str(wrong))

        try:
            async with asyncio.timeout(WITHIN), asyncio.TaskGroup() as asked:
                for id, channel in wanted:
                    asked.create_task(ask(id, channel))
        except TimeoutError:
            log.info("reaching_took_too_long", people=len(wanted))
        return {one: lost[one] for one in wanted if one in lost}

    async def prepare(self, now: datetime) -> None:
        """Whoever is in a schedule gets their chat before a page needs it, where that is allowed;
        who was asked about lately is not asked about again, unless the policies are others."""
        policies = self.rules.policies
        if self._prepared[0] is not policies:
            self._prepared = (policies, {})
        asked = self._prepared[1]
        people = {id for schedule in policies.schedules.values() for id in schedule.people}
        wanted = [(id, way) for id in sorted(people) for way in self._wanted(id)]
        for id, channel in wanted:
            if now < asked.get((id, channel), now):
                continue
            asked[id, channel] = now + AGAIN
            try:
                await self.ways[channel](id)
            except DeliveryError as wrong:
                log.info("reaching_nobody", person=id, channel=channel, why=str(wrong))
                if not wrong.permanent:
                    asked[id, channel] = now + SOON

    def _wanted(self, id: str) -> list[str]:
        person = self.rules.policies.people.get(id)
        return [way.channel for way in person.contact if way.channel in self.ways] if person else []
