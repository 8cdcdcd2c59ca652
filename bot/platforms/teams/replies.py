"""How a reply reaches whoever asked: for their eyes alone, unless the reply is declared public.

Teams shows no message of a channel or a group to one person only. So a private reply goes to the
chat with the asker alone; where there is none, they are told in a word that there is something, and
nothing more is said (BEHAVIOUR 4.2).
https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/send-proactive-messages
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog

from bot.chat.call import Reply
from bot.domain.card import Button, Card, Style, say
from bot.domain.errors import DeliveryError
from bot.platforms.teams import render
from bot.platforms.teams.connector import Connector
from bot.platforms.teams.dialogs import DONE
from bot.platforms.teams.heard import By, Where
from bot.platforms.teams.references import References
from bot.platforms.teams.render import Around

log = structlog.get_logger()

NOT_HERE: Final = Reply(
    card=say(
        "I answer this in private only, and cannot write to you there. "
        "Add Muster under Apps in Teams, and ask again."
    )
)
MOMENT: Final = 1.0
"""Seconds that somebody who looks at a wheel waits for their chat to be opened."""

TURNS: Final = 3
LONGEST_TURN: Final = 60.0
"""Seconds; after three of these a reply has lost its meaning."""


class Replies:
    """`asks` says whether a command line is answered with a form."""

    def __init__(
        self,
        connector: Connector,
        references: References,
        asks: Callable[[str], bool],
        *,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self.connector, self.references = connector, references
        self.asks, self.sleep = asks, sleep

    async def reply(self, reply: Reply, by: By, where: Where) -> None:
        """Says it; what Teams does not take is logged, and nothing else."""
        if reply.private or reply.form is not None:
            await self.privately(reply, by, where)
        else:
            await self._publicly(reply, by, where)

    async def privately(self, reply: Reply, by: By, where: Where) -> None:
        """In the chat with them alone; where there is none, they are told that there is something,
        and no word more."""
        try:
            if await self._to_them_alone(reply, by, where):
                return
        except DeliveryError as no:
            log.warning("teams_reply_not_said", user=by.aad or by.user, why=str(no))
            if not no.permanent or where.is_private:
                return
        try:
            await self._say(where.service_url, where.conversation, NOT_HERE)
        except DeliveryError as no:
            log.warning("teams_reply_lost", user=by.aad or by.user, why=str(no))

    async def to_them_alone(self, reply: Reply, by: By, where: Where) -> None:
        """In the chat with them alone, or not at all."""
        try:
            await self._to_them_alone(reply, by, where)
        except DeliveryError as no:
            log.warning("teams_reply_lost", user=by.aad or by.user, why=str(no))

    async def _to_them_alone(self, reply: Reply, by: By, where: Where) -> bool:
        """Whether there can be a chat with them at all. Raises DeliveryError."""
        found = await self._personal(by, where)
        if found is None:
            return False
        await self._say(*found, reply)
        return True

    async def replace(self, reply: Reply, where: Where) -> None:
        """The message that was pressed in somebody's own chat becomes the answer to it."""
        try:
            activity = self.activity(reply)
            room = where.conversation
            await self.connector.update(room, where.message, activity, service=where.service_url)
        except DeliveryError as no:
            log.info("teams_card_not_replaced", why=str(no))

    def activity(self, reply: Reply) -> dict[str, Any]:
        return render.activity(shown(reply), self._around(reply))

    def adaptive(self, reply: Reply) -> dict[str, Any]:
        return render.adaptive(shown(reply), self._around(reply))

    def _around(self, reply: Reply) -> Around:
        """Where a form waits, the one button opens it."""
        asks = self.asks if reply.form is None else _always
        return Around(version=reply.version, asks=asks)

    async def has_chat(self, by: By, where: Where) -> bool:
        """Whether there is a chat with them alone, or one can be opened within a moment."""
        try:
            async with asyncio.timeout(MOMENT):
                return await self._personal(by, where) is not None
        except (DeliveryError, TimeoutError) as no:
            log.info("teams_chat_not_opened", user=by.aad or by.user, why=str(no))
            return False

    async def _personal(self, by: By, where: Where) -> tuple[str, str] | None:
        """(where it is served, the conversation). Raises DeliveryError."""
        if where.is_private:
            return where.service_url, where.conversation
        if not by.aad:
            return None
        known = await self.references.find(by.aad)
        if known is None:
            opened = await self.connector.personal(by.aad, service=where.service_url)
            known = await self.references.opened(by, where, opened)
        return known.service, known.conversation

    async def _publicly(self, reply: Reply, by: By, where: Where) -> None:
        try:
            await self._say(where.service_url, where.conversation, reply)
        except DeliveryError as no:
            log.info("teams_reply_went_another_way", why=str(no))
            await self.privately(reply, by, where)

    async def _say(self, service_url: str, conversation: str, reply: Reply) -> None:
        """A reply that would come too fast for Teams waits its turn; nobody waits for it."""
        for _ in range(TURNS):
            try:
                await self.connector.say(conversation, self.activity(reply), service=service_url)
            except DeliveryError as no:
                if not no.paced and no.retry_after is None:
                    raise
                await self.sleep(min(no.retry_after or 1.0, LONGEST_TURN))
            else:
                return
        raise DeliveryError("its turn never came")


def shown(reply: Reply) -> Card:
    """The card of a message; a form becomes a button, for a dialog opens by a press only."""
    if reply.form is None:
        return reply.card or DONE
    opens = Button("Open", reply.form.command, Style.PRIMARY)
    return say(f"{reply.form.title}: press to fill it in.", opens)


def _always(command: str) -> bool:
    return True
