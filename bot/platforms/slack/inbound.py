"""What people do in Slack, kept before it is acknowledged and carried out after.

Slack waits three seconds (https://docs.slack.dev/interactivity/handling-user-interaction) and sends
events again that nobody took (`X-Slack-Retry-Num`). So a command is kept by its key, Slack is told,
and a task goes on: what comes twice is kept once, and nothing that was acknowledged is lost.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog

from bot.cards.clean import first_line
from bot.cards.names import person_name
from bot.chat.call import Call, Reply
from bot.chat.desk import Desk
from bot.chat.grammar import quote
from bot.chat.inbox import NOT_RECORDED
from bot.chat.tasks import Tasks
from bot.domain.errors import DeliveryError, Overloaded
from bot.platforms.slack import forms
from bot.platforms.slack.follow import Follow, quoted, quoted_by
from bot.platforms.slack.heard import (
    AGAIN,
    OK,
    Answer,
    Asked,
    ForTimeline,
    Heard,
    HomeOpened,
    Joined,
    Message,
    Reworded,
    Said,
    Talked,
    Way,
    Where,
)
from bot.platforms.slack.home import home_of
from bot.platforms.slack.identity import Identity, is_stranger
from bot.platforms.slack.read import read
from bot.platforms.slack.shortcuts import MAKE_TASK, SHORTCUTS
from bot.platforms.slack.talk import TalkLines
from bot.platforms.slack.voice import Voice
from bot.platforms.slack.words import mentioned, words
from bot.platforms.slack.workspace import Workspace

log = structlog.get_logger()

KEPT_WITHIN: Final = 2.5
"""Seconds for all that happens before a command is kept, asking Slack who speaks included."""

FORM_WAITS: Final = 1.0
"""Seconds that a form stays open for what is wrong with it; after that it closes, and the reply
comes as a message."""

CAUGHT_UP_FOR: Final = timedelta(hours=12)
"""Who comes back into a room within this time is not told again."""

REPEAT: Final = NOT_RECORDED.card.title if NOT_RECORDED.card else ""
QUOTED: Final = 1_500
"""Characters of a message that a line of the timeline quotes; its permalink has the rest."""

TITLE: Final = 200
MAKES_TASK: Final = SHORTCUTS[MAKE_TASK].command


class Inbound:
    def __init__(
        self, *, desk: Desk, identity: Identity, workspace: Workspace, voice: Voice, tasks: Tasks
    ) -> None:
        self.desk, self.identity, self.workspace = desk, identity, workspace
        self.voice, self.tasks = voice, tasks
        self.follow = Follow(desk, identity, workspace, self._note)
        self.talk = TalkLines(desk, identity, plain=self._plain, home=workspace.team)

    async def __call__(self, payload: Mapping[str, Any]) -> Answer:
        """What Slack is told. Raises Unreadable: the payload is none of Slack's."""
        heard = read(payload)
        match heard:
            case None:
                return OK
            case HomeOpened():
                self.tasks.begin(self._home(heard), "slack home")
                return OK
            case Reworded():
                return await self._reworded(heard)
            case _:
                return await self._in_time(heard)

    async def _in_time(self, heard: Asked) -> Answer:
        try:
            async with asyncio.timeout(KEPT_WITHIN):
                kept = await self._keep(heard)
        except (TimeoutError, Overloaded, DeliveryError) as late:
            log.warning("slack_not_recorded", why=str(late) or "it took too long")
            return self._not_recorded(heard)
        if kept is None:
            return OK
        call, told = kept
        if told is not None:
            return _errors(call, told)
        return await self._go_on(call, heard)

    async def _reworded(self, heard: Reworded) -> Answer:
        try:
            async with asyncio.timeout(KEPT_WITHIN):
                calls = [*await self.follow(heard), *await self.talk.reworded(heard)]
                new = [call for call in calls if await self.desk.inbox.keep(call) is None]
        except (TimeoutError, Overloaded, DeliveryError) as late:
            log.warning("slack_edit_not_followed", why=str(late) or "it took too long")
            return AGAIN
        for call in new:
            self.tasks.begin(self.desk.inbox.carry_out(call), f"slack {call.key}")
        return OK

    # before it is acknowledged

    async def _keep(self, heard: Asked) -> tuple[Call, Reply | None] | None:
        """The call, and what was said to it before if it is known; None where nothing is asked."""
        match heard:
            case Said():
                call = await self._command(heard)
            case ForTimeline():
                call = await self._line(heard)
            case Talked():
                call = await self.talk.line(heard)
            case Joined():
                call = await self._catch_up(heard)
        return (call, await self.desk.inbox.keep(call)) if call is not None else None

    async def _command(self, said: Said) -> Call | None:
        actor = await self.identity.actor(said.by, said.where.channel)
        text = said.text
        if said.way in (Way.SLASH, Way.EVENT):
            text = await self._plain(text)
        room = await self._incident(said.where.channel, said.where.thread or said.where.message)
        if said.about is not None and text == MAKES_TASK and room is None:
            text = f"{text} {quote(await self._task(said.about))}"  # the picker keeps the words
        return Call(
            key=said.key,
            platform="slack",
            actor=actor,
            text=text,
            room=room,
            answers=said.answers,
            seen=said.seen,
            quotes=quoted_by(text) if said.way is Way.CLICK else "",
        )

    async def _plain(self, text: str) -> str:
        await self.identity.meet(mentioned(text))
        return words(text, self.identity.person_of)

    async def _incident(self, channel: str, thread: str) -> int | None:
        if not channel:
            return None
        return await self.desk.queries.incident_at("slack", channel, thread)

    async def _line(self, heard: ForTimeline) -> Call | None:
        """A note at the time of the message. A reaction elsewhere is nobody's business."""
        actor = await self.identity.actor(heard.by, heard.channel)
        event = heard.way is Way.EVENT
        if event and is_stranger(actor):
            return None
        message = heard.message or await self.workspace.message(heard.channel, heard.at)
        if (message is None and not heard.unmarked) or (heard.unmarked and _still(message)):
            return None
        thread = message.thread if message is not None else ""
        number = await self._incident(heard.channel, thread or heard.at)
        if event and number is None:
            return None
        where = quoted(heard.channel, heard.at)
        if heard.unmarked and number is not None and await self.follow.was_brought(number, where):
            return None
        return Call(
            key=heard.key,
            platform="slack",
            actor=actor,
            text=await self._note(number, None if heard.unmarked else message),
            room=number,
            interactive=False,
            quotes=where,
        )

    async def _note(self, number: int | None, message: Message | None) -> str:
        """The line that notes the message at its own time; without one, that takes it back."""
        verb = f"note #{number}" if number is not None else "note"
        if message is None:
            return verb
        at = min(datetime.fromtimestamp(float(message.at), UTC), self.desk.clock.wall())
        return f"{verb} {at:%Y-%m-%dT%H:%M:%SZ} {await self._quote(message)}"

    async def _quote(self, message: Message) -> str:
        await self.identity.meet(filter(None, [message.user]))
        person = self.identity.person_of(message.user)
        who = person_name(self.desk.people.rules.policies.people, person) if person else "Somebody"
        text = await self._plain(message.text) or "(no words)"
        if len(text) > QUOTED:
            text = text[:QUOTED] + "…"
        return f"{who}: {text}\n{await self.workspace.permalink(message)}"

    async def _catch_up(self, joined: Joined) -> Call | None:
        """Once in twelve hours: the key tells this half of a day, and the one before is asked."""
        number = await self._incident(joined.channel, "")
        if number is None:
            return None
        actor = await self.identity.actor(joined.by, joined.channel)
        if is_stranger(actor):
            return None
        half_days = CAUGHT_UP_FOR // timedelta(seconds=1)
        place = f"slack:joined:{joined.channel}:{joined.by.user}"
        now = joined.seconds // half_days
        before = await self.desk.inbox.kept_at(f"{place}:{now - 1}")
        if before is not None and self.desk.clock.now() - before < CAUGHT_UP_FOR:
            return None
        key = f"{place}:{now}"
        return Call(key=key, platform="slack", actor=actor, text="summary", room=number)

    # after it is acknowledged

    async def _go_on(self, call: Call, heard: Asked) -> Answer:
        work = self.tasks.begin(self.desk.inbox.carry_out(call), f"slack {call.key}")
        if call.answers is not None:
            await asyncio.wait({work}, timeout=FORM_WAITS)
            if work.done() and not work.cancelled() and work.exception() is None:
                wrong = self._not_yet(call, work.result(), heard)
                if wrong is not OK:
                    return wrong
        self.tasks.begin(self._tell(work, heard), f"slack reply {call.key}")
        return OK

    def _not_yet(self, call: Call, reply: Reply, heard: Asked) -> Answer:
        """Keeps the form open, or shows it anew where it would submit to something else now."""
        form = reply.form
        if isinstance(heard, Said) and form is not None and form.command != call.text:
            view = self.voice.view(form, heard.where, call.answers or {}, reply.wrong)
            return Answer(200, {"response_action": "update", "view": view}) if reply.wrong else OK
        return _errors(call, reply)

    async def _tell(self, work: asyncio.Task[Reply], heard: Heard) -> None:
        reply = await asyncio.shield(work)
        match heard:
            case Said():
                prefill = await self._prefill(heard.about, heard.text) if heard.about else None
                await self.voice.reply(reply, heard.by.user, heard.where, prefill=prefill)
                if heard.where.home:
                    await self._home(HomeOpened(by=heard.by))
            case ForTimeline(way=Way.CLICK):
                await self.voice.reply(reply, heard.by.user, heard.where)
            case ForTimeline(unmarked=False) if reply.status == 403:
                await self.voice.reply(reply, heard.by.user, Where(channel=heard.channel))
            case Joined() if reply.ok:
                await self.voice.reply(reply, heard.by.user, Where(channel=heard.channel))

    async def _prefill(self, message: Message, verb: str) -> dict[str, str]:
        """A form begins with the message it was called on."""
        if verb == MAKES_TASK:
            return {"task": await self._task(message)}
        begun = {"title": first_line(await self._plain(message.text), TITLE)}
        try:
            return {**begun, "description": await self._quote(message)}
        except DeliveryError:
            return begun

    async def _task(self, message: Message) -> str:
        """What is to be done, and where it was said."""
        words = first_line(await self._plain(message.text), TITLE)
        try:
            return f"{words} {await self.workspace.permalink(message)}"
        except DeliveryError:
            return words

    async def _home(self, opened: HomeOpened) -> None:
        try:
            actor = await self.identity.actor(opened.by)
            await self.voice.publish_home(opened.by.user, await home_of(actor, self.desk))
        except (DeliveryError, Overloaded) as no:
            log.warning("slack_home_not_published", why=str(no))

    def _not_recorded(self, heard: Asked) -> Answer:
        """An event comes again by itself; a person is asked to repeat it, in Slack's own answer."""
        if isinstance(heard, Joined | Talked) or heard.way is Way.EVENT:
            return AGAIN
        if heard.way is Way.SLASH:
            return Answer(200, {"response_type": "ephemeral", "text": REPEAT})
        if isinstance(heard, Said) and heard.answers:
            field = next(iter(heard.answers))
            return Answer(200, {"response_action": "errors", "errors": {field: REPEAT}})
        where = replace(heard.where, trigger="")
        self.tasks.begin(self.voice.reply(NOT_RECORDED, heard.by.user, where), "slack sorry")
        return OK


def _still(message: Message | None) -> bool:
    """Something else than what was taken off keeps it in the timeline."""
    return message is not None and message.marked


def _errors(call: Call, reply: Reply) -> Answer:
    """Keeps a form open where something in it is wrong; OK where it may close."""
    if call.answers is None or not reply.wrong:
        return OK
    if reply.form is not None:
        errors = forms.errors(reply.form, reply.wrong)
    else:
        errors = {name: said for name, said in reply.wrong.items() if name in call.answers}
    return Answer(200, {"response_action": "errors", "errors": errors}) if errors else OK
