"""Somebody in front of Teams: writes, presses, fills in, and sees what Teams would show."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.fakes.teams import activities
from tests.fakes.teams.cards import actions, inputs, words_of
from tests.fakes.teams.dialogs import Begun, Dialog, read_task
from tests.fakes.teams.invokes import read_action, value_of
from tests.fakes.teams.outward import Ack
from tests.fakes.teams.refusal import Refusal
from tests.fakes.teams.spoken import account, spoken
from tests.fakes.teams.state import Conversation, Json, Kind, Message, User

if TYPE_CHECKING:
    from tests.fakes.teams.server import Teams


@dataclass(frozen=True)
class Shown:
    """What a deed brought at once. `trouble` is what Teams says where the bot answered badly.

    `card` is what the pressed card became for this reader alone, `dialog` the one that is open
    after it, `words` what was told in passing.
    """

    ack: Ack
    card: Json | None = None
    dialog: Dialog | None = None
    words: str = ""
    trouble: str = ""


class Person:
    """`dialog` is the one in front of her; rooms are named by name, by id or as they are."""

    def __init__(self, teams: "Teams", user: User) -> None:
        self.teams, self.user, self.id = teams, user, user.id
        self.dialog: Dialog | None = None

    @property
    def personal(self) -> Conversation:
        """Her chat with the bot. KeyError: it is not installed for her."""
        return self.teams.personal(self.id)

    @property
    def hearing(self) -> list[Message]:
        """What the bot said to her alone, the oldest first."""
        if self.id not in self.teams.installed_for:
            return []
        return [m for m in self.personal.messages.values() if m.by == self.teams.bot_id]

    async def hears(self, words: str, within: float = 5) -> Message:
        """The newest message to her alone with these words, which may still be on its way."""

        def found() -> list[Message]:
            return [m for m in self.hearing if words in spoken(m)]

        await self.teams.until(found, within)
        return found()[-1]

    async def reads(self, words: str, room: Conversation | str, within: float = 5) -> Message:
        """The newest message with these words there, in a thread or not."""
        there = self._room(room)

        def found() -> list[Message]:
            live = (m for m in there.messages.values() if not m.deleted)
            return [m for m in live if words in spoken(m)]

        await self.teams.until(found, within)
        return found()[-1]

    # --- what she writes ---

    async def say(
        self, text: str, room: Conversation | str, thread: Message | None = None, *who: User
    ) -> Message:
        """`who` are mentioned: their `<at>name</at>` must stand in the text."""
        there = self._room(room)
        named = [
            {"type": "mention", "text": f"<at>{one.name}</at>", "mentioned": account(one)}
            for one in who
        ]
        return await self._say(text, there, thread, named)

    async def tell(self, text: str) -> Message:
        """In her personal chat with the bot."""
        return await self._say(text, self.personal, None, [])

    async def mention(
        self, text: str, room: Conversation | str, thread: Message | None = None, *who: User
    ) -> Message:
        """`@Muster text`."""
        named = [
            self.teams.mention_of_bot(),
            *(
                {"type": "mention", "text": f"<at>{one.name}</at>", "mentioned": account(one)}
                for one in who
            ),
        ]
        at = named[0]["text"]
        return await self._say(f"{at} {text}".strip(), self._room(room), thread, named)

    async def _say(
        self, text: str, room: Conversation, thread: Message | None, named: list[Json]
    ) -> Message:
        root = (thread.thread or thread.id) if thread and room.kind is Kind.CHANNEL else ""
        said = {"type": "message", "text": text, "entities": named}
        message = self.teams.post(room, self.id, said, thread=root)
        if self._reaches_bot(room, named):
            await self.teams.outward.send(activities.message(self.teams, message, self.user, room))
        return message

    def _reaches_bot(self, room: Conversation, named: list[Json]) -> bool:
        """Un-mentioned talk reaches a bot only with resource-specific consent."""
        if not self.teams.bot_is_in(room):
            return False
        if room.kind is Kind.PERSONAL:
            return True
        if any(entity["mentioned"]["id"] == self.teams.bot_id for entity in named):
            return True
        return {
            Kind.CHANNEL: "ChannelMessage.Read.Group",
            Kind.GROUP: "ChatMessage.Read.Chat",
        }[room.kind] in self.teams.rsc

    async def edit(self, message: Message, text: str) -> None:
        message.was.append(message.activity)
        message.activity = {**message.activity, "text": text}
        await self._changed(message, "messageUpdate", "editMessage")

    async def delete(self, message: Message) -> None:
        message.deleted = True
        await self._changed(message, "messageDelete", "softDeleteMessage")

    async def undelete(self, message: Message) -> None:
        message.deleted = False
        await self._changed(message, "messageUpdate", "undeleteMessage")

    async def _changed(self, message: Message, kind: str, event: str) -> None:
        room = self.teams.conversations[message.conversation]
        if not self._reaches_bot(room, message.activity.get("entities") or []):
            return
        made = activities.message(self.teams, message, self.user, room)
        made |= {"type": kind, "channelData": {**made["channelData"], "eventType": event}}
        if kind == "messageDelete":
            made = {n: v for n, v in made.items() if n not in ("text", "attachments", "entities")}
        await self.teams.outward.send(made)

    async def react(self, kind: str, message: Message) -> None:
        """The bot is told only about reactions to what it said, or where it may read all."""
        message.reactions.setdefault(kind, []).append(self.id)
        room = self.teams.conversations[message.conversation]
        if message.by == self.teams.bot_id or self._reaches_bot(room, []):
            await self.teams.outward.send(
                activities.envelope(
                    self.teams,
                    "messageReaction",
                    self.user,
                    room,
                    message.thread or message.id,
                    reactionsAdded=[{"type": kind}],
                    replyToId=message.id,
                )
            )

    # --- what she presses ---

    async def press(
        self,
        what: str,
        on: Message,
        values: Mapping[str, Any] | None = None,
        *,
        card: Json | None = None,
    ) -> Shown:
        """A button by its words; `card` is what she sees of the message, where it is another card
        than everybody's. An Action.Submit that opens a dialog opens it."""
        shown = card if card is not None else on.card
        found = [one for one in actions(shown) if one.get("title") == what]
        if not found:
            raise LookupError(f"no button {what!r}; {[a.get('title') for a in actions(shown)]}")
        action = found[0]
        if action["type"] == "Action.Submit":
            return await self._fetch(action, on)
        if action["type"] != "Action.Execute":
            raise LookupError(f"{what!r} is {action['type']}, which asks nothing of the bot")
        given = {field["id"]: field.get("value", "") for field in inputs(shown)}
        return await self._execute(value_of(action, {**given, **(values or {})}), on)

    async def looks_at(self, message: Message) -> Shown:
        """Opens the chat: Teams refreshes the card for those whom it names."""
        refresh = message.card.get("refresh") or {}
        if self.id not in (refresh.get("userIds") or ()):
            return Shown(Ack(200), card=message.card)
        return await self._execute(value_of(refresh["action"], {}, automatic=True), message)

    async def _execute(self, value: Json, on: Message) -> Shown:
        ack = await self._invoke("adaptiveCard/action", value, on)
        if not ack.ok:
            return Shown(ack, trouble=f"Something went wrong ({ack.status or ack.reason}).")
        try:
            kind, said = read_action(ack.body)
        except Refusal as wrong:
            self.teams.complain(f"adaptiveCard/action: {wrong}")
            return Shown(ack, trouble=str(wrong))
        if kind == "card":
            return Shown(ack, card=said, words=words_of(said))
        return Shown(ack, words=said, trouble=said if kind == "error" else "")

    # --- dialogs ---

    async def _fetch(self, action: Json, on: Message) -> Shown:
        data = action.get("data") or {}
        if (data.get("msteams") or {}).get("type") != "task/fetch":
            raise LookupError("this Action.Submit opens no dialog")
        room = self.teams.conversations[on.conversation]
        value = {"data": {**data, "type": "task/fetch"}, "context": {"theme": "default"}}
        ack = await self._invoke("task/fetch", value, on)
        return self._task(ack, Begun("task/submit", {}, room.id, on.thread or on.id, on.id))

    async def submit(self, values: Mapping[str, Any] | None = None, press: str = "") -> Shown:
        """Fills in the open dialog, fields by id or label, and sends it."""
        if self.dialog is None:
            raise LookupError(f"no dialog is open for {self.user.name}")
        begun, data = self.dialog.begun, self.dialog.filled(values or {}, press)
        room = self.teams.conversations[begun.room]
        value = {**begun.value, "data": data, "context": {"theme": "default"}}
        more: Json = {"replyToId": begun.begun_in} if begun.begun_in else {}
        made = activities.envelope(
            self.teams,
            "invoke",
            self.user,
            room,
            begun.thread,
            name=begun.answers_to,
            value=value,
            **more,
        )
        ack = await self.teams.outward.send(made)
        return self._task(ack, begun)

    async def extend(self, command: str, message: Message | None = None) -> Shown:
        """A message action on a message, or the command beside the compose box."""
        room = self.teams.conversations[message.conversation] if message else self.personal
        value: Json = {
            "commandId": command,
            "commandContext": "message" if message else "compose",
            "requestId": self.teams.new_id(),
            "context": {"theme": "default"},
        }
        if message is not None:
            value["messagePayload"] = activities.payload(self.teams, message, room)
        thread = (message.thread or message.id) if message else ""
        made = activities.envelope(
            self.teams,
            "invoke",
            self.user,
            room,
            thread,
            name="composeExtension/fetchTask",
            value=value,
        )
        ack = await self.teams.outward.send(made)
        return self._task(ack, Begun("composeExtension/submitAction", value, room.id, thread))

    def _task(self, ack: Ack, begun: Begun) -> Shown:
        if not ack.ok:
            self.teams.stir()
            return Shown(ack, dialog=self.dialog, trouble=f"Something went wrong ({ack.status}).")
        try:
            kind, words, card = read_task(ack.body)
        except Refusal as wrong:
            self.teams.complain(f"{begun.answers_to}: {wrong}")
            return Shown(ack, trouble=str(wrong))
        self.dialog = None
        if kind == "dialog":
            self.dialog = Dialog(words, card, begun)
            return Shown(ack, dialog=self.dialog, words=words_of(card))
        return Shown(ack, words=words)

    async def _invoke(self, name: str, value: Json, on: Message) -> Ack:
        room = self.teams.conversations[on.conversation]
        made = activities.envelope(
            self.teams,
            "invoke",
            self.user,
            room,
            on.thread or on.id,
            name=name,
            value=value,
            replyToId=on.id,
        )
        return await self.teams.outward.send(made)

    def _room(self, room: Conversation | str) -> Conversation:
        return room if isinstance(room, Conversation) else self.teams.room(room)
