"""mitigated: when it stopped hurting; and when it began, was noticed, was over."""

from datetime import datetime
from typing import Final

from bot.chat.command import Command, Takes
from bot.chat.line import Line
from bot.domain.card import Card
from bot.domain.duration import is_duration
from bot.domain.errors import NotFound
from bot.domain.form import Field, Form
from bot.domain.incident import Incident
from bot.domain.lifecycle import State
from bot.domain.marks import NAMES, Mark
from bot.domain.typed_time import Direction, say_time
from bot.engine.incidents import Incidents
from bot.ports.clock import Clock
from bot.ports.queries import Queries, Viewer
from handlers.words.replies import done_card
from handlers.words.times import duration, moment

WORDS: Final = {
    "mitigated": Mark.MITIGATED,
    "impact": Mark.IMPACT,
    "began": Mark.IMPACT,
    "detected": Mark.DETECTED,
    "ended": Mark.ENDED,
}
"""A verb or a first word → the mark that is meant."""

GONE: Final = ("none", "unknown", "clear")


async def mitigated(line: Line, incidents: Incidents, queries: Queries, clock: Clock) -> Card:
    if line.answers is not None:
        times = _answered(line, clock, await _incident(line, queries))
    else:
        times = _typed(line, clock)
    done = await incidents.mark(line.incident, times, line.ask)
    incident = done.incident
    said = ", ".join(_say(mark, at, line) for mark, at in times.items()) or "nothing changed"
    tail = "" if done.changed else ", as it was"
    return done_card(done, f"#{incident.number}: {said}{tail}.", undo=len(times) == 1)


def _typed(line: Line, clock: Clock) -> dict[Mark, datetime | None]:
    """`mitigated 03:20`, `mitigated impact 02:40`, `impact 02:40`, `ended none`."""
    mark, rest = WORDS[line.verb], line.rest.strip()
    first, _, after = rest.partition(" ")
    if line.verb == "mitigated" and first.lower() in WORDS:
        mark, rest = WORDS[first.lower()], after.strip()
    return {mark: _read(rest or "now", line, clock, mark)}


def _answered(line: Line, clock: Clock, incident: Incident) -> dict[Mark, datetime | None]:
    """The fields that say something else than was shown; it was shown without seconds."""
    return {
        mark: _read(line.answer(mark) or "none", line, clock, mark)
        for mark in Mark
        if mark in (line.answers or {}) and line.answer(mark) != _shown(mark, incident, line)
    }


def _shown(mark: Mark, incident: Incident, line: Line) -> str:
    at = getattr(incident, mark.field)
    return say_time(at, line.actor.zone) if at else ""


def _read(text: str, line: Line, clock: Clock, mark: Mark) -> datetime | None:
    """In the speaker's zone; `20m` is so long ago, `now` is now."""
    if text.lower() in GONE:
        return None
    if text.lower() == "now":
        return clock.now()
    if is_duration(text):
        return clock.now() - duration(text, mark)
    return moment(_without_zone(text), line.actor.zone, clock.wall(), Direction.PAST, mark)


def _without_zone(text: str) -> str:
    """`2026-01-05 10:20 CET`, as we echo it, is read again as it was meant."""
    *rest, zone = text.split(" ")
    known = len(rest) < 2 or zone.upper() in ("Z", "UTC", "AM", "PM")
    return text if known else " ".join(rest)


def _say(mark: Mark, at: datetime | None, line: Line) -> str:
    name = NAMES[mark]
    return f"{name} {say_time(at, line.actor.zone)}" if at else f"no mark for “{name}” any more"


async def form(line: Line, queries: Queries) -> Form | None:
    if line.verb != "mitigated":
        return None
    incident = await _incident(line, queries)
    return Form(
        f"Times of #{line.incident}",
        f"mitigated #{line.incident}",
        tuple(_field(mark, incident, line) for mark in Mark),
        note="In your own zone. The durations of the postmortem and of reports follow these.",
    )


async def _incident(line: Line, queries: Queries) -> Incident:
    incident = await queries.incident(line.incident, Viewer(line.actor.id))
    if incident is None:
        raise NotFound(f"There is no incident #{line.incident}.")
    return incident


def _field(mark: Mark, incident: Incident, line: Line) -> Field:
    return Field(
        str(mark),
        NAMES[mark].capitalize(),
        value=_shown(mark, incident, line),
        hint="For example 03:20, 2026-01-05 03:20, or 20m ago as 20m."
        if mark is Mark.IMPACT
        else "",
    )


command = Command(
    verb="mitigated",
    usage="mitigated [#id] [impact|detected|ended] [03:20 | 20m | now | none]",
    help="Say when it stopped hurting, when its impact began, was noticed, or was over.",
    aliases=("impact", "detected", "ended"),
    takes=Takes.INCIDENT,
    picks=tuple(State),
    free_text=True,
    handler=mitigated,
    form=form,
)
