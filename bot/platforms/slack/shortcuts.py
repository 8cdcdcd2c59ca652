"""What can be started from Slack's own menus: https://docs.slack.dev/interactivity/implementing-shortcuts"""

from dataclasses import dataclass
from typing import Final

DECLARE: Final = "muster_declare"
DECLARE_HERE: Final = "muster_declare_here"
TO_TIMELINE: Final = "muster_to_timeline"
MAKE_TASK: Final = "muster_make_task"

GLOBAL: Final = "global"
MESSAGE: Final = "message"


@dataclass(frozen=True, slots=True)
class Shortcut:
    """`type` is Slack's: `global`, or `message` for the menu of a message."""

    name: str
    type: str
    description: str
    command: str


SHORTCUTS: Final[dict[str, Shortcut]] = {
    DECLARE: Shortcut("Declare an incident", GLOBAL, "Opens a form", "declare"),
    DECLARE_HERE: Shortcut("Declare from here", MESSAGE, "With this message", "declare"),
    TO_TIMELINE: Shortcut("Add to timeline", MESSAGE, "Of the incident here", "note"),
    MAKE_TASK: Shortcut("Make a task", MESSAGE, "Of the incident here", "task"),
}
"""Callback id → what it is; `command` is the verb it stands for."""
