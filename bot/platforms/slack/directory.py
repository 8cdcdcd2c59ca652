"""Who and what is called how in the workspace: our people's ids, and channels by their names."""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Final

from bot.domain.errors import DeliveryError
from bot.domain.policy import Person
from bot.platforms.slack.client import Slack
from bot.platforms.slack.errors import SlackRefused

PAGE: Final = 500
_GROUP: Final = re.compile(r"S[A-Z0-9]{3,}")
_ID: Final = re.compile(r"[CGD][A-Z0-9]{6,}")


class Directory:
    """`people()` are the policies' people by id."""

    def __init__(self, slack: Slack, people: Callable[[], Mapping[str, Person]]) -> None:
        self.slack, self._people = slack, people
        self._by_email: dict[str, str] = {}
        self._channels: dict[str, str] = {}
        self._direct: dict[str, str] = {}
        self._me = ""

    async def me(self) -> str:
        """Our own user id."""
        if not self._me:
            self._me = str((await self.slack.call("auth.test"))["user_id"])
        return self._me

    def name_of(self, person_id: str) -> str:
        known = self._people().get(person_id)
        return known.name or person_id if known else person_id

    async def user(self, person_id: str, person: Person | None = None) -> str:
        """The person's user id: what people.yaml says, else whoever has their verified address.

        Raises:
            DeliveryError: permanent, where neither leads anywhere.
        """
        person = person or self._people().get(person_id)
        if person is not None and person.slack:
            return person.slack
        if person is not None and person.email and (found := await self._mailed(person.email)):
            return found
        raise DeliveryError(
            f"Slack does not know {self.name_of(person_id)}; "
            f"set slack or email of {person_id!r} in people.yaml",
            permanent=True,
        )

    async def _mailed(self, email: str) -> str:
        if email not in self._by_email:
            try:
                answer = await self.slack.call("users.lookupByEmail", email=email)
            except SlackRefused as refused:
                if refused.code == "users_not_found":
                    return ""
                raise
            self._by_email[email] = str(answer["user"]["id"])
        return self._by_email[email]

    async def direct(self, user: str) -> str:
        """Our direct messages with this account."""
        if user not in self._direct:
            answer = await self.slack.call("conversations.open", users=user)
            self._direct[user] = str(answer["channel"]["id"])
        return self._direct[user]

    async def channel(self, said: str) -> str:
        """The id of a channel that settings or policies name by `#name`, or by its id.

        Raises:
            DeliveryError: permanent, where there is none that we can see.
        """
        if _ID.fullmatch(said):
            return said
        name = said.removeprefix("#").lower()
        if name not in self._channels:
            listed = self.slack_channels("conversations.list")
            self._channels = {one["name"]: one["id"] async for one in listed}
        if name not in self._channels:
            raise DeliveryError(
                f"there is no channel #{name} that Muster can see; invite it there", permanent=True
            )
        return self._channels[name]

    async def group(self, said: str) -> list[str]:
        """The users of a user group, named by `@handle` or by its id.

        Raises:
            DeliveryError: permanent, where there is no such group.
        """
        id = said if _GROUP.fullmatch(said) else await self._group_id(said.removeprefix("@"))
        if not id:
            raise DeliveryError(f"Slack has no user group {said}", permanent=True)
        answer = await self.slack.call("usergroups.users.list", usergroup=id)
        return [str(user) for user in answer["users"]]

    async def _group_id(self, handle: str) -> str:
        answer = await self.slack.call("usergroups.list")
        groups = answer.get("usergroups") or ()
        return next((str(one["id"]) for one in groups if one.get("handle") == handle), "")

    async def slack_channels(self, method: str) -> AsyncIterator[Mapping[str, Any]]:
        """Every channel that is not archived, by `conversations.list` or `users.conversations`."""
        cursor = ""
        while True:
            answer = await self.slack.call(
                method,
                types="public_channel,private_channel",
                exclude_archived=True,
                limit=PAGE,
                cursor=cursor or None,
            )
            for channel in answer.get("channels", ()):
                yield channel
            cursor = (answer.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return
