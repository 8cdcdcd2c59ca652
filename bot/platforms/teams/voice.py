"""How a reply reaches whoever asked: for their eyes alone, unless the reply is declared public.

Teams shows nothing to one person in a channel or a group, so a private reply goes to the asker's
personal chat. Where there is none, they are told so where they are, and nothing more is said.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import structlog

from bot.chat.call import Reply
from bot.domain.card import Button, Card, Style, say
from bot.domain.errors import DeliveryError
from bot.domain.form import Form
from bot.platforms.teams.actions import Asks
from bot.platforms.teams.connector import Connector
from bot.platforms.teams.directory import PLATFORM
from bot.platforms.teams.errors import TeamsRefused
from bot.platforms.teams.forms import Choices
from bot.platforms.teams.mentions import Mention
from bot.platforms.teams.render import Around, activity
from bot.ports.references import KeepsReferences, Reference

log = structlog.get_logger()

DONE: Final = say("Done.")
UNHEARD: Final = say(
    "I have an answer for you alone, and you have no personal chat with me: "
    "add me for yourself, and ask again."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asked, and where: `user` is their object id in Entra, `member` what the conversation
    calls them (`29:…`), `conversation` as the activity had it, `…;messageid=…` in a thread."""

    user: str
    member: str
    name: str
    conversation: str
    service: str
    personal: bool = False


class Voice:
    """`people` gives (id, name) pairs for fields that ask for a person."""

    def __init__(
        self,
        connector: Connector,
        references: KeepsReferences,
        people: Callable[[], Choices],
        asks: Asks,
    ) -> None:
        self.connector, self.references = connector, references
        self.people, self.asks = people, asks

    async def reply(self, reply: Reply, asker: Asker) -> None:
        """Says it; what Teams does not take is logged, and nothing else."""
        card = reply.card or DONE
        if reply.form is not None and not reply.wrong:
            card = press_for(reply.form)
        if reply.private:
            await self.privately(card, asker)
        else:
            await self.publicly(card, asker)

    async def publicly(self, card: Card, asker: Asker) -> None:
        """Where they are."""
        try:
            await self._say(asker.conversation, asker.service, self.message(card))
        except DeliveryError as no:
            log.info("teams_reply_went_another_way", why=str(no))
            if not asker.personal:
                await self.privately(card, asker)

    async def privately(self, card: Card, asker: Asker) -> None:
        try:
            conversation, service = await self._chat(asker)
            await self._say(conversation, service, self.message(card))
        except TeamsRefused as refused:
            log.info("teams_no_personal_chat", user=asker.user, why=str(refused))
            if not asker.personal:
                await self._point_out(asker)
        except DeliveryError as no:
            log.warning("teams_reply_lost", user=asker.user, why=str(no))

    async def _point_out(self, asker: Asker) -> None:
        """Not a word of the answer."""
        called = [Mention(asker.member, asker.name)]
        try:
            await self._say(
                asker.conversation, asker.service, activity(UNHEARD, Around(mentions=called))
            )
        except DeliveryError as no:
            log.warning("teams_reply_lost", user=asker.user, why=str(no))

    async def _chat(self, asker: Asker) -> tuple[str, str]:
        if asker.personal:
            return asker.conversation, asker.service
        known = await self.references.find(PLATFORM, asker.user)
        if known is not None:
            return known.conversation, known.service
        conversation = await self.connector.personal(asker.member, service=asker.service)
        await self.references.keep(
            Reference(
                platform=PLATFORM,
                about=asker.user,
                conversation=conversation,
                service=asker.service,
                member=asker.member,
            )
        )
        return conversation, asker.service

    async def _say(self, conversation: str, service: str, message: dict[str, Any]) -> None:
        await self.connector.say(conversation, message, service=service)

    def message(self, card: Card) -> dict[str, Any]:
        return activity(card, Around(asks=self.asks))


def press_for(form: Form) -> Card:
    """A dialog opens by a press only."""
    return say(f"{form.title}: press to fill it in.", Button("Open", form.command, Style.PRIMARY))
