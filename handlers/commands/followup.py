"""followup: what outlives the incident, with an owner, a day and a ticket."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from bot.cards.followups import about, followup_list_card
from bot.cards.names import person_name
from bot.chat.call import Reply
from bot.chat.command import Command, Takes
from bot.chat.grammar import split_first, unquote
from bot.chat.line import Line
from bot.domain.card import Card
from bot.domain.errors import Invalid
from bot.domain.form import Field, FieldKind, Form
from bot.domain.lifecycle import State
from bot.domain.task import PRIORITIES, TaskState, task_of
from bot.engine.acts.base import TITLE_LIMIT, Done
from bot.engine.acts.followups import Wish
from bot.engine.incidents import Incidents
from bot.engine.rules import Rules
from bot.ports.clock import Clock
from bot.ports.queries import Queries, Viewer
from handlers.words.days import day
from handlers.words.people import find_person, options
from handlers.words.replies import done_card

LISTS: Final = ("list", "mine", "overdue")
SNOOZED: Final = "1w"
NOBODY: Final = ("nobody", "none")

ASKS: Final = {"drop": "reason", "wontdo": "reason", "assign": "owner"}
"""What cannot be done by a press alone → the field that asks for the rest."""

_ABOUT: Final = re.compile(
    r"(?P<what>\w+)\s+#?(?:\d+-)?(?P<number>[0-9]{1,6})(?:\s+(?P<rest>.*))?", re.DOTALL
)
_WONT_DO: Final = re.compile(r"won\W?t\s+do\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Given:
    """One line, read: what to do with which follow-up, and what was said besides."""

    what: str
    number: int
    rest: str


async def followup(
    line: Line, incidents: Incidents, rules: Rules, queries: Queries, clock: Clock
) -> Card | Reply:
    first, rest = split_first(line.rest)
    if line.answers is None and first.lower() in LISTS:
        return await _list(line, rest, rules, queries, clock)
    if line.answers is None and first.lower() == "keep":
        return await _keep(line, rest, incidents)
    if (given := _given(line.rest)) is not None:
        asked = _asked(line, given, rules)
        if asked is not None and line.answers is None and line.call.interactive:
            return Reply(form=asked, incident=line.incident)
        return await _change(line, given, incidents, rules, clock)
    wish = _wish_of_flags(line, rules, clock)
    done = await incidents.add_followup(line.incident, wish, line.ask)
    assert done.entry is not None
    number = int(done.entry.metadata["task"])
    return _answer(done, number, "is written down", rules, _today(line, clock))


async def _list(line: Line, rest: str, rules: Rules, queries: Queries, clock: Clock) -> Card:
    """`list`, `list overdue`, `list mine`; in a room those of its incident."""
    words = {line.words[0].lower(), *rest.lower().split()}
    today = _today(line, clock)
    mine, overdue = "mine" in words, "overdue" in words
    found = await queries.followups(
        Viewer(line.actor.id),
        incident=line.number,
        owner=line.actor.id if mine else None,
        state=None if "all" in words else TaskState.OPEN,
        due_before=today if overdue else None,
    )
    where = f" of #{line.number}" if line.number is not None else ""
    what = "overdue follow-ups" if overdue else "follow-ups"
    return followup_list_card(
        found,
        rules.policies.people,
        today=today,
        title=f"{len(found)} {what.removesuffix('s') if len(found) == 1 else what}{where}",
        none=f"There are no {'open ' * (not overdue)}{what}{where}.",
    )


async def _keep(line: Line, rest: str, incidents: Incidents) -> Card:
    """`keep 3`, `keep all`: open tasks that outlive the incident."""
    said = rest.split()
    if not said or not all(word.isdigit() or word == "all" for word in said):
        raise Invalid("Which tasks? Say `followup keep 3`, or `followup keep all`.")
    tasks = None if "all" in said else [int(word) for word in said]
    done = await incidents.keep_as_followups(line.incident, line.ask, tasks)
    what = "Nothing is open" if not done.changed else "Kept as follow-ups"
    return done_card(done, f"{what} in #{line.incident}.")


def _given(rest: str) -> Given | None:
    """`done 3`, `drop 3 why`, `assign 3 @bea`, `due 3 friday`, `ticket 3 https://…`, `snooze 3`."""
    found = _ABOUT.fullmatch(_WONT_DO.sub("drop", rest.strip(), count=1))
    if found is None or found["what"].lower() not in CHANGES:
        return None
    return Given(found["what"].lower(), int(found["number"]), (found["rest"] or "").strip())


CHANGES: Final[Mapping[str, str]] = {
    "done": "is done",
    "drop": "will not be done",
    "wontdo": "will not be done",
    "reopen": "is open again",
    "assign": "has another owner",
    "due": "has another day",
    "ticket": "has another ticket",
    "priority": "has another priority",
    "snooze": "is snoozed",
    "edit": "is reworded",
}


async def _change(
    line: Line, given: Given, incidents: Incidents, rules: Rules, clock: Clock
) -> Card:
    what, rest = given.what, given.rest or line.answer(ASKS.get(given.what, ""))
    wish = {
        "done": lambda: Wish(state=TaskState.DONE),
        "drop": lambda: Wish(state=TaskState.WONT_DO, reason=rest.lstrip(":,- ")),
        "wontdo": lambda: Wish(state=TaskState.WONT_DO, reason=rest.lstrip(":,- ")),
        "reopen": lambda: Wish(state=TaskState.OPEN),
        "assign": lambda: Wish(owner=_owner(rest or "me", line, rules)),
        "due": lambda: Wish(due_on=_day(rest, line, clock, "due")),
        "ticket": lambda: Wish(ticket="" if rest.lower() == "none" else rest),
        "priority": lambda: Wish(priority=rest.lower()),
        "snooze": lambda: Wish(snoozed_until=_day(rest or SNOOZED, line, clock, "snooze")),
        "edit": lambda: Wish(text=unquote(rest)),
    }[what]()
    done = await incidents.change_followup(line.incident, given.number, wish, line.ask)
    return _answer(done, given.number, CHANGES[what], rules, _today(line, clock))


def _wish_of_flags(line: Line, rules: Rules, clock: Clock) -> Wish:
    """A new one: `add "text" @bea --due friday --ticket https://… --priority high`."""
    if line.answers is not None:
        said = {name: line.answer(name) for name in ("text", "owner", "due", "ticket", "priority")}
    else:
        text, owner = _owned(line.rest)
        said = {"text": text, "owner": owner, **line.flags}
    owner = said.get("owner", "")
    return Wish(
        text=said["text"],
        owner=_owner(owner, line, rules) if owner else None,
        due_on=_day(said["due"], line, clock, "due") if said.get("due") else None,
        ticket=said.get("ticket") or None,
        priority=(said.get("priority") or "").lower() or None,
    )


def _owned(rest: str) -> tuple[str, str]:
    """The text, and whom it names at its end; the word `add` in front says nothing."""
    first, after = split_first(rest)
    text = after if first.lower() == "add" and after else rest
    before, _, last = text.strip().rpartition(" ")
    if before and last.startswith("@") and len(last) > 1:
        return unquote(before.strip()), last
    return unquote(text.strip()), ""


def _owner(said: str, line: Line, rules: Rules) -> str:
    return "" if said.lower() in NOBODY else find_person(rules.policies.people, said, line.actor)


def _day(said: str, line: Line, clock: Clock, field: str) -> str:
    return day(said, line.actor.zone, clock.wall(), field)


def _today(line: Line, clock: Clock) -> str:
    return clock.wall().astimezone(ZoneInfo(line.actor.zone)).date().isoformat()


def _answer(done: Done, number: int, said: str, rules: Rules, today: str) -> Card:
    task = task_of(done.incident, number)
    assert task is not None
    people = rules.policies.people
    by = f" by {person_name(people, task.ended_by)}" if not done.changed and task.ended_by else ""
    already = f" already{by}" if not done.changed else ""
    name = f"Follow-up {number} of #{done.incident.number}"
    text = f"{name} {said}{already}: {about(task, people, today)}."
    return done_card(done, text, undo=True)


def _asked(line: Line, given: Given, rules: Rules) -> Form | None:
    """What a press on `drop 3` or `assign 3` is asked; None where nothing is missing."""
    name = ASKS.get(given.what)
    if name is None or given.rest:
        return None
    field = {
        "reason": Field("reason", "Why will it not be done?", required=True, limit=TITLE_LIMIT),
        "owner": Field(
            "owner",
            "Whose is it now?",
            FieldKind.PERSON,
            options=options(rules.policies.people),
            required=True,
        ),
    }[name]
    command = f"followup #{line.incident} {given.what} {given.number}"
    return Form(f"Follow-up {given.number} of #{line.incident}", command, (field,))


async def form(line: Line, rules: Rules) -> Form | None:
    given = _given(line.rest)
    return _asked(line, given, rules) if given is not None else _new(line, rules)


def _new(line: Line, rules: Rules) -> Form:
    return Form(
        f"Follow-up of #{line.incident}",
        f"followup #{line.incident}",
        (
            Field("text", "What is to be done?", required=True, limit=TITLE_LIMIT),
            Field(
                "owner", "Whose is it?", FieldKind.PERSON, options=options(rules.policies.people)
            ),
            Field("due", "Until when", hint="2026-02-01, friday or 2w."),
            Field("ticket", "Ticket", hint="https://…", limit=2_000),
            Field(
                "priority",
                "Priority",
                FieldKind.CHOICE,
                value="medium",
                options=tuple((one, one.capitalize()) for one in PRIORITIES),
            ),
        ),
        submit="Write it down",
    )


command = Command(
    verb="followup",
    usage=(
        'followup [#id] add "text" [@person] [--due friday] [--ticket https://…] [--priority high]'
        " | done 3 | drop 3 why | assign 3 @person | due 3 2w | ticket 3 https://… | snooze 3 1w"
        " | keep 3 | list [overdue|mine|all]"
    ),
    help="What outlives the incident: who does it, until when, with which ticket.",
    takes=Takes.OPTIONAL,
    picks=tuple(State),
    free_text=True,
    flags={"due": True, "ticket": True, "priority": True},
    handler=followup,
    form=form,
    opens=tuple(ASKS),
)
