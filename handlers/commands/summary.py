"""summary: where it stands, for who comes late; and what a model makes of the record, if asked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.cards.analysis import analysis_card, legend
from bot.cards.summary import summary_card
from bot.chat.applying import Applying
from bot.chat.call import Reply
from bot.chat.command import Command, Takes
from bot.chat.grammar import quote
from bot.chat.line import Line
from bot.chat.router import Router
from bot.domain.card import Button, Buttons, Card, Element, Foreign, Text, say
from bot.domain.entry import Entry
from bot.domain.errors import Invalid, NotFound
from bot.domain.incident import Incident
from bot.domain.rights import ANALYSE
from bot.engine.analysis.analysing import Analysing
from bot.engine.analysis.consulting import Costly, NoModel
from bot.engine.analysis.kinds import Finding, Kind, Wanted, sentences_of
from bot.engine.analysis.shapes import is_verified
from bot.engine.authorise import authorise
from bot.engine.rules import Rules
from bot.ports.clock import Clock
from bot.ports.queries import Queries, Viewer
from handlers.words.times import duration

ABOUT: Final = {
    "cause": Kind.ROOT_CAUSE,
    "impact": Kind.IMPACT_ASSESSMENT,
    "help": Kind.RESOLUTION_SUGGESTION,
    "sort": Kind.CATEGORIZATION,
    "similar": Kind.SIMILARITY,
    "trends": Kind.SERVICE_TRENDS,
    "update": Kind.STATUS_UPDATE,
}
"""What may be asked for, and which kind of analysis that is."""

SECONDS: Final = 12.0
"""That somebody who wants to catch up waits for a model."""

OFFERED: Final = (("Cause?", "cause"), ("Impact?", "impact"), ("What may help?", "help"))


async def summary(
    line: Line,
    queries: Queries,
    rules: Rules,
    applying: Applying,
    router: Router,
) -> Card | Reply:
    analysing = applying.analysing
    if "apply" in line.flags:
        instead = line.flags.get("instead", "")
        return await applying(line.flags["apply"], line.call, router, instead=instead)
    if "reject" in line.flags or "rate" in line.flags:
        return await _decided(line, analysing)
    viewer = Viewer(line.actor.id)
    incident = await queries.incident(line.incident, viewer)
    if incident is None:
        raise NotFound(f"There is no incident #{line.incident}.")
    if "about" in line.flags:
        return await _about(line, incident, analysing)
    entries = await queries.entries(line.incident, viewer)
    alerts = await queries.alerts_of(line.incident, viewer)
    card = summary_card(incident, entries, alerts, rules.policies)
    if not analysing.ready:
        return card
    since = _since(line, entries, analysing.consulting.clock)
    wanted = Wanted(incident=incident, actor=line.actor, since=since, seconds=SECONDS)
    told = await _told(wanted, analysing)
    offers = tuple(Button(name, f"summary #{incident.number} --about {w}") for name, w in OFFERED)
    return Card(card.title, (*told, *card.body, Buttons(offers)))


async def _told(wanted: Wanted, analysing: Analysing) -> Sequence[Element]:
    """What happened, in a model's sentences; nothing where it does not help."""
    try:
        finding = await analysing.run(Kind.SUMMARY, wanted)
    except (NoModel, Costly):
        return ()
    sentences = sentences_of(finding.analysis)
    said = [Foreign(one.text) for one in sentences]
    by = Text("*By a model, from the record below.*")
    return (*said, *legend(sentences), by) if said else ()


def _since(line: Line, entries: Sequence[Entry], clock: Clock) -> datetime | None:
    """When the asker left: as they say, or when they last did something here."""
    if said := line.flags.get("since"):
        return clock.now() - duration(said, "since")
    own = [entry.recorded_at for entry in entries if entry.actor_id == line.actor.id]
    return own[-1] if own else None


async def _about(line: Line, incident: Incident, analysing: Analysing) -> Card:
    authorise(line.actor, ANALYSE, incident)
    word = line.flags["about"].lower()
    kind = ABOUT.get(word) or next((one for one in Kind if one == word), None)
    if kind is None:
        raise Invalid(f"I can tell about {', '.join(ABOUT)}.", field="about")
    wanted = Wanted(incident=incident, actor=line.actor, yes="yes" in line.flags)
    try:
        finding = await analysing.run(kind, wanted)
    except Costly as costly:
        again = f"summary #{incident.number} --about {word} --yes"
        return say(f"This may cost up to {costly.estimate:.2f}.", Button("Ask the model", again))
    return finding_card(finding, incident.number)


def finding_card(finding: Finding, number: int) -> Card:
    analysis, buttons = finding.analysis, []
    if analysis.kind == Kind.STATUS_UPDATE and (draft := _update(finding)):
        buttons.append(Button("Send this update", f"update #{number} {draft}"))
    return analysis_card(
        analysis.kind,
        number,
        sentences_of(analysis),
        finding.suggestions,
        model=analysis.model,
        confidence=analysis.confidence,
        buttons=buttons,
    )


def _update(finding: Finding) -> str:
    """What the record says of the draft, as it would be typed; quoted, so that no word is a flag.

    What is not verified is for somebody to read and to write themselves."""
    known, doing = (
        " ".join(one.text for one in sentences_of(finding.analysis, name) if is_verified(one))
        for name in ("known", "doing")
    )
    if not known:
        return ""
    return f"{quote(known)} --doing {quote(doing)}" if doing else quote(known)


async def _decided(line: Line, analysing: Analysing) -> Card:
    id = line.flags.get("reject") or line.flags["rate"]
    suggestion = await analysing.kept.suggestion(id, line.actor)
    authorise(line.actor, ANALYSE, None)
    if "reject" in line.flags:
        why = line.flags.get("why", "")
        await analysing.kept.reject(suggestion.id, line.actor, why)
        return say("It is put away.")
    stars = line.flags.get("stars", "")
    if not stars.isdigit():
        raise Invalid("Rate it from 1 to 5, as in --stars 4.", field="stars")
    await analysing.kept.rate(suggestion.id, int(stars))
    return say("Thanks, that is kept.")


command = Command(
    verb="summary",
    usage="summary [#id] [--since 2h] [--about cause|impact|help|sort|similar|trends|update]",
    help="Catch up: state, people, last and next update, what happened; what a model makes of it.",
    aliases=("catchup",),
    takes=Takes.INCIDENT,
    flags={
        **dict.fromkeys(("about", "since", "apply", "instead", "reject", "why"), True),
        **dict.fromkeys(("rate", "stars"), True),
        "yes": False,
    },
    handler=summary,
)
