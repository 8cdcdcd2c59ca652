"""A payload of Slack's → what somebody did, or None where it is nothing to us.

Events (https://docs.slack.dev/apis/events-api), slash commands
(https://docs.slack.dev/interactivity/implementing-slash-commands), clicks, forms and shortcuts
(https://docs.slack.dev/reference/interaction-payloads), the same by HTTP and by Socket Mode.
"""

from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Final

import orjson

from bot.domain.errors import Unreadable
from bot.platforms.slack import forms
from bot.platforms.slack.heard import (
    By,
    ForTimeline,
    Heard,
    HomeOpened,
    Joined,
    Reworded,
    Said,
    Talked,
    Way,
    Where,
)
from bot.platforms.slack.payload import FOR_TIMELINE, Payload, id_of, message_of, text_of, time_of
from bot.platforms.slack.press import ACTION, version_of
from bot.platforms.slack.shortcuts import MESSAGE, SHORTCUTS, TO_TIMELINE
from bot.platforms.slack.words import without_mention

SCOPES: Final = {
    "commands": "hear `/incident`, `/inc` and the shortcuts",
    "app_mentions:read": "hear `@Muster …`",
    "im:history": "hear what people write to Muster in direct messages",
    "reactions:read": "put messages with :pushpin: or :memo: into the timeline, and take them back",
    "pins:read": "put pinned messages into the timeline, and take them back",
    "channels:read": "notice who joins a room, and find channels by their names",
    "groups:read": "the same for private rooms",
}

SAID_BY_PEOPLE: Final = frozenset({"", "file_share", "thread_broadcast"})
"""Subtypes of messages that somebody wrote."""


GONE: Final = "message_deleted"
REWORDS: Final = frozenset({"message_changed", GONE})
TOMBSTONE: Final = "tombstone"
"""What is left of a deleted message that has answers."""


def read(payload: Payload) -> Heard | None:
    """Raises Unreadable: it has not the shape Slack describes."""
    try:
        if "command" in payload:
            return _slash(payload)
        return _BY_TYPE.get(text_of(payload, "type"), _nothing)(payload)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as wrong:
        raise Unreadable(f"This is nothing that Slack sends: {type(wrong).__name__}.") from wrong


def _nothing(payload: Payload) -> None:
    """Acknowledged unread: an event or a payload that we have no use for."""


# typed


def _slash(payload: Payload) -> Said:
    return Said(
        key=f"slack:{id_of(payload, 'trigger_id')}",
        by=By(user=id_of(payload, "user_id"), team=id_of(payload, "team_id")),
        way=Way.SLASH,
        text=text_of(payload, "text"),
        where=Where(
            channel=text_of(payload, "channel_id"),
            response_url=text_of(payload, "response_url"),
            trigger=id_of(payload, "trigger_id"),
        ),
    )


# events


def _event(payload: Payload) -> Heard | None:
    event = payload["event"]
    if text_of(event, "subtype") in REWORDS:
        return _reworded(payload, event)
    if not text_of(event, "user") or event.get("bot_id"):
        return None
    user = id_of(event, "user")
    if user == bot_of(payload):
        return None
    team = text_of(event, "user_team") or text_of(event, "source_team")
    by = By(user=user, team=team or id_of(payload, "team_id"))
    reader = EVENTS.get(id_of(event, "type"))
    return reader(payload, event, by) if reader else None


def bot_of(payload: Payload) -> str:
    """Our own user in this workspace: https://docs.slack.dev/apis/events-api#authorizations"""
    given = payload.get("authorizations") or [{}]
    return text_of(given[0], "user_id")


def _mention(payload: Payload, event: Payload, by: By) -> Said | None:
    if text_of(event, "subtype") not in SAID_BY_PEOPLE:
        return None
    return Said(
        key=f"slack:{id_of(payload, 'event_id')}",
        by=by,
        way=Way.EVENT,
        text=without_mention(text_of(event, "text"), bot_of(payload)),
        where=Where(channel=id_of(event, "channel"), thread=text_of(event, "thread_ts")),
    )


def _message(payload: Payload, event: Payload, by: By) -> Said | Talked | None:
    """What is said to us alone is a command; what says our name comes as a mention, too."""
    if text_of(event, "channel_type") == "im":
        return _mention(payload, event, by)
    if text_of(event, "subtype") not in SAID_BY_PEOPLE or _names_us(payload, event):
        return None
    message = message_of(event, id_of(event, "channel"))
    return Talked(key=f"slack:{id_of(payload, 'event_id')}", by=by, message=message)


def _names_us(payload: Payload, message: Payload) -> bool:
    us = bot_of(payload)
    return bool(us) and f"<@{us}" in text_of(message, "text")


def _reworded(payload: Payload, event: Payload) -> Reworded | None:
    """Links that unfold, and answers in its thread, change a message too, but not its words.

    https://docs.slack.dev/reference/events/message/message_changed
    """
    before, now = event.get("previous_message") or {}, event.get("message") or {}
    deleted = text_of(event, "subtype") == GONE or text_of(now, "subtype") == TOMBSTONE
    if not deleted and text_of(before, "text") == text_of(now, "text"):
        return None
    author = text_of(before, "user") or text_of(now, "user")
    if author == bot_of(payload) or before.get("bot_id") or now.get("bot_id"):
        return None
    team = text_of(before, "team") or text_of(now, "team") or id_of(payload, "team_id")
    at = time_of(event, "deleted_ts") if "deleted_ts" in event else time_of(now, "ts")
    told = {**before, "text": "", "files": ()} if deleted else {**before, **now}
    return Reworded(
        key=f"slack:{id_of(payload, 'event_id')}",
        by=By(user=author, team=team) if author and not deleted else None,
        channel=id_of(event, "channel"),
        at=at,
        message=message_of({**told, "user": author, "ts": at}, id_of(event, "channel")),
        deleted=deleted,
    )


