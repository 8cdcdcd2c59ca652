"""Who comes into a room, and who leaves it: people, and the user groups of a team."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from bot.domain.errors import DeliveryError
from bot.platforms.slack.client import Slack
from bot.platforms.slack.directory import Directory
from bot.platforms.slack.errors import CODES, Hope, SlackRefused
from bot.platforms.slack.rooms import Made, room_of
from bot.ports.channel import Job

T = TypeVar("T")

SCOPES: Final = {
    "usergroups:read": "invite the people of a user group",
}

INVITED: Final = 100
"""People in one invitation."""

NO_GROUP: Final = "no_such_subteam"
THERE_ALREADY: Final = frozenset({"already_in_channel", "cant_invite_self"})
OF_ONE_PERSON: Final = frozenset(
    {
        "already_in_channel",
        "cant_invite",
        "cant_invite_self",
        "user_disabled",
        "user_is_deactivated",
        "user_is_restricted",
        "user_is_ultra_restricted",
        "user_not_found",
        "user_not_visible",
    }
)
"""Refusals of an invitation that say something of a person and not of the room."""


class Invitations:
    def __init__(self, slack: Slack, directory: Directory) -> None:
        self.slack, self.directory = slack, directory

    async def invite(self, job: Job) -> Made:
        """Whoever can be invited is; who cannot is named in the error.

        `payload` has `people`, by id, and perhaps `groups` (`@handle` or an id).

        Raises:
            DeliveryError: permanent, where somebody is unknown, deactivated or not allowed.
        """
        room, users, problems = room_of(job), dict[str, str](), list[str]()
        for group in job.payload.get("groups", ()):
            members = await self._known(self.directory.group, group, problems) or ()
            users |= dict.fromkeys(members, "")
        for person in job.payload["people"]:
            if user := await self._known(self.directory.user, person, problems):
                users[user] = person
        ids = list(users)
        for at in range(0, len(ids), INVITED):
            for user, code in await self._invited(room, ids[at : at + INVITED]):
                who = self.directory.name_of(users.get(user) or user)
                problems.append(f"{who}: {CODES.get(code, (Hope.NONE, code))[1]} ({code})")
        if problems:
            said = "; ".join(problems)
            raise DeliveryError(f"not everybody could be invited: {said}", permanent=True)
        return {}

    async def _known(
        self, find: Callable[[str], Awaitable[T]], named: str, problems: list[str]
    ) -> T | None:
        """Whom a name means; one that means nobody is a problem, and the others still come."""
        try:
            return await find(named)
        except DeliveryError as wrong:
            refused = isinstance(wrong, SlackRefused) and wrong.code != NO_GROUP
            if not wrong.permanent or refused:
                raise
            problems.append(str(wrong))
            return None

    async def _invited(self, room: str, users: list[str]) -> list[tuple[str, str]]:
        """Who could not be, and why; https://docs.slack.dev/reference/methods/conversations.invite"""
        try:
            answer = await self.slack.call(
                "conversations.invite", channel=room, users=",".join(users), force=True
            )
        except SlackRefused as refused:
            if refused.code not in OF_ONE_PERSON:
                raise
            answer = refused.answer
            if not answer.get("errors"):
                answer = {"errors": [{"user": users[0], "error": refused.code}]}
        found = [(str(e.get("user", "")), str(e["error"])) for e in answer.get("errors") or ()]
        return [(user, code) for user, code in found if code not in THERE_ALREADY]

    async def remove(self, job: Job) -> Made:
        """`payload` has `people`; who is gone already is no error."""
        room = room_of(job)
        for person in job.payload["people"]:
            user = await self.directory.user(person)
            try:
                await self.slack.call("conversations.kick", channel=room, user=user)
            except SlackRefused as refused:
                if refused.code != "not_in_channel":
                    raise
        return {}
