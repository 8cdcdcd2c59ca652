"""What can be started from a message's own menu in Teams.

https://learn.microsoft.com/microsoftteams/platform/messaging-extensions/how-to/action-commands/define-action-command
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

DECLARE: Final = "declare"
TO_TIMELINE: Final = "timeline"
TASK: Final = "task"


@dataclass(frozen=True, slots=True)
class Extension:
    """`id` is the manifest's; `contexts` are where Teams offers it; `verb` is what it stands for,
    and `field` the field of its form that begins with the message's words."""

    id: str
    title: str
    description: str
    verb: str
    field: str
    contexts: tuple[str, ...] = ("message",)


EXTENSIONS: Final[tuple[Extension, ...]] = (
    Extension(
        DECLARE,
        "Declare an incident",
        "Begins with this message",
        "declare",
        "title",
        ("message", "compose"),
    ),
    Extension(TO_TIMELINE, "Add to timeline", "Of the incident here", "note", "text"),
    Extension(TASK, "Make a task", "Of the incident here", "task", "text"),
)

BY_ID: Final = {one.id: one for one in EXTENSIONS}


def offered(verbs: Collection[str]) -> list[Extension]:
    """Those whose verb there is."""
    return [one for one in EXTENSIONS if one.verb in verbs]
