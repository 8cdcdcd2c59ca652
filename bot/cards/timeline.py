"""Each entry as one sentence: for the timeline, the room and the summary."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.cards.names import OUTCOMES, person_name, state_name
from bot.domain.card import plain
from bot.domain.effect import EffectKind
from bot.domain.entry import QUOTES, UNHEARD, Entry, EntryType
from bot.domain.lifecycle import State
from bot.domain.marks import NAMES as MARKS
from bot.domain.marks import Mark
from bot.domain.policy import Person
from bot.domain.severity import Severity
from bot.domain.task import task_field

People = Mapping[str, Person]


def sentence(entry: Entry, people: People) -> str:
    """Our words with a little Markdown; whatever came from outside is made plain."""
    if entry.metadata.get("erased"):
        return "*The words of this entry were erased.*"
    say = SENTENCES.get(entry.type)
    who = plain(entry.actor_name or person_name(people, entry.actor_id))
    return say(entry, who, people) if say else f"{who}: {str(entry.type).replace('_', ' ')}."


def new_value(entry: Entry, field: str) -> Any:
    return next((c.new for c in entry.changes if c.field == field), None)


def old_value(entry: Entry, field: str) -> Any:
    return next((c.old for c in entry.changes if c.field == field), None)


def _names(ids: Any, people: People) -> str:
    return ", ".join(plain(person_name(people, id)) for id in ids or ()) or "nobody"


def _because(entry: Entry) -> str:
    return f": {plain(entry.text)}" if entry.text else "."


def _created(entry: Entry, who: str, people: People) -> str:
    severity = new_value(entry, "severity") or Severity.P2  # as every incident is of itself
    how = "declared" if new_value(entry, "declared_by") else "opened"
    return f"{who} {how} **{plain(str(new_value(entry, 'title') or ''))}** as {severity}."


def _state(entry: Entry, who: str, people: People) -> str:
    status = new_value(entry, "status")
    to = state_name(State(status)) if status else "the same state"
    return f"{who} moved it to **{to}**{_because(entry)}"


def _acknowledged(entry: Entry, who: str, people: People) -> str:
    return f"{who} has it."


def _escalated(entry: Entry, who: str, people: People) -> str:
    level = new_value(entry, "escalation_level") or entry.metadata.get("level", "")
    return f"{who} escalated it to level {level}{_because(entry)}"


def _resolved(entry: Entry, who: str, people: People) -> str:
    outcome = OUTCOMES.get(str(new_value(entry, "outcome")), "resolved")
    return f"{who} resolved it (**{outcome}**){_because(entry)}"


def _severity(entry: Entry, who: str, people: People) -> str:
    old, new = old_value(entry, "severity"), new_value(entry, "severity")
    return f"{who} changed the severity from {old} to **{new}**{_because(entry)}"


def _assigned(entry: Entry, who: str, people: People) -> str:
    return f"{who} assigned it to {_names([new_value(entry, 'assigned_to')], people)}."


def _role(entry: Entry, who: str, people: People) -> str:
    role, person = entry.metadata.get("role"), entry.metadata.get("person")
    if person is None:
        return f"{who} vacated the role {role}."
    return f"{plain(person_name(people, person))} is {role} now (by {who})."


def _task_added(entry: Entry, who: str, people: People) -> str:
    task = _task(entry)
    owner = plain(person_name(people, task.get("owner")))
    return f"{who} added {_task_name(entry)}: {plain(entry.text)}{f' ({owner})' if owner else ''}"


def _task_changed(entry: Entry, who: str, people: People) -> str:
    task, before = _task(entry), _task(entry, new=False)
    name, text = _task_name(entry), plain(entry.text)
    if task.get("state") != before.get("state"):
        why = f" (why: {plain(str(task['reason']))})" if task.get("reason") else ""
        return f"{TASK_ENDS[task.get('state', '')].format(who=who, task=name)}: {text}{why}"
    if task.get("owner") != before.get("owner"):
        owner = plain(person_name(people, task.get("owner"))) or "nobody"
        return f"{who} gave {name} to {owner}: {text}"
    return f"{who} changed {name}: {text}"


def _followup_added(entry: Entry, who: str, people: People) -> str:
    owner = plain(person_name(people, _task(entry).get("owner")))
    due = _task(entry).get("due_on")
    said = ", ".join(filter(None, (owner, f"due {due}" if due else "")))
    return f"{who} wrote down a follow-up: {plain(entry.text)}{f' ({said})' if said else ''}"


def _followup_changed(entry: Entry, who: str, people: People) -> str:
    return _task_changed(entry, who, people).replace(" task ", " follow-up ", 1)


def _marked(entry: Entry, who: str, people: People) -> str:
    mark = str(entry.metadata.get("mark", ""))
    name = MARKS[Mark(mark)] if mark in set(Mark) else mark
    old, new = old_value(entry, f"{mark}_at"), new_value(entry, f"{mark}_at")
    was = f" (it said {_minute(old)})" if old else ""
    if new is None:
        return f"{who} took the mark “{name}” away{was}."
    return f"{who} marked: **{name}** at {_minute(new)}{was}."


def _minute(said: Any) -> str:
    return f"{str(said)[:10]} {str(said)[11:16]} UTC"


def _drafted(entry: Entry, who: str, people: People) -> str:
    if entry.metadata.get("worded"):
        return "A model proposes words for the postmortem; people take them or not."
    again = "was drafted anew" if entry.metadata.get("again") else "was drafted"
    proposes = entry.metadata.get("proposals")
    more = "; it proposes changes to what people have written" if proposes else ""
    return f"The postmortem {again}{more}."


def _edited(entry: Entry, who: str, people: People) -> str:
    section = str(entry.metadata.get("section", "")).replace("_", " ")
    return f"{who} edited the postmortem: {section}."


def _reviewed(entry: Entry, who: str, people: People) -> str:
    did = "has reviewed" if entry.metadata.get("done") else "asked for a review of"
    return f"{who} {did} the postmortem."


def _published(entry: Entry, who: str, people: People) -> str:
    return f"{who} published the postmortem (version {entry.metadata.get('published', 1)})."


TASK_ENDS: Final = {
    "done": "{who} has done {task}",
    "wont_do": "{who} dropped {task}",
    "open": "{who} opened {task} again",
    "": "{who} changed {task}",
}


def _task(entry: Entry, *, new: bool = True) -> Mapping[str, Any]:
    value = new_value if new else old_value
    return value(entry, task_field(entry.metadata.get("task", 0))) or {}


def _task_name(entry: Entry) -> str:
    return f"task {entry.metadata.get('task', '')}"


def _joined(entry: Entry, who: str, people: People) -> str:
    count = int(entry.metadata.get("count", 1))
    if count > 1:
        return f"{count} alerts of {who} joined, the first: {plain(entry.text)}"
    return f"An alert of {who} joined: {plain(entry.text)}"


def _paged(entry: Entry, who: str, people: People) -> str:
    step = entry.metadata.get("step")
    if step == "cancelled":
        return f"{who} cancelled paging."
    told = _names(entry.metadata.get("people"), people)
    outside = entry.metadata.get("outside") or ()
    more = f" and {len(outside)} outside" if outside else ""
    verb = "Paged" if entry.metadata.get("loud") else "Told quietly"
    level = f"level {step}" if str(step).isdigit() else f"{step}"
    return f"{verb} ({level}): {told}{more}."


def _sent(entry: Entry, who: str, people: People) -> str:
    channel = entry.metadata.get("channel", "")
    return f"The page to {_names([entry.metadata.get('person')], people)} by {channel} went out."


WHAT: Final = {
    "DirectMessage": "message",
    "Notify": "notice",
    "OpenRoom": "opening of the room",
    "AdoptRoom": "adoption of the room",
    "RenameRoom": "new name of the room",
    "ArchiveRoom": "archiving of the room",
    "UnarchiveRoom": "reopening of the room",
    "SetTopic": "topic",
    "EditCard": "change of the card",
    "PublishHome": "home page",
}
"""Kind of an effect → how a sentence calls it, where its own words will not do."""

_WORD: Final = re.compile(r"(?<!^)(?=[A-Z])")


def _failed(entry: Entry, who: str, people: People) -> str:
    kind = str(entry.metadata.get("kind", "message"))
    what = WHAT.get(kind, _WORD.sub(" ", kind).lower())
    to = entry.metadata.get("person")
    whom = f" to {_names([to], people)}" if to else ""
    said = f"The {what}{whom} by {entry.metadata.get('channel', '')} failed{_because(entry)}"
    known = people.get(to or "") if kind == EffectKind.PAGE else None
    if known is None or not known.phone:
        return said
    return f"{said.removesuffix('.')}. Call them: {plain(known.phone)}"


def _sla(word: str) -> Callable[[Entry, str, People], str]:
    def say(entry: Entry, who: str, people: People) -> str:
        return f"The time to {entry.metadata.get('clock', 'act')} {word}."

    return say


def _update(entry: Entry, who: str, people: People) -> str:
    doing = str(entry.metadata.get("doing") or "")
    return update_words(who, entry.text, doing, correction=entry.corrects is not None)


def update_words(who: str, known: str, doing: str, *, correction: bool = False) -> str:
    """How an update reads, also before it is one."""
    next_step = f" Doing: {plain(doing)}" if doing else ""
    corrected = " (a correction)" if correction else ""
    return f"**Update** by {who}{corrected}: {plain(known)}{next_step}"


def _text(before: str) -> Callable[[Entry, str, People], str]:
    def say(entry: Entry, who: str, people: People) -> str:
        return f"{before.format(who=who)}{_because(entry)}"

    return say


def _undone(entry: Entry, who: str, people: People) -> str:
    what = str(entry.metadata.get("undid", "")).replace("_", " ")
    return f"{who} undid: {what} (line {entry.corrects})."


def own_words(entry: Entry, people: People) -> str:
    """What it says. Words that are quoted begin with who said them: beside the name of whoever
    noted their own, that is left out."""
    if not entry.metadata.get(QUOTES):
        return entry.text
    who = entry.actor_name or person_name(people, entry.actor_id)
    return entry.text.removeprefix(f"{who}: ")


def _comment(entry: Entry, who: str, people: People) -> str:
    mended = f" (mends line {entry.corrects})" if entry.corrects is not None else ""
    if entry.metadata.get(UNHEARD):
        return f"{mended.strip()} {plain(entry.text)}".strip()
    said = own_words(entry, people)
    return f"{who}{mended}{f': {plain(said)}' if said else '.'}"


def _talk(entry: Entry, who: str, people: People) -> str:
    """Where it was said, for those who read it elsewhere."""
    at = entry.origin.get("platform", "").capitalize()
    where = ", ".join(filter(None, (at, "edited" if entry.corrects is not None else "")))
    return f"{who}{f' ({where})' if where else ''}: {plain(entry.text)}"


def _adopted(entry: Entry, who: str, people: People) -> str:
    count, hours = entry.metadata.get("lines", 0), entry.metadata.get("hours", 0)
    kept = f"{count} {'message' if count == 1 else 'messages'} of the last {hours} hours"
    return f"{who} made this channel its room; {kept} stand in the timeline."


def _updated(entry: Entry, who: str, people: People) -> str:
    if entry.metadata.get("paged_again"):
        return f"{who} made it ring again{_because(entry)}"
    if entry.metadata.get("clocks"):
        return "The clocks started anew."
    fields = ", ".join(c.field.replace("_", " ") for c in entry.changes)
    return f"{who} {plain(entry.text)}." if entry.text else f"{who} changed {fields}."


def _similar(entry: Entry, who: str, people: People) -> str:
    said = []
    if same := entry.metadata.get("open"):
        numbers = ", ".join(f"#{int(number)}" for number in same)
        said.append(f"It may be the same as {numbers}, which is open.")
    if past := int(entry.metadata.get("past") or 0):
        many = "One past incident looks" if past == 1 else f"{past} past incidents look"
        fixed = "it" if past == 1 else "them"
        said.append(f"{many} like this one: `similar` shows what fixed {fixed}.")
    if steps := int(entry.metadata.get("suggested") or 0):
        many = "one thing" if steps == 1 else f"{steps} things"
        said.append(f"A model suggests {many}; nothing happens unless somebody presses it.")
    return " ".join(said)


SENTENCES: Final[dict[EntryType, Callable[[Entry, str, People], str]]] = {
    EntryType.INCIDENT_CREATED: _created,
    EntryType.INCIDENT_UPDATED: _updated,
    EntryType.STATE_CHANGED: _state,
    EntryType.ACKNOWLEDGED: _acknowledged,
    EntryType.RELEASED: _text("{who} gave it back"),
    EntryType.ASSIGNED: _assigned,
    EntryType.ROLE_CHANGED: _role,
    EntryType.SEVERITY_CHANGED: _severity,
    EntryType.ESCALATED: _escalated,
    EntryType.RESOLVED: _resolved,
    EntryType.CLOSED: _text("{who} closed it"),
    EntryType.REOPENED: _text("{who} reopened it"),
    EntryType.REFIRED: _text("It fires again"),
    EntryType.ALERT_JOINED: _joined,
    EntryType.ALL_CLEAR: _text("All alerts have cleared"),
    EntryType.COMMENT_ADDED: _comment,
    EntryType.SAID: _talk,
    EntryType.UPDATE_POSTED: _update,
    EntryType.LINK_ADDED: _text("{who} added a link"),
    EntryType.ROOM_ADOPTED: _adopted,
    EntryType.TASK_ADDED: _task_added,
    EntryType.TASK_CHANGED: _task_changed,
    EntryType.FOLLOWUP_ADDED: _followup_added,
    EntryType.FOLLOWUP_CHANGED: _followup_changed,
    EntryType.MARKED: _marked,
    EntryType.POSTMORTEM_DRAFTED: _drafted,
    EntryType.POSTMORTEM_EDITED: _edited,
    EntryType.POSTMORTEM_REVIEW: _reviewed,
    EntryType.POSTMORTEM_PUBLISHED: _published,
    EntryType.RENAMED: _text("{who} renamed it"),
    EntryType.PAGED: _paged,
    EntryType.NOTIFICATION_SENT: _sent,
    EntryType.NOTIFICATION_FAILED: _failed,
    EntryType.SLA_WARNING: _sla("is nearly over"),
    EntryType.SLA_BREACHED: _sla("is over"),
    EntryType.SILENCED: _text("{who} silenced its alerts"),
    EntryType.REMINDED: _text("An update is due"),
    EntryType.UNDONE: _undone,
    EntryType.SIMILAR_FOUND: _similar,
}
