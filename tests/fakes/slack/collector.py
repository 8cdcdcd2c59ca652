"""Everything the app made visible, and the assertion that it is what was expected, and no more.

    expect_only(
        slack,
        room("inc-7"),
        topic("inc-7", "SEV1"),
        invited("inc-7", "ann"),
        post("inc-7", "Checkout is down", edits=2),
        whisper("ann", "You acknowledged"),
    )

What people did themselves is not counted. Words are looked for in a message's text and in all that
its blocks say; in what else there is, in its name.
"""

import re
from collections.abc import Iterator

from tests.fakes.sights import Expected, Sight, expect
from tests.fakes.slack.server import Slack
from tests.fakes.slack.spoken import spoken, words_of
from tests.fakes.slack.state import Channel, Kind, Message


def room(name: str, *, archived: bool = False) -> Expected:
    return Expected("archived room" if archived else "room", name)


def topic(room: str, words: str | re.Pattern[str]) -> Expected:
    return Expected("topic", room, words)


def purpose(room: str, words: str | re.Pattern[str]) -> Expected:
    return Expected("purpose", room, words)


def invited(room: str, *names: str) -> Expected:
    """All whom the app invited there, in this order."""
    return Expected("invited", room, ", ".join(names))


def whisper(to: str, words: str | re.Pattern[str], *, times: int = 1) -> Expected:
    return Expected("whisper", to, words, None, times)


def modal(to: str, title: str) -> Expected:
    return Expected("modal", to, title)


def home(to: str, words: str | re.Pattern[str] = "") -> Expected:
    return Expected("home", to, words)


def bookmark(room: str, words: str) -> Expected:
    """By its title or its link."""
    return Expected("bookmark", room, words)


def pin(room: str, words: str | re.Pattern[str]) -> Expected:
    return Expected("pin", room, words)


def reaction(room: str, name: str) -> Expected:
    return Expected("reaction", room, name)


def expect_only(slack: Slack, *expected: Expected, without: tuple[str, ...] = ()) -> None:
    expect(sights(slack), expected, complaints=slack.complaints, without=without)


def sights(slack: Slack) -> list[Sight]:
    """All that the app made visible, channel by channel in the order of time."""
    workspace, me = slack.workspace, slack.app.bot_user
    seen = [sight for channel in workspace.channels.values() for sight in _room(slack, channel)]
    seen += [Sight("whisper", slack.name_of(m.seen_by), spoken(m)) for m in workspace.ephemerals]
    seen += [
        Sight("deleted", _name(slack, workspace.channels[m.channel]), spoken(m))
        for m in workspace.deleted
        if m.user == me
    ]
    for user in workspace.users.values():
        stack = slack.modals.stacks.get(user.id, [])
        seen += [Sight("modal", user.name, view.title) for view in stack]
        if user.id in workspace.homes:
            seen.append(Sight("home", user.name, words_of(workspace.homes[user.id].blocks)))
    return seen


def _room(slack: Slack, channel: Channel) -> Iterator[Sight]:
    me, name = slack.app.bot_user, _name(slack, channel)
    if channel.creator == me and channel.kind is not Kind.IM:
        yield Sight("archived room" if channel.is_archived else "room", name, name)
    if channel.topic.creator == me and channel.topic.value:
        yield Sight("topic", name, channel.topic.value)
    if channel.purpose.creator == me and channel.purpose.value:
        yield Sight("purpose", name, channel.purpose.value)
    if guests := [slack.name_of(m.user) for m in _joins(channel) if m.bot["inviter"] == me]:
        yield Sight("invited", name, ", ".join(guests))
    for mark in channel.bookmarks.values():
        yield Sight("bookmark", name, f"{mark['title']} {mark['link']}")
    for message in channel.messages.values():
        yield from _message(me, name, channel, message)


def _joins(channel: Channel) -> list[Message]:
    return [m for m in channel.messages.values() if "inviter" in m.bot]


def _message(me: str, name: str, channel: Channel, message: Message) -> Iterator[Sight]:
    if message.user == me and message.subtype in ("", "file_share"):
        files = " ".join(file["title"] for file in message.files)
        words = f"{spoken(message)} {files}".strip()
        sort = "reply" if message.in_thread and not message.broadcast else "post"
        yield Sight(sort, name, words, len(message.was))
    if channel.pins.get(message.ts, {}).get("created_by") == me:
        yield Sight("pin", name, spoken(message))
    for emoji, users in message.reactions.items():
        if me in users:
            yield Sight("reaction", name, emoji)


def _name(slack: Slack, channel: Channel) -> str:
    if channel.kind is not Kind.IM:
        return channel.name
    (other, *_) = [m for m in channel.members if m != slack.app.bot_user] or channel.members
    return slack.name_of(other)
