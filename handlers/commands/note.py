"""note: a line for the timeline, now or at a time."""

from bot.chat.call import Talk
from bot.chat.command import Command, Takes
from bot.chat.line import Line
from bot.domain.card import Card
from bot.domain.errors import Invalid
from bot.domain.form import Field, FieldKind, Form
from bot.domain.typed_time import Direction, read_time, say_time
from bot.engine.incidents import Incidents
from bot.ports.clock import Clock
from handlers.words.replies import done_card
from handlers.words.times import moment


async def note(line: Line, incidents: Incidents, clock: Clock) -> Card:
    when, text = _said(line, clock)
    at = moment(when, line.actor.zone, clock.wall(), Direction.PAST, "at") if when else None
    if line.call.talk in (Talk.SAID, Talk.CHANGED):
        mends = line.call.talk is Talk.CHANGED
        ask, where = line.ask, line.call.quotes
        done = await incidents.talk(line.incident, where, text, ask, occurred_at=at, mends=mends)
        return done_card(done, f"Kept in #{done.incident.number}.")
    if line.call.quotes:
        where = line.call.quotes
        follows = line.call.talk is Talk.FOLLOWED
        done = await incidents.quote(
            line.incident, where, text, line.ask, occurred_at=at, follows=follows
        )
        if not done.changed:
            return done_card(done, f"That is in the timeline of #{done.incident.number} already.")
        return done_card(done, f"Noted in #{done.incident.number}.", undo=bool(text))
    corrects = line.answer("corrects")
    done = await incidents.note(
        line.incident,
        text,
        line.ask,
        occurred_at=at,
        corrects=int(corrects) if corrects.isdecimal() else None,
    )
    where = f" at {say_time(at, line.actor.zone)}" if at else ""
    return done_card(done, f"Noted in #{done.incident.number}{where}.", undo=True)


def _said(line: Line, clock: Clock) -> tuple[str, str]:
    """A first word such as `14:05` says when; `9` alone may be the beginning of the text."""
    if line.answers is not None:
        return line.answer("at"), line.answer("text")
    first, _, rest = line.rest.partition(" ")
    if ":" in first and rest:
        try:
            read_time(first, line.actor.zone, clock.wall(), Direction.PAST)
        except ValueError as wrong:
            if first.replace(":", "").isdigit():
                raise Invalid(str(wrong), field="at") from None
        else:
            return first, rest.strip()
    return "", line.text


async def form(line: Line) -> Form:
    return Form(
        f"Note for #{line.incident}",
        f"note #{line.incident}",
        (
            Field("text", "Note", FieldKind.TEXT, required=True, limit=10_000),
            Field("at", "When", hint="Now, if left empty; else for example 14:05."),
        ),
    )


command = Command(
    verb="note",
    usage="note [#id] [14:05] text",
    help="Add a line to the timeline.",
    aliases=("timeline",),
    takes=Takes.INCIDENT,
    free_text=True,
    handler=note,
    form=form,
)
