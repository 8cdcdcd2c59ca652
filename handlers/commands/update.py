"""update: what we know, what we do, when the next one comes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.chat.command import Command, Takes
from bot.chat.line import Line
from bot.domain.card import Card, Fact, Facts, Moment
from bot.domain.duration import say_duration
from bot.domain.entry import EntryType
from bot.domain.errors import Invalid
from bot.domain.form import Field, FieldKind, Form
from bot.engine.incidents import Incidents
from bot.engine.rules import Rules
from bot.ports.queries import Queries, Viewer
from handlers.words.replies import done_card
from handlers.words.times import duration, is_duration


async def update(line: Line, incidents: Incidents, queries: Queries) -> Card:
    if line.answers is not None:
        known, doing, next_in = (line.answer(name) for name in ("known", "doing", "next"))
    else:
        known, doing = line.text, line.flags.get("doing", "")
        next_in = line.flags.get("next", "")
    corrects = await _last(line, queries) if "correct" in line.flags else None
    done = await incidents.update(
        line.incident,
        line.ask,
        known=known,
        doing=doing,
        next_in=_cadence(next_in),
        corrects=corrects,
    )
    due = done.incident.next_update_at
    said = done_card(done, f"Update of #{done.incident.number} is out.")
    return replace(said, body=(Facts((Fact("Next update", Moment(due)),)),)) if due else said


async def _last(line: Line, queries: Queries) -> int:
    """The line of the last update, which the new one mends."""
    entries = await queries.entries(line.incident, Viewer(line.actor.id))
    updates = [entry.seq for entry in entries if entry.type is EntryType.UPDATE_POSTED]
    if not updates:
        raise Invalid("There is no update to correct yet.")
    return updates[-1]


def _cadence(text: str) -> timedelta | None:
    """None keeps the severity's own; `none` stops the reminders."""
    if not text:
        return None
    return timedelta(0) if text.lower() in ("none", "never", "stop") else duration(text, "next")


async def form(line: Line, rules: Rules, queries: Queries) -> Form:
    incident = await queries.incident(line.incident, Viewer(line.actor.id))
    every = rules.policies.severities[incident.severity].update_every if incident else None
    return Form(
        f"Update of #{line.incident}",
        f"update #{line.incident}",
        (
            Field("known", "What we know", FieldKind.TEXT, required=True, limit=10_000),
            Field("doing", "What we do", FieldKind.TEXT, limit=10_000),
            Field(
                "next",
                "Next update in",
                FieldKind.DURATION,
                value=say_duration(every).replace(" ", "") if every else "",
                hint="For example 30m; `none` for no reminder.",
            ),
        ),
        submit="Send update",
    )


async def validate(line: Line) -> Mapping[str, str]:
    said = line.answer("next")
    if said and said.lower() not in ("none", "never", "stop") and not is_duration(said):
        return {"next": "Write for example 30m, 1h, or none."}
    return {}


command = Command(
    verb="update",
    usage='update [#id] text [--doing "…"] [--next 30m] [--correct]',
    help="Tell everybody how it stands.",
    takes=Takes.INCIDENT,
    free_text=True,
    flags={"doing": True, "next": True, "correct": False},
    handler=update,
    form=form,
    validate=validate,
)
