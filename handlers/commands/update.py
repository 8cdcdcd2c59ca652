"""update: what we know, what we do, when the next one comes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.cards.timeline import update_words
from bot.chat.call import Reply
from bot.chat.command import Command, Takes
from bot.chat.grammar import quote
from bot.chat.line import Line
from bot.domain.card import (
    Button,
    Buttons,
    Card,
    Element,
    Fact,
    Facts,
    Moment,
    Style,
    Text,
    Tone,
    Warning,
    plain,
)
from bot.domain.duration import is_duration, say_duration
from bot.domain.entry import EntryType
from bot.domain.errors import Invalid
from bot.domain.form import Field, FieldKind, Form
from bot.engine.analysis.guarding import Guarding
from bot.engine.incidents import Incidents
from bot.engine.rules import Rules
from bot.ports.queries import Queries, Viewer
from handlers.words.replies import done_card
from handlers.words.times import duration

ANYWAY: Final = "anyway"
EVEN_SO: Final = "Send it even so"
TICK: Final = f"Tick “{EVEN_SO}” if you mean it."
TYPE: Final = f"Write it with --{ANYWAY} if you mean it."
LOOK: Final = "preview"
PRESSED: Final = 1_500
"""Characters of a command that every platform's button holds."""


async def update(
    line: Line, incidents: Incidents, queries: Queries, guarding: Guarding
) -> Card | Reply:
    if line.answers is not None:
        known, doing, next_in = (line.answer(name) for name in ("known", "doing", "next"))
    else:
        known, doing = line.text, line.flags.get("doing", "")
        next_in = line.flags.get("next", "")
    if line.answers is None and ANYWAY not in line.flags:
        warned = await guarding.look(
            line.incident,
            line.actor,
            known=known,
            doing=doing,
            next_in=_cadence(next_in),
            model=True,
        )
        if warned:
            return _once_more(line, warned, known, doing, next_in)
    if "preview" in line.flags or line.answer(LOOK):
        return _preview(line, known, doing, next_in)
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


def _once_more(line: Line, warned: Sequence[str], known: str, doing: str, next_in: str) -> Reply:
    """Nothing went out yet; a press sends it."""
    command = _typed(line, known, doing, next_in, f"--{ANYWAY}")
    send = Buttons((Button("Send it anyway", command, Style.DANGER),))
    body: list[Element] = [*map(Warning, warned)]
    body.append(send if len(command) <= PRESSED else Text(TYPE))
    card = Card("Not sent yet: look at it once more", tuple(body), Tone.ALARM)
    return Reply(card=card, incident=line.incident, ok=False, status=409)


def _preview(line: Line, known: str, doing: str, next_in: str) -> Card:
    """How everybody will read it, to the asker alone; a press sends it."""
    who = plain(line.actor.name)
    body: list[Element] = [
        Text(update_words(who, known, doing, correction="correct" in line.flags)),
    ]
    if next_in:
        body.append(Facts((Fact("Next update", f"in {next_in}"),)))
    command = _typed(line, known, doing, next_in)
    if len(command) <= PRESSED:
        body.append(Buttons((Button("Send update", command, Style.PRIMARY),)))
    else:
        body.append(Text("It is too long for a button: send the form again without the preview."))
    return Card(f"Not sent yet: this is how the update of #{line.incident} reads", tuple(body))


def _typed(line: Line, known: str, doing: str, next_in: str, *flags: str) -> str:
    """The command that sends it: a button is a command typed for somebody."""
    parts = [f"update #{line.incident}", *flags, "--correct" if "correct" in line.flags else ""]
    parts += [f"--doing {quote(doing)}" if doing else "", f"--next {next_in}" if next_in else ""]
    return " ".join(filter(None, [*parts, quote(known)]))


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
            Field(LOOK, "Show it to me before it goes out", FieldKind.TICK),
            Field(ANYWAY, EVEN_SO, FieldKind.TICK),
        ),
        submit="Send update",
    )


async def validate(line: Line, guarding: Guarding) -> Mapping[str, str]:
    said = line.answer("next")
    if said and said.lower() not in ("none", "never", "stop") and not is_duration(said):
        return {"next": "Write for example 30m, 1h, or none."}
    if line.answer(ANYWAY):
        return {}
    known, doing = line.answer("known"), line.answer("doing")
    warned = await guarding.look(
        line.incident, line.actor, known=known, doing=doing, next_in=_cadence(said)
    )
    return {"known": f"{' '.join(warned)} {TICK}"} if warned else {}


command = Command(
    verb="update",
    usage='update [#id] text [--doing "…"] [--next 30m] [--correct] [--preview]',
    help="Tell everybody how it stands.",
    takes=Takes.INCIDENT,
    free_text=True,
    flags={"doing": True, "next": True, "correct": False, ANYWAY: False, "preview": False},
    handler=update,
    form=form,
    validate=validate,
)
