"""What one person sees, as JSON for the page."""

from typing import TYPE_CHECKING

from tests.fakes.slack.person import Person
from tests.fakes.slack.state import Channel, Json, Kind, Message, View

if TYPE_CHECKING:
    from tests.fakes.slack.server import Slack


def look(slack: "Slack", person: Person) -> Json:
    workspace = slack.workspace
    rooms = [
        channel
        for channel in workspace.channels.values()
        if channel.kind is Kind.PUBLIC or person.id in channel.members
    ]
    return {
        "people": [
            {"id": user.id, "name": user.real_name}
            for user in workspace.users.values()
            if not user.is_bot
        ],
        "channels": [_room(slack, person, channel) for channel in rooms],
        "modal": _view(person.view),
        "home": _view(person.home),
        "direct": person.direct.id,
        "connected": bool(slack.app.events_url or slack.socket.open),
        "complaints": slack.complaints[-20:],
        "commands": sorted(slack.app.commands),
    }


def _room(slack: "Slack", person: Person, channel: Channel) -> Json:
    whispers = [m for m in person.whispers if m.channel == channel.id]
    messages = sorted([*channel.messages.values(), *whispers], key=lambda m: m.ts)
    direct = channel.kind is Kind.IM
    return {
        "id": channel.id,
        "name": f"direct: {slack.app.name}" if direct else f"#{channel.name}",
        "private": channel.kind is Kind.PRIVATE,
        "archived": channel.is_archived,
        "topic": channel.topic.value,
        "purpose": channel.purpose.value,
        "member": person.id in channel.members,
        "members": [slack.name_of(id) for id in channel.members],
        "bookmarks": [
            {"title": mark["title"], "link": mark["link"]} for mark in channel.bookmarks.values()
        ],
        "messages": [_message(slack, message) for message in messages],
    }


def _message(slack: "Slack", message: Message) -> Json:
    return {
        "ts": message.ts,
        "who": slack.name_of(message.user),
        "text": message.text,
        "blocks": message.blocks,
        "attachments": message.attachments,
        "thread": message.thread_ts if message.in_thread else "",
        "edited": len(message.was),
        "pinned": message.pinned,
        "whisper": bool(message.seen_by),
        "remark": bool(message.subtype),
        "reactions": {name: len(users) for name, users in message.reactions.items()},
        "files": [file["title"] for file in message.files],
    }


def _view(view: View | None) -> Json | None:
    return {"id": view.id, **view.definition} if view else None
