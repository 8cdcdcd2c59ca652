"""What Teams asks and waits for: pressed buttons, dialogs, and actions on messages.

https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model
https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/task-modules/task-modules-bots
https://learn.microsoft.com/microsoftteams/platform/messaging-extensions/how-to/action-commands/respond-to-task-module-submit
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.platforms.teams import forms, press
from bot.platforms.teams.activity import Activity, by_of, id_of, key_of, text_of, where_of
from bot.platforms.teams.extensions import EXTENSIONS, TO_TIMELINE
from bot.platforms.teams.heard import By, ForTimeline, Heard, Message, Refreshed, Said, Way
from bot.platforms.teams.words import from_html


def read(activity: Activity) -> Heard | None:
    """None where the invoke is none that we know. Raises ValueError and its kin."""
    reader = _BY_NAME.get(text_of(activity, "name"))
    return reader(activity) if reader else None


def _pressed(activity: Activity) -> Said | Refreshed | None:
    action = activity["value"]["action"]
    data, verb = action.get("data"), text_of(action, "verb")
    if verb == press.REFRESH:
        incident = press.incident_of(data)
        if incident is None:
            raise ValueError("refresh")
        return Refreshed(by=by_of(activity), where=where_of(activity), incident=incident)
    return _command(activity, data, Way.PRESS)


def _opened(activity: Activity) -> Said | None:
    return _command(activity, activity["value"].get("data"), Way.OPEN)


def _command(activity: Activity, data: Any, way: Way) -> Said | None:
    text = press.command_of(data)
    if not text:
        return None
    return Said(
        key=key_of(activity),
        by=by_of(activity),
        way=way,
        text=text,
        where=where_of(activity),
        seen=press.version_of(data),
        card=press.incident_of(data),
    )


def _filled(activity: Activity) -> Said | None:
    """A form; or a button of a card in a dialog, which has no fields."""
    data = activity["value"].get("data")
    text = press.command_of(data)
    if not text:
        return None
    return Said(
        key=key_of(activity),
        by=by_of(activity),
        way=Way.FORM,
        text=text,
        where=where_of(activity),
        answers=forms.answers(data) or None,
    )


def _extended(activity: Activity) -> Said | ForTimeline | None:
    """An action of ours on somebody's message, or from the box where one writes."""
    value = activity["value"]
    id = text_of(value, "commandId")
    extension = EXTENSIONS.get(id)
    if extension is None:
        return None
    key, by, where = key_of(activity), by_of(activity), where_of(activity)
    payload = value.get("messagePayload")
    about = _about(payload) if isinstance(payload, Mapping) and payload else None
    if id == TO_TIMELINE and about is not None:
        return ForTimeline(key=key, by=by, way=Way.OPEN, message=about, where=where)
    return Said(key=key, by=by, way=Way.OPEN, text=extension.command, where=where, about=about)


def _about(payload: Mapping[str, Any]) -> Message:
    said = text_of(payload, "body", "content")
    as_html = text_of(payload, "body", "contentType") == "html"
    author = By(
        user="",
        aad=text_of(payload, "from", "user", "id"),
        name=text_of(payload, "from", "user", "displayName"),
    )
    return Message(
        at=id_of(payload, "id"),
        by=author,
        text=from_html(said) if as_html else said.strip(),
        link=text_of(payload, "linkToMessage"),
    )


_BY_NAME: Final[Mapping[str, Callable[[Activity], Heard | None]]] = {
    "adaptiveCard/action": _pressed,
    "task/fetch": _opened,
    "task/submit": _filled,
    "composeExtension/fetchTask": _extended,
    "composeExtension/submitAction": _filled,
}
