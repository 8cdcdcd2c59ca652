"""How a reply reaches whoever asked: for their eyes alone, unless the reply is declared public.

A form opens by the trigger Slack lent us. Everything else goes, by the first way that works: to the
`response_url` of what they pressed or typed, as an ephemeral message where they are, as a direct
message. A private reply is never posted where others read it.
https://docs.slack.dev/interactivity/handling-user-interaction
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Protocol

import orjson
import structlog

from bot.cards.inputs import Choices
from bot.cards.rooted import rooted
from bot.chat.call import Reply
from bot.domain.card import Button, Card, Style, say
from bot.domain.errors import DeliveryError
from bot.domain.form import Form, Wrong
from bot.platforms.slack import forms, render
from bot.platforms.slack.client import Slack
from bot.platforms.slack.errors import Paced
from bot.platforms.slack.heard import Where

log = structlog.get_logger()

SHOWN: Final = ("text", "blocks", "attachments")
"""What a `response_url` takes of a message."""

SCOPES: Final = {
    "chat:write": "answer, post and edit the card",
    "im:write": "answer and page people directly",
}

DONE: Final = say("Done.")


Way = Callable[[Mapping[str, Any], str, Where], Awaitable[None]]

TURNS: Final = 3
LONGEST_TURN: Final = 60.0
"""Seconds; after three of these a reply has lost its meaning."""


class Responds(Protocol):
    async def __call__(self, url: str, message: Mapping[str, Any]) -> None:
        """Posts to a `response_url`. Raises DeliveryError."""
        ...


class Voice:
    """`people` gives (id, name) pairs for fields that ask for a person; `public_url` is where the
    web room is."""

    def __init__(
        self,
        slack: Slack,
        respond: Responds,
        people: Callable[[], Choices],
        *,
        public_url: str = "",
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.public_url = public_url.rstrip("/")
        self.slack, self.respond, self.people, self.sleep = slack, respond, people, sleep

    async def reply(
        self,
        reply: Reply,
        user: str,
        where: Where,
        *,
        prefill: Mapping[str, str] | None = None,
    ) -> None:
        """Says it, or opens its form; what Slack does not take is logged, and nothing else."""
        card = rooted(reply.card or DONE, self.public_url)
        if reply.form is not None and not reply.wrong:
            opened = await self._open(reply.form, where, prefill or {})
            if opened:
                return
            card = _press_for(reply.form)
        if reply.private:
            await self.privately(card, user, where, version=reply.version)
        else:
            await self._publicly(card, user, where)

    async def privately(
        self, card: Card, user: str, where: Where, *, version: int | None = None
    ) -> None:
        """For their eyes alone; `version` is the incident's that the buttons are for."""
        message = render.message(card, version=version).args()
        ways = (
            (where.response_url, self._by_response_url),
            (where.channel, self._where_they_are),
            (user, self._directly),
        )
        for needed, way in ways:
            if not needed:
                continue
            try:
                await self._in_turn(way, message, user, where)
            except DeliveryError as no:
                log.info("slack_reply_went_another_way", way=way.__name__, why=str(no))
            else:
                return
        log.warning("slack_reply_lost", user=user)

    async def _in_turn(self, way: Way, message: Mapping[str, Any], user: str, where: Where) -> None:
        """A reply that would come too fast for Slack waits its turn; nobody waits for it."""
        for _ in range(TURNS):
            try:
                await way(message, user, where)
            except Paced as paced:
                await self.sleep(min(paced.retry_after or 1.0, LONGEST_TURN))
            else:
                return
        raise DeliveryError("its turn never came")

    async def publish_home(self, user: str, card: Card) -> None:
        """Raises DeliveryError."""
        await self.slack.call("views.publish", user_id=user, view=render.home(card))

    # ways

    async def _open(self, form: Form, where: Where, prefill: Mapping[str, str]) -> bool:
        """False where it is too late, or nothing was lent."""
        if not where.trigger:
            return False
        given = {field.name: field.value for field in form.fields} | dict(prefill)
        try:
            await self.slack.call(
                "views.open", trigger_id=where.trigger, view=self.view(form, where, given)
            )
        except DeliveryError as late:
            log.info("slack_form_not_opened", why=str(late))
            return False
        return True

    def view(
        self, form: Form, where: Where, given: Mapping[str, str], wrong: Wrong | None = None
    ) -> dict[str, Any]:
        """The form as a modal that knows where its answer belongs."""
        meant = {"command": form.command, "channel": where.channel, "thread": where.thread}
        metadata = orjson.dumps({name: said for name, said in meant.items() if said}).decode()
        view = forms.modal(form, given, wrong, people=self.people())
        return {**view, "private_metadata": metadata}

    async def _by_response_url(self, message: Mapping[str, Any], user: str, where: Where) -> None:
        shown = {name: message[name] for name in SHOWN}
        await self.respond(
            where.response_url,
            {**shown, "response_type": "ephemeral", "replace_original": where.ephemeral},
        )

    async def _where_they_are(self, message: Mapping[str, Any], user: str, where: Where) -> None:
        thread = where.thread or None
        if where.channel.startswith("D"):
            await self._post(where.channel, message, thread)
            return
        await self.slack.call(
            "chat.postEphemeral", channel=where.channel, user=user, thread_ts=thread, **message
        )

    async def _directly(self, message: Mapping[str, Any], user: str, where: Where) -> None:
        opened = await self.slack.call("conversations.open", users=user)
        await self._post(opened["channel"]["id"], message, None)

    async def _publicly(self, card: Card, user: str, where: Where) -> None:
        try:
            await self._post(where.channel, render.message(card).args(), where.thread or None)
        except DeliveryError as no:
            log.info("slack_reply_went_another_way", way="_publicly", why=str(no))
            await self.privately(card, user, where)

    async def _post(self, channel: str, message: Mapping[str, Any], thread: str | None) -> None:
        await self.slack.call(
            "chat.postMessage", channel=channel, thread_ts=thread, **message, **render.QUIETLY
        )


def _press_for(form: Form) -> Card:
    """A form opens by a press only, and within three seconds."""
    return say(f"{form.title}: press to fill it in.", Button("Open", form.command, Style.PRIMARY))
