"""Who a Slack user is to us (BEHAVIOUR 6.1): by id, by confirmed e-mail, else a newcomer.

Guests, bots, closed accounts and people of other workspaces (Slack Connect) are strangers: they
have no rights at all. https://docs.slack.dev/reference/objects/user-object
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import structlog

from bot.domain.errors import DeliveryError, Overloaded
from bot.domain.people import Actor, Right
from bot.domain.policy import Policies
from bot.engine.newcomers import Newcomers
from bot.engine.people import People
from bot.platforms.slack.errors import SlackRefused
from bot.platforms.slack.heard import By
from bot.ports.clock import Clock
from bot.ports.newcomers import Newcomer

log = structlog.get_logger()

BELIEVED: Final = timedelta(minutes=10)
"""How long we go by what Slack said of somebody; a guest of then may be a member by now."""

ASK_AGAIN: Final = timedelta(seconds=30)
"""After a question that Slack did not answer."""

STRANGE: Final = (
    "deleted",
    "is_bot",
    "is_workflow_bot",
    "is_restricted",
    "is_ultra_restricted",
    "is_stranger",
)

UNKNOWN: Final = frozenset({"user_not_found", "user_not_visible"})
"""Slack's words for somebody who is nobody in our workspace."""

AsksSlack = Callable[[str], Awaitable[Mapping[str, Any]]]
"""A user's id → the user object. Raises DeliveryError."""


@dataclass(frozen=True, slots=True)
class _Believed:
    """`person` is None for a stranger."""

    person: str | None
    until: datetime


class Identity:
    """`home` is the id of the workspace the app is installed in."""

    def __init__(
        self,
        *,
        people: People,
        newcomers: Newcomers,
        clock: Clock,
        home: Callable[[], Awaitable[str]],
        asks: AsksSlack,
    ) -> None:
        self.people, self.newcomers, self.clock = people, newcomers, clock
        self._home, self._asks = home, asks
        self._believed: dict[str, _Believed] = {}
        self._listed: tuple[Policies | None, dict[str, str]] = (None, {})

    async def actor(self, by: By, channel: str = "") -> Actor:
        """Who acts, with the rights of now; a stranger has the right NOTHING.

        Raises:
            Overloaded: Slack cannot be asked now, and nobody like this is known.
        """
        origin = {"platform": "slack", "team": by.team, "user": by.user, "room": channel}
        origin = {name: said for name, said in origin.items() if said}
        person = await self._person(by)
        actor = self.people.actor(person, origin) if person else None
        return actor or Actor(id=f"slack:{by.user}", origin=origin)

    async def meet(self, users: Iterable[str]) -> None:
        """Learns who these users of our workspace are, as far as Slack says."""
        home = await self._home()
        for user in users:
            if self.person_of(user) is None:
                await self._person(By(user=user, team=home))

    def person_of(self, user: str) -> str | None:
        """The id of the person, where they are known without asking."""
        policies = self.people.rules.policies
        if self._listed[0] is not policies:
            handles = {one.slack: id for id, one in policies.people.items() if one.slack}
            self._listed = (policies, handles)
        if (id := self._listed[1].get(user)) is not None:
            return id
        believed = self._believed.get(user)
        return believed.person if believed else None

    async def _person(self, by: By) -> str | None:
        if by.team != await self._home():
            return None
        known = self.person_of(by.user)
        if known is not None and not self._is_newcomer(known, by.user):
            return known
        believed = self._believed.get(by.user)
        now = self.clock.now()
        if believed is None or believed.until <= now:
            believed = await self._ask(by, known, now)
            self._believed[by.user] = believed
        return believed.person

    def _is_newcomer(self, person: str, user: str) -> bool:
        """Whether only Slack vouches for them: they may have become a guest."""
        named = self.people.rules.policies.people.get(person)
        return named is None or named.slack != user or person in self.newcomers

    async def _ask(self, by: By, known: str | None, now: datetime) -> _Believed:
        try:
            user = await self._asks(by.user)
        except DeliveryError as silent:
            if isinstance(silent, SlackRefused) and silent.code in UNKNOWN:
                return _Believed(None, now + BELIEVED)
            log.warning("slack_user_not_asked", user=by.user, why=str(silent))
            if known is None:
                raise Overloaded("Slack does not say who you are right now.") from silent
            return _Believed(known, now + ASK_AGAIN)
        return _Believed(await self._judge(user, by), now + BELIEVED)

    async def _judge(self, user: Mapping[str, Any], by: By) -> str | None:
        """The person's id; None for a stranger."""
        if any(user.get(sign) for sign in STRANGE) or user.get("team_id", by.team) != by.team:
            return None
        profile = user.get("profile") or {}
        email = str(profile.get("email") or "")
        if user.get("is_email_confirmed") is False:
            email = ""
        if email and (id := self._by_email(email)) is not None:
            return id
        return await self.newcomers.welcome(
            Newcomer(
                platform="slack",
                user=by.user,
                name=str(profile.get("real_name") or user.get("real_name") or by.user),
                email=email or None,
                zone=_zone(user.get("tz")),
            )
        )

    def _by_email(self, email: str) -> str | None:
        found = [
            id
            for id, person in self.people.rules.policies.people.items()
            if (person.email or "").lower() == email.lower() and id not in self.newcomers
        ]
        return found[0] if len(found) == 1 else None


def _zone(said: Any) -> str:
    try:
        return ZoneInfo(str(said)).key
    except (ValueError, OSError, KeyError):
        return "UTC"


def is_stranger(actor: Actor) -> bool:
    return not actor.right.reaches(Right.VIEWER)