def _reaction(payload: Payload, event: Payload, by: By) -> ForTimeline | None:
    if text_of(event, "reaction") not in FOR_TIMELINE or text_of(event, "item", "type") != (
        "message"
    ):
        return None
    return ForTimeline(
        key=f"slack:{id_of(payload, 'event_id')}",
        by=by,
        way=Way.EVENT,
        channel=id_of(event, "item", "channel"),
        at=time_of(event, "item", "ts"),
        unmarked=text_of(event, "type") == "reaction_removed",
    )


def _pin(payload: Payload, event: Payload, by: By) -> ForTimeline | None:
    if text_of(event, "item", "type") != "message":
        return None
    channel = id_of(event, "channel_id")
    message = message_of(event["item"]["message"], channel)
    gone = text_of(event, "type") == "pin_removed"
    return ForTimeline(
        key=f"slack:{id_of(payload, 'event_id')}",
        by=by,
        way=Way.EVENT,
        channel=channel,
        at=message.at,
        message=None if gone else message,
        unmarked=gone,
    )


def _joined(payload: Payload, event: Payload, by: By) -> Joined:
    seconds = payload.get("event_time")
    return Joined(
        by=by,
        channel=id_of(event, "channel"),
        seconds=seconds if isinstance(seconds, int) else 0,
    )


def _home(payload: Payload, event: Payload, by: By) -> HomeOpened | None:
    return HomeOpened(by=by) if text_of(event, "tab") == "home" else None


# pressed and filled in


def _by(payload: Payload) -> By:
    team = text_of(payload, "user", "team_id") or id_of(payload, "team", "id")
    return By(user=id_of(payload, "user", "id"), team=team)


def _click(payload: Payload) -> Said | None:
    """A button carries its command; where it only opens an address, Slack has done the rest."""
    action = payload["actions"][0]
    text = text_of(action, "value") or text_of(action, "selected_option", "value")
    if not text or not text_of(action, "action_id").startswith(ACTION):
        return None
    by = _by(payload)
    container = payload.get("container") or {}
    place = text_of(container, "message_ts") or id_of(container, "view_id")
    message = payload.get("message") or {}
    return Said(
        key=f"slack:{place}:{id_of(action, 'action_ts')}:{by.user}",
        by=by,
        way=Way.CLICK,
        text=text,
        where=Where(
            channel=text_of(payload, "channel", "id") or text_of(container, "channel_id"),
            thread=text_of(message, "thread_ts") or text_of(container, "thread_ts"),
            message=text_of(container, "message_ts"),
            response_url=text_of(payload, "response_url"),
            trigger=text_of(payload, "trigger_id"),
            ephemeral=bool(container.get("is_ephemeral")),
            home=text_of(payload, "view", "type") == "home",
        ),
        seen=version_of(text_of(action, "block_id")),
    )


def _form(payload: Payload) -> Said | None:
    view = payload["view"]
    if text_of(view, "callback_id") != forms.CALLBACK:
        return None
    answers = forms.answers(view["state"]["values"])
    said = blake2b(orjson.dumps(answers, option=orjson.OPT_SORT_KEYS), digest_size=8).hexdigest()
    meant = orjson.loads(text_of(view, "private_metadata"))
    return Said(
        key=f"slack:{id_of(view, 'id')}:{text_of(view, 'hash')}:{said}",
        by=_by(payload),
        way=Way.FORM,
        text=text_of(meant, "command"),
        where=Where(channel=text_of(meant, "channel"), thread=text_of(meant, "thread")),
        answers=answers,
    )


def _shortcut(payload: Payload) -> Said | None:
    trigger = id_of(payload, "trigger_id")
    shortcut = SHORTCUTS.get(id_of(payload, "callback_id"))
    if shortcut is None:
        return None
    where = Where(trigger=trigger)
    key = f"slack:{trigger}"
    return Said(key=key, by=_by(payload), way=Way.CLICK, text=shortcut.command, where=where)


def _message_shortcut(payload: Payload) -> Heard | None:
    trigger, callback = id_of(payload, "trigger_id"), id_of(payload, "callback_id")
    channel = id_of(payload, "channel", "id")
    message = message_of(payload["message"], channel)
    where = Where(
        channel=channel,
        thread=message.thread,
        response_url=text_of(payload, "response_url"),
        trigger=trigger,
    )
    if callback == TO_TIMELINE:
        return ForTimeline(
            key=f"slack:{trigger}",
            by=_by(payload),
            way=Way.CLICK,
            channel=channel,
            at=message.at,
            message=message,
            where=where,
        )
    shortcut = SHORTCUTS.get(callback)
    if shortcut is None or shortcut.type != MESSAGE:
        return None
    return Said(
        key=f"slack:{trigger}",
        by=_by(payload),
        way=Way.CLICK,
        text=shortcut.command,
        where=where,
        about=message,
    )


_BY_TYPE: Final[Mapping[str, Callable[[Payload], Heard | None]]] = {
    "event_callback": _event,
    "block_actions": _click,
    "view_submission": _form,
    "shortcut": _shortcut,
    "message_action": _message_shortcut,
}

EVENTS: Final[Mapping[str, Callable[[Payload, Payload, By], Heard | None]]] = {
    "app_mention": _mention,
    "message": _message,
    "reaction_added": _reaction,
    "reaction_removed": _reaction,
    "pin_added": _pin,
    "pin_removed": _pin,
    "member_joined_channel": _joined,
    "app_home_opened": _home,
}
