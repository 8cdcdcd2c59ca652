"""A line of the timeline: when, who and what, as HTML and as JSON."""

from typing import Any, Final

from markupsafe import Markup

from bot.cards.names import person_name
from bot.cards.plain_text import visible
from bot.cards.timeline import People, own_words, sentence
from bot.domain.entry import Entry, EntryType
from bot.domain.incident import rfc3339
from bot.platforms.web.text import foreign, markdown, moment

SPEECH: Final = frozenset({EntryType.COMMENT_ADDED, EntryType.SAID, EntryType.UPDATE_POSTED})
"""What people said at length: shown with its line breaks, not squeezed into a sentence."""

SPOKEN: Final = {EntryType.UPDATE_POSTED: "Update", EntryType.SAID: "Said"}
"""What its head says; everything else is a note."""

KINDS: Final[dict[EntryType, str]] = {
    **dict.fromkeys((EntryType.INCIDENT_CREATED, EntryType.REFIRED, EntryType.ESCALATED), "alarm"),
    **dict.fromkeys((EntryType.PAGED, EntryType.SLA_WARNING), "ring"),
    **dict.fromkeys((EntryType.NOTIFICATION_FAILED, EntryType.SLA_BREACHED), "failed"),
    **dict.fromkeys((EntryType.RESOLVED, EntryType.ALL_CLEAR, EntryType.CLOSED), "calm"),
    **dict.fromkeys((EntryType.ACKNOWLEDGED, EntryType.STATE_CHANGED), "active"),
    **dict.fromkeys(
        (EntryType.INCIDENT_UPDATED, EntryType.NOTIFICATION_SENT, EntryType.REMINDED), "quiet"
    ),
    EntryType.UPDATE_POSTED: "update",
    EntryType.COMMENT_ADDED: "speech",
    EntryType.SAID: "speech",
}
"""How a line looks; the others look plain."""


def entry_html(entry: Entry, people: People, *, corrected: bool = False) -> Markup:
    """One `<li>`; `data-seq` is the cursor, `data-corrects` the line this one mends.

    `corrected`: a later line mends this one.
    """
    corrects = (
        Markup(' data-corrects="{}"').format(entry.corrects) if entry.corrects is not None else ""
    )
    return Markup(
        '<li id="line-{0}" class="entry {1}" data-seq="{0}"{2} tabindex="-1">'
        '<a class="when" href="#line-{0}">{3}</a><div class="what">{4}{5}</div></li>'
    ).format(
        entry.seq,
        KINDS.get(entry.type, "plain") + (" corrected" if corrected else ""),
        corrects,
        moment(entry.occurred_at),
        _what(entry, people),
        _correction(entry),
    )


def _what(entry: Entry, people: People) -> Markup:
    if entry.type not in SPEECH or entry.metadata.get("erased") or not entry.text:
        return Markup('<p class="words">{}</p>').format(markdown(sentence(entry, people)))
    who = entry.actor_name or person_name(people, entry.actor_id)
    kind = SPOKEN.get(entry.type, "Note")
    doing = str(entry.metadata.get("doing") or "")
    return Markup('<p class="said-by"><strong>{}</strong> by {}</p>{}{}').format(
        kind,
        foreign(who),
        speech(own_words(entry, people)),
        speech(doing, "What we do: ") if doing else "",
    )


def speech(text: str, before: str = "") -> Markup:
    """Somebody's words with their line breaks."""
    return Markup('<p class="words foreign">{}{}</p>').format(before, foreign(text))


def _correction(entry: Entry) -> Markup:
    if entry.corrects is None:
        return Markup("")
    verb = "Corrects" if entry.type in SPEECH else "Takes back"
    return Markup('<p class="about">{1} <a href="#line-{0}">line {0}</a>.</p>').format(
        entry.corrects, verb
    )


def entry_json(entry: Entry) -> dict[str, Any]:
    """The entry in the API's words."""
    return {
        "event_id": entry.event_id,
        "seq": entry.seq,
        "event_type": str(entry.type),
        "actor": {
            "type": str(entry.actor_type),
            "id": entry.actor_id,
            "name": visible(entry.actor_name),
        },
        "timestamp": rfc3339(entry.occurred_at),
        "recorded_at": rfc3339(entry.recorded_at),
        "notes": entry.text,
        "changes": [{"field": c.field, "old": c.old, "new": c.new} for c in entry.changes],
        "metadata": dict(entry.metadata),
        "corrects": entry.corrects,
    }
