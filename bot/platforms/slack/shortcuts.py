"""What can be started from Slack's own menus: https://docs.slack.dev/interactivity/implementing-shortcuts"""

from dataclasses import dataclass
from typing import Final

DECLARE: Final = "muster_declare"
DECLARE_HERE: Final = "muster_declare_here"
TO_TIMELINE: Final = "muster_to_timeline"


@dataclass(frozen=True, slots=True)
class Shortcut:
    """`type` is Slack's: `global`, or `message` for the menu of a message."""

    name: str
    type: str
    description: str
    command: str


SHORTCUTS: Final[dict[str, Shortcut]] = {
    DECLARE: Shortcut("Declare an incident", "global", "Opens a form", "declare"),
    DECLARE_HERE: Shortcut("Declare from here", "message", "With this message", "declare"),
    TO_TIMELINE: Shortcut("Add to timeline", "message", "Of the incident here", "note"),
}
"""Callback id → what it is; `command` is the verb it stands for."""
