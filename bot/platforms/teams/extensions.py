"""What can be started from the menu of a message, or beside the box one writes in.

https://learn.microsoft.com/microsoftteams/platform/messaging-extensions/what-are-messaging-extensions
"""

from dataclasses import dataclass
from typing import Final

DECLARE: Final = "musterDeclare"
TO_TIMELINE: Final = "musterTimeline"
MAKE_TASK: Final = "musterTask"
UPDATE: Final = "musterUpdate"


@dataclass(frozen=True, slots=True)
class Extension:
    """`context` is Teams': `message`, `compose`, `commandBox`; `command` the verb it stands for."""

    title: str
    description: str
    context: tuple[str, ...]
    command: str


EXTENSIONS: Final[dict[str, Extension]] = {
    DECLARE: Extension(
        "Declare an incident", "With this message", ("message", "compose", "commandBox"), "declare"
    ),
    TO_TIMELINE: Extension("Add to timeline", "Of the incident here", ("message",), "note"),
    UPDATE: Extension(
        "Post an update", "Of the incident here", ("compose", "commandBox"), "update"
    ),
    MAKE_TASK: Extension("Make a task", "Of the incident here", ("message",), "task"),
}
"""Command id → what it is; offered where its verb there is."""
