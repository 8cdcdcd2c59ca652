"""What a button of ours carries: the command line, typed for you, the version it was shown at, and
on a live card whose it is.

`Action.Execute` comes back as `adaptiveCard/action` with this verb and data; a button that asks
something first opens a dialog, and so is an `Action.Submit` that comes back as `task/fetch`.
https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model
https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/task-modules/task-modules-bots
"""

from collections.abc import Mapping
from typing import Any, Final

VERB: Final = "muster"
"""Of a button; `data` is what `pressed` makes."""

REFRESH: Final = "muster:refresh"
"""Of a card that a client looks at again; `data` has the `incident`."""

OURS: Final = "muster"
"""The key in `data` under which ours stands, beside what a form's fields are called."""


def pressed(
    command: str, version: int | None = None, incident: int | None = None
) -> dict[str, Any]:
    known = {"version": version, "incident": incident}
    said = {name: value for name, value in known.items() if value is not None}
    return {OURS: {"command": command, **said}}


def refreshes(incident: int) -> dict[str, Any]:
    return {OURS: {"incident": incident}}


def asks(command: str, version: int | None = None, incident: int | None = None) -> dict[str, Any]:
    """`data` of a button that opens a dialog."""
    return {"msteams": {"type": "task/fetch"}, **pressed(command, version, incident)}


def _ours(data: Any) -> Mapping[str, Any]:
    said = data.get(OURS) if isinstance(data, Mapping) else None
    return said if isinstance(said, Mapping) else {}


def command_of(data: Any) -> str:
    """The command line; nothing where the data is not ours."""
    said = _ours(data).get("command")
    return said if isinstance(said, str) else ""


def version_of(data: Any) -> int | None:
    said = _ours(data).get("version")
    return said if isinstance(said, int) and not isinstance(said, bool) else None


def incident_of(data: Any) -> int | None:
    said = _ours(data).get("incident")
    return said if isinstance(said, int) and not isinstance(said, bool) else None
