"""The life of an incident, as one table.

The table is the only place that knows which action is legal when. It validates, it chooses the
buttons, `docs/reference/lifecycle.md` is printed from it, and one test walks every cell. What
follows from a transition (timers, paging, speech) is data beside it.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from bot.domain.errors import IllegalTransition


class State(StrEnum):
    NEW = "NEW"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    IN_PROGRESS = "IN_PROGRESS"
    ESCALATED = "ESCALATED"
    RESOLVED = "RESOLVED"
    CLOSED = "CLOSED"


OPEN: Final = (State.NEW, State.ACKNOWLEDGED, State.IN_PROGRESS, State.ESCALATED)
"""While an incident is in one of these it holds its alert groups."""


class Action(StrEnum):
    ACKNOWLEDGE = "acknowledge"
    START_WORK = "start_work"
    ESCALATE = "escalate"
    DEESCALATE = "deescalate"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    CLOSE = "close"
    TAKE = "take"
    RAISE = "raise"
    RELEASE = "release"
    AUTO_RESOLVE = "auto_resolve"
    REFIRE = "refire"
    AUTO_CLOSE = "auto_close"
    MERGE = "merge"


class By(StrEnum):
    """Who may cause a row."""

    PERSON = "person"
    SOURCE = "source"
    SYSTEM = "system"


class Timer(StrEnum):
    """What a timer of an incident asks when it is due."""

    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"
    MANAGER = "manager"
    SLA_ACKNOWLEDGE_WARNING = "sla_acknowledge_warning"
    SLA_ACKNOWLEDGE_BREACH = "sla_acknowledge_breach"
    SLA_RESOLVE_WARNING = "sla_resolve_warning"
    SLA_RESOLVE_BREACH = "sla_resolve_breach"
    SETTLE = "settle"
    STILL_FIRING = "still_firing"
    UPDATE_DUE = "update_due"
    AUTO_CLOSE = "auto_close"
    ARCHIVE = "archive"
    DRAFT = "draft"


UNACKNOWLEDGED: Final = frozenset(
    {Timer.ACKNOWLEDGE, Timer.SLA_ACKNOWLEDGE_WARNING, Timer.SLA_ACKNOWLEDGE_BREACH}
)
"""Clocks that an acknowledgement stops."""

UNRESOLVED: Final = UNACKNOWLEDGED | {
    Timer.RESOLVE,
    Timer.MANAGER,
    Timer.SLA_RESOLVE_WARNING,
    Timer.SLA_RESOLVE_BREACH,
    Timer.SETTLE,
    Timer.UPDATE_DUE,
}
"""Clocks that a resolution stops."""

RESOLVED: Final = frozenset({Timer.AUTO_CLOSE, Timer.DRAFT})
"""Clocks that a resolution starts: it closes by itself, and its postmortem is drafted."""


@dataclass(frozen=True, slots=True)
class SideEffects:
    """What a transition brings with it."""

    stops: frozenset[Timer] = frozenset()
    starts_clocks: bool = False  # deadlines of the severity, counted from now
    starts: frozenset[Timer] = frozenset()
    stops_paging: bool = False
    pages_level: str = ""  # "first" | "next" | "current" | ""


@dataclass(frozen=True, slots=True)
class Row:
    """One action: where it leads from where, who may cause it, what it brings."""

    action: Action
    to: Mapping[State, State]
    by: By = By.PERSON
    effects: SideEffects = field(default_factory=SideEffects)


def _stay(*states: State) -> dict[State, State]:
    return {state: state for state in states}


def _all(states: tuple[State, ...], to: State) -> dict[State, State]:
    return dict.fromkeys(states, to)


NEW, ACK, WORK, ESC, DONE, SHUT = State
ROWS: Final[tuple[Row, ...]] = (
    Row(
        Action.ACKNOWLEDGE,
        {NEW: ACK},
        effects=SideEffects(stops=UNACKNOWLEDGED, stops_paging=True),
    ),
    Row(Action.START_WORK, {ACK: WORK, ESC: WORK}),
    Row(
        Action.ESCALATE,
        {NEW: ESC, ACK: ESC, WORK: ESC},
        effects=SideEffects(pages_level="next"),
    ),
    Row(Action.DEESCALATE, {ESC: WORK}, effects=SideEffects(stops_paging=True)),
    Row(
        Action.RESOLVE,
        {WORK: DONE},
        effects=SideEffects(stops=UNRESOLVED, stops_paging=True, starts=RESOLVED),
    ),
    Row(
        Action.REOPEN,
        {DONE: WORK, SHUT: WORK},
        effects=SideEffects(
            stops=frozenset({Timer.STILL_FIRING, Timer.ARCHIVE}) | RESOLVED,
            starts_clocks=True,
        ),
    ),
    Row(
        Action.CLOSE,
        {DONE: SHUT},
        effects=SideEffects(stops=frozenset({Timer.AUTO_CLOSE}), starts=frozenset({Timer.ARCHIVE})),
    ),
    Row(
        Action.TAKE,
        _stay(ACK, WORK, ESC),
        effects=SideEffects(stops=UNACKNOWLEDGED, stops_paging=True),
    ),
    Row(Action.RAISE, _stay(ESC), effects=SideEffects(pages_level="next")),
    Row(
        Action.RELEASE,
        _stay(ACK, WORK, ESC),
        effects=SideEffects(starts=frozenset({Timer.ACKNOWLEDGE}), pages_level="current"),
    ),
    Row(
        Action.AUTO_RESOLVE,
        _all((NEW, ACK, ESC), DONE),
        By.SOURCE,
        SideEffects(stops=UNRESOLVED, stops_paging=True, starts=RESOLVED),
    ),
    Row(
        Action.REFIRE,
        {DONE: NEW},
        By.SOURCE,
        SideEffects(
            stops=frozenset({Timer.STILL_FIRING}) | RESOLVED,
            starts_clocks=True,
            pages_level="first",
        ),
    ),
    Row(
        Action.AUTO_CLOSE,
        {DONE: SHUT},
        By.SYSTEM,
        SideEffects(starts=frozenset({Timer.ARCHIVE})),
    ),
    Row(
        Action.MERGE,
        _all(OPEN, SHUT),
        effects=SideEffects(stops=UNRESOLVED, stops_paging=True, starts=frozenset({Timer.ARCHIVE})),
    ),
)

TABLE: Final[dict[Action, Row]] = {row.action: row for row in ROWS}

ASKED_ONLY: Final = frozenset({Action.TAKE, Action.RELEASE, Action.MERGE})
"""Actions that people reach by a verb of their own, not by a button of the state machine."""


def next_state(state: State, action: Action) -> State:
    """Where `action` leads from `state`.

    Raises:
        IllegalTransition: the table has no such cell; the text names what is allowed now.
    """
    try:
        return TABLE[action].to[state]
    except KeyError:
        choices = allowed(state)
        sentence = f"It is {state}: {action} is refused. Allowed now: {', '.join(choices)}."
        if action is Action.ACKNOWLEDGE and Action.TAKE in choices:
            sentence += ' Use "take" to say that you have it.'
        raise IllegalTransition(sentence, allowed=choices) from None


def allowed(state: State, by: By = By.PERSON) -> list[Action]:
    """What `by` may do now to this incident alone, in the order of the table.

    A merge needs a second incident and is offered only where one is named.
    """
    return [
        row.action
        for row in ROWS
        if row.by is by and state in row.to and row.action is not Action.MERGE
    ]


def path(state: State, goal: State) -> list[Action]:
    """The shortest legal way of a person from `state` to `goal`; [] if there already.

    Raises:
        IllegalTransition: no way leads there.
    """
    queue: deque[tuple[State, list[Action]]] = deque([(state, [])])
    seen = {state}
    while queue:
        here, way = queue.popleft()
        if here is goal:
            return way
        for action, there in _moves(here):
            if there not in seen:
                seen.add(there)
                queue.append((there, [*way, action]))
    raise IllegalTransition(
        f"No way leads from {state} to {goal}. Allowed now: {', '.join(allowed(state))}.",
        allowed=allowed(state),
    )


def _moves(state: State) -> Iterator[tuple[Action, State]]:
    for row in ROWS:
        if row.by is By.PERSON and row.action not in ASKED_ONLY and state in row.to:
            yield row.action, row.to[state]


def as_markdown() -> str:
    """The table for the docs; `tests/unit/test_lifecycle.py` keeps the page in step."""
    head = f"| action | by | {' | '.join(State)} |"
    rule = "|---" * (len(State) + 2) + "|"
    body = [
        f"| {row.action} | {row.by} | " + " | ".join(row.to.get(s, "") for s in State) + " |"
        for row in ROWS
    ]
    follows = [
        f"| {row.action} | {_timers(row.effects.stops)} | {_starts(row.effects)} "
        f"| {'yes' if row.effects.stops_paging else ''} | {row.effects.pages_level} |"
        for row in ROWS
    ]
    return "\n".join(
        [
            "# The incident state machine",
            "",
            "Printed from `bot/domain/lifecycle.py`; a blank cell is refused.",
            "",
            head,
            rule,
            *body,
            "",
            "## What follows from each",
            "",
            "| action | timers stopped | timers started | stops paging | pages level |",
            "|---|---|---|---|---|",
            *follows,
            "",
        ]
    )


def _timers(timers: frozenset[Timer]) -> str:
    return ", ".join(timer for timer in Timer if timer in timers)


def _starts(effects: SideEffects) -> str:
    clocks = ["the clocks of the severity"] if effects.starts_clocks else []
    return ", ".join([*clocks, *(timer for timer in Timer if timer in effects.starts)])
