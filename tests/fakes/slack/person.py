"""Somebody in front of Slack: says, presses, fills in, and sees what Slack would show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes.slack.interactivity import payloads
from tests.fakes.slack.interactivity.answers import command_answer, submission_answer
from tests.fakes.slack.interactivity.buttons import pressed
from tests.fakes.slack.interactivity.forms import fill
from tests.fakes.slack.interactivity.payloads import Click
from tests.fakes.slack.outward.letter import Ack, Letter, Sort
from tests.fakes.slack.spoken import spoken
from tests.fakes.slack.state import Channel, Json, Message, User, View

if TYPE_CHECKING:
    from tests.fakes.slack.server import Slack


@dataclass(frozen=True)
class Shown:
    """What a deed brought at once; what comes later is waited for with `hears` and `sees`.

    `trouble` is what Slack says when the app did not answer in time, or badly.
    """

    ack: Ack
    whispers: list[Message] = field(default_factory=list)
    view: View | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    trouble: str = ""


class Person:
    """Channels are named by name, by id or as they are."""

    def __init__(self, slack: "Slack", user: User) -> None:
        self.slack = slack
        self.user = user
        self.id = user.id

    # --- what she sees ---

    @property
    def view(self) -> View | None:
        """The modal on top."""
        return self.slack.modals.top(self.id)

    @property
    def home(self) -> View | None:
        return self.slack.workspace.homes.get(self.id)

    @property
    def whispers(self) -> list[Message]:
        """All that was said to her alone, the oldest first."""
        return [m for m in self.slack.workspace.ephemerals if m.seen_by == self.id]

    @property
    def direct(self) -> Channel:
        """Her direct messages with the app."""
        return self.slack.direct(self.id)

    async def hears(self, words: str, within: float = 5) -> Message:
        """The newest whisper with these words, which may still be on its way."""

        def found() -> list[Message]:
            return [m for m in self.whispers if words in spoken(m)]

        await self.slack.until(found, within)
        return found()[-1]

    async def reads(self, words: str, channel: Channel | str, within: float = 5) -> Message:
        """The newest message with these words there, in a thread or not."""
        room = self._room(channel)

        def found() -> list[Message]:
            return [m for m in room.messages.values() if words in spoken(m)]

        await self.slack.until(found, within)
        return found()[-1]

    async def sees(self, title: str, within: float = 5) -> View:
        """The modal with this title or callback_id on top."""

        def found() -> bool:
            return bool(self.view and title in (self.view.title, self.view.callback_id))

        await self.slack.until(found, within)
        assert self.view
        return self.view

    # --- what she says ---

    async def say(
        self, text: str, channel: Channel | str, thread: Message | None = None
    ) -> Message:
        """Returns when the app was told."""
        room = self._room(channel)
        root = (thread.thread_ts or thread.ts) if thread else ""
        message = self.slack.workspace.post(
            room, self.id, text, thread_ts=root, key=self.slack.workspace.id("m")
        )
        await self.slack.settled()
        return message

    async def tell(self, text: str) -> Message:
        """In the direct messages with the app."""
        return await self.say(text, self.direct)

    async def mention(
        self, text: str, channel: Channel | str, thread: Message | None = None
    ) -> Message:
        return await self.say(f"<@{self.slack.app.bot_user}> {text}", channel, thread)

    async def edit(self, message: Message, text: str) -> None:
        self.slack.workspace.edit(message, self.id, text=text)
        await self.slack.settled()

    async def delete(self, message: Message) -> None:
        self.slack.workspace.delete(message)
        await self.slack.settled()

    async def react(self, name: str, message: Message) -> None:
        self.slack.workspace.react(message, name, self.id)
        await self.slack.settled()

    async def unreact(self, name: str, message: Message) -> None:
        self.slack.workspace.unreact(message, name, self.id)
        await self.slack.settled()

    async def pin(self, message: Message) -> None:
        self.slack.workspace.pin(message, self.id)
        await self.slack.settled()

    async def unpin(self, message: Message) -> None:
        self.slack.workspace.unpin(message, self.id)
        await self.slack.settled()

    # --- what she does with channels ---

    async def create(self, name: str, *, private: bool = False) -> Channel:
        channel = self.slack.workspace.create(name, self.id, private=private)
        await self.slack.settled()
        return channel

    async def join(self, channel: Channel | str) -> None:
        self.slack.workspace.join(self._room(channel), self.id)
        await self.slack.settled()

    async def leave(self, channel: Channel | str) -> None:
        self.slack.workspace.leave(self._room(channel), self.id)
        await self.slack.settled()

    async def invite(self, user: str, channel: Channel | str) -> None:
        """`user` is an id; the app's own is `slack.app.bot_user`."""
        self.slack.workspace.join(self._room(channel), user, inviter=self.id)
        await self.slack.settled()

    async def archive(self, channel: Channel | str) -> None:
        self.slack.workspace.archive(self._room(channel), self.id)
        await self.slack.settled()

    async def unarchive(self, channel: Channel | str) -> None:
        self.slack.workspace.unarchive(self._room(channel), self.id)
        await self.slack.settled()

    async def rename(self, channel: Channel | str, name: str) -> None:
        self.slack.workspace.rename(self._room(channel), name, self.id)
        await self.slack.settled()

    async def set_topic(self, topic: str, channel: Channel | str) -> None:
        self.slack.workspace.set_topic(self._room(channel), topic, self.id)
        await self.slack.settled()

    # --- what she asks of the app ---

    async def command(self, line: str, channel: Channel | str) -> Shown:
        """`command("/incident declare Checkout is down", "general")`, as it is typed there.

        ValueError where Slack knows no such command: it has none for people of another team.
        """
        word, _, text = line.partition(" ")
        at_home = self.user.team_id == self.slack.app.team_id
        if word not in self.slack.app.commands or not at_home:
            raise ValueError(f"{word} is not a valid command")
        room = self._room(channel)
        self.slack.used_scopes.add("commands")
        payload = payloads.command(self._click(room), room, word, text.strip())
        before = len(self.whispers)
        ack = await self._send(Sort.COMMAND, payload)
        trouble = command_answer(self.slack, self.id, room, ack)
        return Shown(ack, self.whispers[before:], self.view, trouble=trouble)

    async def press(
        self, what: str, where: Message | View | None = None, choice: Any = None
    ) -> Shown:
        """A button by its words, or a menu by its placeholder or action_id with a `choice`; `where`
        is the modal on top unless it is said."""
        where = where or self.view
        if where is None:
            raise LookupError("No modal is open; say where the button is.")
        if isinstance(where, Message):
            action = pressed(where.all_blocks, what, choice, self.slack.time.ts())
            channel = self.slack.workspace.channels[where.channel]
            payload = payloads.message_action(self._click(channel, where), where, action)
        else:
            action = pressed(where.blocks, what, choice, self.slack.time.ts())
            payload = payloads.view_action(self._click(), where, action)
        return await self._interact(payload)

    async def shortcut(self, callback_id: str, message: Message | None = None) -> Shown:
        """A global shortcut, or one on a message."""
        if message is None:
            payload = payloads.shortcut(self._click(), callback_id)
        else:
            channel = self.slack.workspace.channels[message.channel]
            click = self._click(channel, message)
            payload = payloads.message_shortcut(click, callback_id, message)
        return await self._interact(payload)

    async def submit(self, values: Mapping[str, Any] | None = None) -> Shown:
        """Fills in the modal on top, fields named by label, block_id or action_id, and sends it."""
        view = self._modal()
        filled = fill(view.blocks, values or {})
        payload = payloads.submission(self._click(), view, filled)
        before = len(self.whispers)
        ack = await self._send(Sort.INTERACTION, payload)
        errors, trouble = submission_answer(self.slack, view, ack)
        return Shown(ack, self.whispers[before:], self.view, errors, trouble)

    async def close(self, *, all_of_them: bool = False) -> None:
        """The modal on top, or the whole stack; the app is told where it asked to be."""
        top = self._modal()
        told = [top] if not all_of_them else list(self.slack.modals.stacks[self.id])
        for view in reversed(told):
            self.slack.modals.close(view)
            if view.definition.get("notify_on_close"):
                payload = payloads.closed(self._click(), view, cleared=all_of_them)
                await self._send(Sort.INTERACTION, payload)

    async def open_home(self) -> None:
        """Looks at the app's Home tab; `home` shows what is published there."""
        event: Json = {
            "type": "app_home_opened",
            "user": self.id,
            "channel": self.direct.id,
            "tab": "home",
            "event_ts": self.slack.time.ts(),
        }
        if self.home:
            event["view"] = self.home.as_json(self.slack.byline)
        self.slack.tell(event)
        await self.slack.settled()

    def _click(self, channel: Channel | None = None, original: Message | None = None) -> Click:
        urls = self.slack.response_urls
        url = urls.make(self.id, channel, original) if channel else ""
        return Click(self.slack, self.user, self.slack.triggers.make(self.id), url)

    async def _interact(self, payload: Json) -> Shown:
        before = len(self.whispers)
        ack = await self._send(Sort.INTERACTION, payload)
        if ack.ok and ack.body not in ("", {}, "ok"):
            self.slack.complain(f"{payload['type']}: Slack takes no answer here: {ack.body}")
        trouble = "" if ack.ok else f"This app is not responding ({ack.reason})."
        return Shown(ack, self.whispers[before:], self.view, trouble=trouble)

    async def _send(self, sort: Sort, payload: Json) -> Ack:
        ack = await self.slack.post.send(Letter(sort, payload))
        await self.slack.settled()
        return ack

    def _modal(self) -> View:
        if self.view is None:
            raise LookupError(f"No modal is open for {self.user.name}.")
        return self.view

    def _room(self, channel: Channel | str) -> Channel:
        return channel if isinstance(channel, Channel) else self.slack.room(channel)
