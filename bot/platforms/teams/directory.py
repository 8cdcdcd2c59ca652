"""Who is called how in the tenant, and where each can be written to."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from bot.domain.errors import DeliveryError
from bot.domain.policy import Person
from bot.platforms.teams.connector import Connector
from bot.platforms.teams.errors import TeamsRefused
from bot.platforms.teams.graph import Graph
from bot.platforms.teams.mentions import Mention
from bot.platforms.teams.references import PLATFORM, References
from bot.ports.references import Reference

log = structlog.get_logger()

NOT_INSTALLED: Final = frozenset(
    {"ForbiddenOperation", "BotNotInConversationRoster", "MessageWritesBlocked"}
)
"""Answers to a message for somebody who has no Muster (any more)."""


@dataclass(frozen=True, slots=True)
class Chat:
    """Where one person reads us."""

    conversation: str
    service: str = ""


class Knows(Protocol):
    """The half that speaks."""

    @property
    def directory(self) -> "Directory": ...


def reaches(channel: Knows) -> Callable[[str], Awaitable[object]]:
    """What opens somebody's chat, or raises DeliveryError."""
    return channel.directory.chat


class Directory:
    """`people()` are the policies' by id; `home` is the channel in whose team everybody is looked
    for; `graph` is there where it is granted."""

    def __init__(
        self,
        connector: Connector,
        people: Callable[[], Mapping[str, Person]],
        references: References,
        *,
        home: str,
        graph: Graph | None = None,
    ) -> None:
        self.connector, self._people, self.references = connector, people, references
        self.home, self.graph = home, graph
        self._by_email: dict[str, str] = {}
        self._members: dict[str, str] = {}

    def person(self, id: str) -> Person | None:
        return self._people().get(id)

    def name_of(self, id: str) -> str:
        known = self.person(id)
        return known.name or id if known else id

    async def user(self, id: str, person: Person | None = None) -> str:
        """The person's object id in Entra: what people.yaml says, else whoever has their address.

        Raises:
            DeliveryError: permanent, where neither leads anywhere.
        """
        person = person or self.person(id)
        if person is not None and person.teams:
            return person.teams
        if person is not None and person.email and (found := await self._mailed(person.email)):
            return found
        raise DeliveryError(
            f"Teams does not know {self.name_of(id)}; set teams or email of {id!r} in people.yaml",
            permanent=True,
        )

    async def mention(self, id: str) -> Mention | None:
        """How the person is called by name; None where Teams does not know them."""
        try:
            return Mention(await self.user(id), self.name_of(id))
        except DeliveryError as wrong:
            if not wrong.permanent:
                raise
            log.info("teams_not_mentioned", person=id, why=str(wrong))
            return None

    async def member(self, user: str) -> str:
        """What a conversation calls this user (`29:…`), where that is known."""
        if user not in self._members:
            known = await self.references.find(user)
            self._members[user] = known.member if known else ""
        return self._members[user]

    async def _mailed(self, email: str) -> str:
        wanted = email.lower()
        if wanted not in self._by_email and self.home:
            await self._read_roster()
        if wanted not in self._by_email and self.graph is not None:
            self._by_email[wanted] = await self.graph.user_by_mail(email)
        return self._by_email.get(wanted, "")

    async def _read_roster(self) -> None:
        """Everybody in the team of the incident channel; guests are nobody of ours."""
        async for one in self.connector.members(self.home):
            user = str(one.get("aadObjectId") or one.get("objectId") or "")
            email = str(one.get("email") or one.get("userPrincipalName") or "").lower()
            if user and email and one.get("userRole", "user") == "user":
                self._by_email[email] = user
                self._members[user] = str(one.get("id") or "")

    # personal chats

    async def chat(self, id: str, person: Person | None = None) -> Chat:
        """Our personal chat with this person, opened where there is none yet.

        Raises:
            DeliveryError: permanent, where Muster is not installed for them and may not be.
        """
        user = await self.user(id, person)
        known = await self.references.find(user)
        if known is not None:
            return Chat(known.conversation, known.service)
        conversation = await self._open(id, user)
        await self.references.kept.keep(
            Reference(
                platform=PLATFORM,
                about=user,
                conversation=conversation,
                service=await self.references.service() or self.connector.service_url,
                member=self._members.get(user, ""),
            )
        )
        return Chat(conversation)

    async def _open(self, id: str, user: str) -> str:
        try:
            return await self.connector.personal(user)
        except TeamsRefused as refused:
            if refused.code not in NOT_INSTALLED:
                raise
            if self.graph is None or not self.graph.app:
                raise self._not_installed(id) from refused
        try:
            await self.graph.install_for(user)
        except TeamsRefused as refused:
            raise self._not_installed(id) from refused
        return await self.connector.personal(user)

    async def forget(self, id: str, person: Person | None = None) -> None:
        """They removed Muster; the next message asks anew."""
        await self.references.forget(await self.user(id, person))

    def _not_installed(self, id: str) -> DeliveryError:
        return DeliveryError(
            f"Muster is not installed for {self.name_of(id)} in Teams, who must add the app once",
            permanent=True,
        )
