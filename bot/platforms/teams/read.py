"""An activity of Teams' → what somebody did, or None where it is nothing to us.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/conversation-messages
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from bot.domain.errors import Unreadable
from bot.platforms.teams import invokes
from bot.platforms.teams.activity import Activity, by_of, id_of, key_of, text_of, where_of
from bot.platforms.teams.heard import Changed, ForTimeline, Heard, Kind, Message, Moved, Said, Way
from bot.platforms.teams.identity import BOT
from bot.platforms.teams.press import command_of
from bot.platforms.teams.words import as_written, without_mention


def read(activity: Activity) -> Heard | None:
    """Raises Unreadable: it has not the shape Teams describes."""
    try:
        if text_of(activity, "from", "id").startswith(BOT):
            return None
        return _BY_TYPE.get(text_of(activity, "type"), _nothing)(activity)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as wrong:
        raise Unreadable(f"This is nothing that Teams sends: {type(wrong).__name__}.") from wrong


def _nothing(activity: Activity) -> None:
    """Acknowledged unread: an activity that we have no use for."""


# said


def _message(activity: Activity) -> Said | ForTimeline | None:
    where, by = where_of(activity), by_of(activity)
    text, named = as_written(text_of(activity, "text")), mentions_of(activity)
    ours = _of_bot(activity, named)
    if pressed := command_of(activity.get("value")):
        key = key_of(activity)
        return Said(key=key, by=by, way=Way.MESSAGE, text=pressed, where=where)
    if where.kind is not Kind.PERSONAL and not ours:
        return _talk(activity)
    return Said(
        key=key_of(activity),
        by=by,
        way=Way.MESSAGE,
        text=without_mention(text, ours),
        where=where,
        mentions=named,
    )


def _talk(activity: Activity) -> ForTimeline:
    """What people say to each other; it comes only where that was consented to."""
    where, by = where_of(activity), by_of(activity)
    return ForTimeline(
        key=key_of(activity),
        by=by,
        way=Way.MESSAGE,
        message=Message(at=id_of(activity, "id"), by=by, text=_words(activity)),
        where=where,
        mentions=mentions_of(activity),
    )


def _words(activity: Activity) -> str:
    """The text; where there is none, the names of its files."""
    names = [text_of(one, "name") for one in activity.get("attachments") or ()]
    files = ", ".join(filter(None, names))
    return as_written(text_of(activity, "text")) or (f"({files})" if files else "")


def mentions_of(activity: Activity) -> dict[str, str]:
    """What stands in the text → the Teams id of who is meant."""
    return {
        as_written(text_of(entity, "text")): text_of(entity, "mentioned", "id")
        for entity in activity.get("entities") or ()
        if text_of(entity, "type") == "mention" and text_of(entity, "text")
    }


def _of_bot(activity: Activity, named: Mapping[str, str]) -> str:
    """How we are mentioned in the text; nothing where we are not."""
    us = id_of(activity, "recipient", "id")
    return next((said for said, id in named.items() if id == us), "")


# changed


def _edited(activity: Activity) -> Changed:
    ours = _of_bot(activity, mentions_of(activity))
    return _changed(activity, without_mention(_words(activity), ours), is_command=bool(ours))


def _deleted(activity: Activity) -> Changed:
    return _changed(activity, None)


def _changed(activity: Activity, text: str | None, *, is_command: bool = False) -> Changed:
    """The id is the message's own, every time; when it was changed tells one time from another."""
    return Changed(
        key=key_of(activity, text_of(activity, "type"), text_of(activity, "timestamp")),
        by=by_of(activity),
        where=where_of(activity),
        at=id_of(activity, "id"),
        text=text,
        is_command=is_command,
        mentions=mentions_of(activity),
    )


# happened


def _installed(activity: Activity) -> Moved:
    """`add`, `remove`, and the same when the app is upgraded."""
    action = text_of(activity, "action").removesuffix("-upgrade")
    return Moved(by=by_of(activity), where=where_of(activity), event=f"installation.{action}")


def _updated(activity: Activity) -> Moved | None:
    event = text_of(activity, "channelData", "eventType")
    us = id_of(activity, "recipient", "id")
    if any(text_of(one, "id") == us for one in activity.get("membersRemoved") or ()):
        event = "installation.remove"
    elif any(text_of(one, "id") == us for one in activity.get("membersAdded") or ()):
        event = "installation.add"
    if not event:
        return None
    what, where = "team" if event.startswith("team") else "channel", where_of(activity)
    if event.startswith("channel"):  # told in the team, of a channel
        where = replace(where, room=id_of(activity, "channelData", "channel", "id"))
    name = text_of(activity, "channelData", what, "name")
    return Moved(by=by_of(activity), where=where, event=event, name=name)


_BY_TYPE: Final[Mapping[str, Callable[[Activity], Heard | None]]] = {
    "message": _message,
    "messageUpdate": _edited,
    "messageDelete": _deleted,
    "installationUpdate": _installed,
    "conversationUpdate": _updated,
    "invoke": invokes.read,
}
