"""Where each kind of entry speaks, and how much of it a channel wants to hear: one table.

The channel for what everybody must notice, the card's thread for details, nowhere for the rest
(BEHAVIOUR 4.1). A channel that wants less hears the highlights, or only how it stands, or nothing.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from bot.domain.entry import UNHEARD, Entry, EntryType
from bot.domain.noise import Noise


class Where(StrEnum):
    CHANNEL = "channel"
    THREAD = "thread"
    NOWHERE = "nowhere"
    ANNOUNCEMENTS = "announcements"


SPEAKS: Final[Mapping[EntryType, Where]] = {
    EntryType.INCIDENT_CREATED: Where.CHANNEL,
    EntryType.STATE_CHANGED: Where.CHANNEL,
    EntryType.ACKNOWLEDGED: Where.CHANNEL,
    EntryType.RELEASED: Where.CHANNEL,
    EntryType.ESCALATED: Where.CHANNEL,
    EntryType.RESOLVED: Where.CHANNEL,
    EntryType.CLOSED: Where.CHANNEL,
    EntryType.REOPENED: Where.CHANNEL,
    EntryType.REFIRED: Where.CHANNEL,
    EntryType.SEVERITY_CHANGED: Where.CHANNEL,
    EntryType.UPDATE_POSTED: Where.CHANNEL,
    EntryType.ROOM_ADOPTED: Where.CHANNEL,
    EntryType.ASSIGNED: Where.THREAD,
    EntryType.ROLE_CHANGED: Where.THREAD,
    EntryType.ALERT_JOINED: Where.THREAD,
    EntryType.ALL_CLEAR: Where.THREAD,
    EntryType.COMMENT_ADDED: Where.THREAD,
    EntryType.SAID: Where.THREAD,
    EntryType.LINK_ADDED: Where.THREAD,
    EntryType.TASK_ADDED: Where.THREAD,
    EntryType.TASK_CHANGED: Where.THREAD,
    EntryType.MARKED: Where.THREAD,
    EntryType.POSTMORTEM_DRAFTED: Where.THREAD,
    EntryType.POSTMORTEM_PUBLISHED: Where.CHANNEL,
    EntryType.PAGED: Where.THREAD,
    EntryType.NOTIFICATION_FAILED: Where.THREAD,
    EntryType.SLA_BREACHED: Where.THREAD,
    EntryType.REMINDED: Where.CHANNEL,
    EntryType.UNDONE: Where.THREAD,
    EntryType.SIMILAR_FOUND: Where.THREAD,
}
"""Whoever is not named here says nothing; a lead's change of role speaks in the channel."""

STATUS: Final = frozenset(
    {
        EntryType.RESOLVED,
        EntryType.CLOSED,
        EntryType.REOPENED,
        EntryType.REFIRED,
        EntryType.SEVERITY_CHANGED,
        EntryType.UPDATE_POSTED,
    }
)
"""How it stands: what a channel hears that wants the status only."""


def where(entry: Entry) -> Where:
    if entry.metadata.get(UNHEARD):
        return Where.NOWHERE
    if entry.type is EntryType.ROLE_CHANGED and entry.metadata.get("role") == "lead":
        return Where.CHANNEL
    return SPEAKS.get(entry.type, Where.NOWHERE)


def is_heard(entry: Entry, noise: Noise) -> bool:
    """Whether a channel that wants so much hears of this entry."""
    match noise:
        case Noise.ALL:
            return True
        case Noise.HIGHLIGHTS:
            return where(entry) is Where.CHANNEL
        case Noise.STATUS:
            return entry.type in STATUS
        case Noise.NONE:
            return False


def as_markdown() -> str:
    """The noise table for the docs; a golden test keeps the page in step."""
    rows = [(f"`{type}`", where, _heard(type, where)) for type, where in SPEAKS.items()]
    rows.append(("`role_changed` of the lead", Where.CHANNEL, "all, highlights"))
    lines = [
        "# Where Muster speaks",
        "",
        "Printed from `bot/engine/speaks.py`. Whatever is not named here says nothing in a room;"
        " the live card is refreshed by every entry, and reads and errors go to the asker alone.",
        "",
        "How much a channel hears is its `noise`: `all`, `highlights` (what speaks in the channel,"
        " no details in the thread), `status` (how it stands) or `none` (the live card only). Said"
        " in a channel, `noise highlights` holds there; else `noise` of the route, of the team, or"
        " `all`.",
        "",
        "| entry | speaks in | heard where `noise` is |",
        "|---|---|---|",
        "| `postmortem_published` of a public incident | the announcement channel too | all |",
        *(f"| {name} | the {where} | {heard} |" for name, where, heard in rows),
        "",
    ]
    return "\n".join(lines)


def _heard(type: EntryType, where: Where) -> str:
    heard = [Noise.ALL]
    if where is Where.CHANNEL:
        heard.append(Noise.HIGHLIGHTS)
    if type in STATUS:
        heard.append(Noise.STATUS)
    return "the card" if type is EntryType.INCIDENT_CREATED else ", ".join(heard)
