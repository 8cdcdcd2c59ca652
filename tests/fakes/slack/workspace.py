"""One workspace: people, channels, messages, and the deeds that change them.

The deeds are the same whether a person or the app does them; what the app may do is judged in
`methods`. Every deed tells what happened in Slack's events, to whoever `tells` names.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.fakes.slack.app import App
from tests.fakes.slack.events import (
    changed_event,
    deleted_event,
    member_event,
    mention_event,
    message_event,
    pin_event,
    reaction_event,
)
from tests.fakes.slack.names import judge_name
from tests.fakes.slack.refusal import Refusal
from tests.fakes.slack.state import Channel, Json, Kind, Message, Note, User, UserGroup, View
from tests.fakes.slack.time import Time


@dataclass
class Workspace:
    app: App
    time: Time
    tells: Callable[[Json], None]
    domain: str = "acme"
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    groups: dict[str, UserGroup] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    files: dict[str, Json] = field(default_factory=dict)
    ephemerals: list[Message] = field(default_factory=list)
    deleted: list[Message] = field(default_factory=list)
    _numbers: Any = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        app = self.app
        self.users[app.bot_user] = User(
            app.bot_user, app.name, app.name.title(), app.team_id, is_bot=True, bot_id=app.bot_id
        )

    # --- finding ---

    def id(self, letter: str) -> str:
        return f"{letter}0{next(self._numbers):08d}"

    def find_user(self, id: str) -> User:
        if id not in self.users:
            raise Refusal("user_not_found", id)
        return self.users[id]

    def find_channel(self, id: str, reader: str) -> Channel:
        """Hidden from who may not see it."""
        channel = self.channels.get(id)
        if channel is None:
            raise Refusal("channel_not_found", id)
        if channel.kind is not Kind.PUBLIC and reader not in channel.members:
            raise Refusal("channel_not_found", f"{id} is hidden from {reader}")
        return channel

    def find_named(self, named: str, reader: str) -> Channel:
        """By id, or by its name with or without `#`, which only chat.postMessage allows."""
        name = named.removeprefix("#")
        found = (channel.id for channel in self.channels.values() if channel.name == name != "")
        return self.find_channel(next(found, named), reader)

    def find_message(self, channel: Channel, ts: str) -> Message:
        if ts not in channel.messages:
            raise Refusal("message_not_found", f"{ts} in {channel.id}")
        return channel.messages[ts]

    def permalink(self, message: Message) -> str:
        """https://docs.slack.dev/reference/methods/chat.getPermalink"""
        link = f"https://{self.domain}.slack.com/archives/{message.channel}"
        link += f"/p{message.ts.replace('.', '')}"
        if message.in_thread:
            link += f"?thread_ts={message.thread_ts}&cid={message.channel}"
        return link

    # --- channels ---

    def create(self, name: str, by: str, *, private: bool = False) -> Channel:
        judge_name(name)
        if any(channel.name == name for channel in self.channels.values()):
            raise Refusal("name_taken", name)
        kind = Kind.PRIVATE if private else Kind.PUBLIC
        channel = Channel(self.id("C"), name, kind, by, self.time.seconds())
        self.channels[channel.id] = channel
        self.join(channel, by)
        return channel

    def direct(self, one: str, other: str) -> Channel:
        """The direct messages between two, opened if need be."""
        for channel in self.channels.values():
            if channel.kind is Kind.IM and set(channel.members) == {one, other}:
                return channel
        channel = Channel(self.id("D"), "", Kind.IM, one, self.time.seconds(), members=[one, other])
        self.channels[channel.id] = channel
        return channel

    def join(self, channel: Channel, user: str, *, inviter: str = "") -> None:
        if user in channel.members:
            return
        channel.members.append(user)
        more = {"inviter": inviter} if inviter else {}
        self.remark(channel, user, "join", "has joined the channel", **more)
        event = member_event("member_joined_channel", channel, user, self.app.team_id)
        self.tells(event | more)

    def leave(self, channel: Channel, user: str) -> None:
        channel.members.remove(user)
        self.remark(channel, user, "leave", "has left the channel")
        self.tells(member_event("member_left_channel", channel, user, self.app.team_id))

    def archive(self, channel: Channel, by: str) -> None:
        self.remark(channel, by, "archive", "archived the channel")
        channel.is_archived = True
        self.tells({"type": f"{channel.kind}_archive", "channel": channel.id, "user": by})

    def unarchive(self, channel: Channel, by: str) -> None:
        channel.is_archived = False
        self.remark(channel, by, "unarchive", "un-archived the channel")
        self.tells({"type": f"{channel.kind}_unarchive", "channel": channel.id, "user": by})
        self.join(channel, by)

    def rename(self, channel: Channel, name: str, by: str) -> None:
        judge_name(name)
        if any(c.name == name and c is not channel for c in self.channels.values()):
            raise Refusal("name_taken", name)
        channel.previous_names.insert(0, channel.name)
        channel.name = name
        self.remark(channel, by, "name", f"has renamed the channel to {name}")
        about = {"id": channel.id, "name": name, "created": channel.created}
        self.tells({"type": f"{channel.kind}_rename", "channel": about})

    def set_topic(self, channel: Channel, value: str, by: str) -> None:
        channel.topic = Note(value, by, self.time.seconds())
        self.remark(channel, by, "topic", f"set the channel topic: {value}", topic=value)

    def set_purpose(self, channel: Channel, value: str, by: str) -> None:
        channel.purpose = Note(value, by, self.time.seconds())
        self.remark(channel, by, "purpose", f"set the channel description: {value}", purpose=value)

    def remark(self, channel: Channel, user: str, what: str, text: str, **more: str) -> None:
        """What Slack itself writes into a channel when somebody changes it."""
        subtype = f"{channel.kind}_{what}"
        message = Message(
            channel.id, self.time.ts(), user, f"<@{user}> {text}", subtype=subtype, bot=dict(more)
        )
        self._add(channel, message)

    # --- messages ---

    def post(self, channel: Channel, user: str, text: str, **rest: Any) -> Message:
        """`rest` are fields of Message."""
        message = Message(channel.id, self.time.ts(), user, text, **rest)
        self._add(channel, message)
        return message

    def whisper(self, channel: Channel, to: str, text: str, **rest: Any) -> Message:
        """Seen by one person only; Slack keeps no history of it."""
        message = Message(channel.id, self.time.ts(), self.app.bot_user, text, seen_by=to, **rest)
        self.ephemerals.append(message)
        return message

    def edit(self, message: Message, by: str, *, flagged: bool = True, **changed: Any) -> None:
        """`flagged` says whether "(edited)" is shown, which Slack leaves out where blocks are."""
        message.was.append((message.text, message.all_blocks))
        before = message.as_json()
        for name, value in changed.items():
            setattr(message, name, value)
        ts = self.time.ts()
        message.edited = {"user": by, "ts": ts} if flagged else None
        self.tells(changed_event(self.channels[message.channel], message, before, ts))

    def delete(self, message: Message) -> None:
        channel = self.channels[message.channel]
        self.deleted.append(message)
        if channel.thread(message.ts):
            tombstone = Message(
                channel.id, message.ts, "USLACKBOT", "This message was deleted.",
                subtype="tombstone", thread_ts=message.ts,
            )  # fmt: skip
            channel.messages[message.ts] = tombstone
        else:
            del channel.messages[message.ts]
        channel.pins.pop(message.ts, None)
        self.tells(deleted_event(channel, message, self.time.ts()))

    def react(self, message: Message, name: str, user: str) -> None:
        users = message.reactions.setdefault(name, [])
        if user in users:
            raise Refusal("already_reacted", name)
        users.append(user)
        self.tells(reaction_event("reaction_added", message, name, user, ts=self.time.ts()))

    def unreact(self, message: Message, name: str, user: str) -> None:
        users = message.reactions.get(name, [])
        if user not in users:
            raise Refusal("no_reaction", name)
        users.remove(user)
        if not users:
            del message.reactions[name]
        self.tells(reaction_event("reaction_removed", message, name, user, ts=self.time.ts()))

    def pin(self, message: Message, user: str) -> None:
        if message.pinned:
            raise Refusal("already_pinned", message.ts)
        message.pinned = True
        made = {"created": self.time.seconds(), "created_by": user}
        self.channels[message.channel].pins[message.ts] = made
        link, ts = self.permalink(message), self.time.ts()
        self.tells(pin_event("pin_added", message, user, link, ts=ts))

    def unpin(self, message: Message, user: str) -> None:
        if not message.pinned:
            raise Refusal("no_pin", message.ts)
        message.pinned = False
        del self.channels[message.channel].pins[message.ts]
        link, ts = self.permalink(message), self.time.ts()
        self.tells(pin_event("pin_removed", message, user, link, ts=ts))

    def _add(self, channel: Channel, message: Message) -> None:
        channel.messages[message.ts] = message
        root = channel.messages.get(message.thread_ts)
        if message.in_thread and root:
            root.thread_ts = root.ts
        user = self.users.get(message.user)
        said = message.as_json() | ({"team": user.team_id} if user else {})
        self.tells(message_event(channel, said))
        if self._mentions_app(channel, message):
            self.tells(mention_event(channel, said))

    def _mentions_app(self, channel: Channel, message: Message) -> bool:
        """In a channel where the app is, and not by itself."""
        me = self.app.bot_user
        called = f"<@{me}>" in message.text and message.user != me and not message.subtype
        return called and channel.kind is not Kind.IM and me in channel.members
