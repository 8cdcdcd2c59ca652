"""silence: hides alerts for a while; in a room exactly its group."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cards.silence import asking_card, made_card, would_have_hit
from bot.chat.command import Command, Takes
from bot.chat.grammar import split_first, unquote
from bot.chat.line import Line
from bot.domain.card import Card
from bot.domain.duration import is_duration, say_duration
from bot.domain.errors import Invalid
from bot.domain.form import Field, FieldKind, Form
from bot.domain.ids import read_incident_id
from bot.domain.matcher import Matcher
from bot.domain.silence import DEFAULT_LENGTH, Silence
from bot.domain.typed_time import Direction
from bot.engine.silences import LOOKS_BACK, Silences
from bot.ports.clock import Clock
from bot.ports.queries import Queries, Viewer
from handlers.words.silences import CONFIRMED, confirmed_line, leading_matchers, read_matchers
from handlers.words.times import duration, moment


async def silence(line: Line, silences: Silences, queries: Queries, clock: Clock) -> Card:
    """A line without `--yes`, and a form that could not show it, first say what would be hit."""
    if line.words[:1] == ("end",):
        return await _end(line, silences)
    said = _said(line, clock)
    if not said.matchers and line.number is None:
        raise Invalid('Which alerts? Write for example silence service="api" 2h.')
    shown = line.answers is not None and not said.matchers
    if shown or CONFIRMED in line.flags:
        made = await _make(line, said, silences)
        return made_card(made, await _hit(made, line, queries, clock))
    wanted = await _look(line, said, silences)
    return asking_card(wanted, await _hit(wanted, line, queries, clock), said.confirmed)


@dataclass(frozen=True, slots=True)
class Said:
    """What was asked for, and the line that makes it without asking again."""

    matchers: list[Matcher]
    length: timedelta
    comment: str
    confirmed: str


async def _make(line: Line, said: Said, silences: Silences) -> Silence:
    if said.matchers:
        return await silences.add(line.ask, said.matchers, length=said.length, comment=said.comment)
    return await silences.of_incident(
        line.incident, line.ask, length=said.length, comment=said.comment
    )


async def _look(line: Line, said: Said, silences: Silences) -> Silence:
    if said.matchers:
        return silences.look(line.ask, said.matchers, length=said.length, comment=said.comment)
    return await silences.look_at_incident(
        line.incident, line.ask, length=said.length, comment=said.comment
    )


async def _hit(silence: Silence, line: Line, queries: Queries, clock: Clock) -> list[str]:
    """The titles of what it would have hit, as far as the asker may see them."""
    hit = await queries.would_hit(silence, clock.now() - LOOKS_BACK, Viewer(line.actor.id))
    return [alert.title for alert in hit]


async def _end(line: Line, silences: Silences) -> Card:
    id = read_incident_id(line.words[1], bare=True) if len(line.words) > 1 else None
    if id is None:
        raise Invalid("Which silence? Give me its number: silence end 7.")
    ended = await silences.end(id, line.ask)
    return Card(f"Silence {ended.id} is over. What still fires is looked at again.")


def _said(line: Line, clock: Clock) -> Said:
    if line.answers is not None:
        matchers = read_matchers(line.answer("matchers"))
        typed, comment = line.answer("length"), line.answer("comment")
        length = duration(typed) if typed else DEFAULT_LENGTH
        return Said(matchers, length, comment, confirmed_line(matchers, typed, comment))
    matchers, rest = leading_matchers(line.rest)
    length, comment = _how_long(rest, line.actor.zone, clock)
    whose = f"#{line.number} " if line.number is not None and not matchers else ""
    return Said(matchers, length, comment, f"silence {whose}{line.rest} --{CONFIRMED}")


def _how_long(text: str, zone: str, clock: Clock) -> tuple[timedelta, str]:
    """`2h`, `until 9:00` or nothing, and the words after it."""
    first, rest = split_first(text)
    if first.lower() == "until" and rest:
        now: datetime = clock.wall()
        when, rest = split_first(rest)
        return moment(when, zone, now, Direction.FUTURE, "until") - now, unquote(rest)
    if is_duration(first):
        return duration(first), unquote(rest)
    return DEFAULT_LENGTH, unquote(text)


async def form(line: Line, silences: Silences, queries: Queries, clock: Clock) -> Form:
    """Of an incident it shows what would be hit; of conditions nobody has written yet it cannot."""
    fields = [
        Field(
            "length",
            "For how long",
            FieldKind.DURATION,
            value=say_duration(DEFAULT_LENGTH),
            hint="At most 7d; more than 4h needs the right commander.",
        ),
        Field("comment", "Why"),
    ]
    if line.number is None:
        matchers = Field(
            "matchers",
            "Which alerts",
            required=True,
            hint='Conditions on labels, for example service="api" severity=~"warning|info".',
        )
        fields = [matchers, *fields]
        return Form("Silence alerts", "silence", tuple(fields), submit="Show what it would hide")
    wanted = await silences.look_at_incident(line.number, line.ask)
    hit = await _hit(wanted, line, queries, clock)
    note = (
        "Hides new alerts of this incident's group; the incident itself stays open. "
        f"{would_have_hit(len(hit))}."
    )
    return Form(
        f"Silence the alerts of #{line.number}",
        f"silence #{line.number}",
        tuple(fields),
        submit="Silence",
        note=note,
    )


command = Command(
    verb="silence",
    usage='silence [#id] [service="api"] [2h | until 9:00] [why] [--yes] | silence end 7',
    help="Hide alerts for a while; in a room exactly its group. It first shows what it would hit.",
    aliases=("mute",),
    takes=Takes.OPTIONAL,
    free_text=True,
    flags={CONFIRMED: False},
    handler=silence,
    form=form,
)
