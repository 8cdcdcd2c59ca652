"""postmortem: read it, edit it section by section, have it reviewed, publish it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from bot.cards.analysis import suggestion_elements
from bot.cards.postmortem import no_postmortem_card, postmortem_card
from bot.chat.call import Reply
from bot.chat.command import Command, Takes
from bot.chat.grammar import split_first, unquote
from bot.chat.line import Line
from bot.domain.card import Button, Buttons, Card
from bot.domain.errors import Invalid, NotFound
from bot.domain.form import Form
from bot.domain.incident import Incident
from bot.domain.lifecycle import State
from bot.domain.postmortem import PARTS, postmortem_of
from bot.domain.rights import EDIT_POSTMORTEM
from bot.engine.acts.base import Done
from bot.engine.acts.postmortems import found, no_section
from bot.engine.authorise import authorise
from bot.engine.incidents import Incidents
from bot.engine.postmortem.document import document_of
from bot.engine.postmortem.stale import StaleSection
from bot.engine.postmortem.wording import Wording
from bot.engine.rules import Rules
from bot.ports.queries import Queries, Viewer
from handlers.words.postmortem import answers_of, section_form, stale_form
from handlers.words.replies import done_card

EDIT: Final = "edit"
WRITTEN: Final = "postmortem"
"""The kind of analysis whose suggestions are things to do afterwards."""


async def postmortem(
    line: Line,
    incidents: Incidents,
    queries: Queries,
    rules: Rules,
    wording: Wording,
) -> Card | Reply:
    what, rest = split_first(line.rest)
    if not what:
        incident = await _incident(line, queries)
        card = _card(incident, rules)
        found = await wording.analysing.kept.of(incident, line.actor)
        steps = [s for one in found if one.analysis.kind == WRITTEN for s in one.suggestions]
        return replace(card, body=(*card.body, *suggestion_elements(steps)))
    if what.lower() == EDIT:
        return await _edit(line, rest, incidents, queries, rules)
    if (does := DOES.get(what.lower())) is None:
        raise Invalid(f"The postmortem knows no {what[:40]!r}. Known: {', '.join((EDIT, *DOES))}.")
    done = await does(line, rest.strip(), incidents)
    if does is _draft and not done.changed:
        wording.want(line.incident, line.actor)  # a new draft is worded by itself
    return _done(done, what.lower(), rules)


def _card(incident: Incident, rules: Rules) -> Card:
    known = postmortem_of(incident)
    if known is None:
        return no_postmortem_card(incident.number)
    return postmortem_card(document_of(incident, known, rules.policies), known)


async def _incident(line: Line, queries: Queries) -> Incident:
    incident = await queries.incident(line.incident, Viewer(line.actor.id))
    if incident is None:
        raise NotFound(f"There is no incident #{line.incident}.")
    return incident


async def _edit(
    line: Line, rest: str, incidents: Incidents, queries: Queries, rules: Rules
) -> Card | Reply:
    """Opens the form of a section; or saves one, and shows both texts where it came too late."""
    name = _section(rest)
    if line.answers is None:
        shown = await form(line, queries, rules)
        return Reply(form=shown, incident=line.incident)
    try:
        done = await incidents.save_section(
            line.incident, name, answers_of(name, line.answers), line.ask, version=_version(line)
        )
    except StaleSection as stale:
        again, wrong = stale_form(line.incident, PARTS[name], stale)
        return Reply(form=again, wrong=wrong, incident=line.incident, ok=False, status=stale.status)
    title = PARTS[name].title
    said = "is saved" if done.changed else "stands so already"
    return done_card(done, f"{title} of the postmortem of #{line.incident} {said}.")


def _section(said: str) -> str:
    name = said.strip().lower().replace(" ", "_").replace("-", "_")
    if name not in PARTS:
        raise no_section(name)
    return name


def _version(line: Line) -> int | None:
    said = line.flags.get("version")
    if said is None:
        return None
    if not said.isdigit() or len(said) > 9:
        raise Invalid("--version is a number.")
    return int(said)


Does = Callable[[Line, str, Incidents], Awaitable[Done]]


async def _draft(line: Line, rest: str, incidents: Incidents) -> Done:
    return await incidents.draft_postmortem(line.incident, line.ask)


async def _set(line: Line, rest: str, incidents: Incidents) -> Done:
    """`set root_cause.description The cache was full.`"""
    place, text = split_first(rest)
    name, _, question = place.partition(".")
    part = PARTS[_section(name)]
    values = {question or part.questions[0].name: unquote(text)}
    return await incidents.save_section(
        line.incident, part.name, values, line.ask, version=_version(line)
    )


async def _accept(line: Line, rest: str, incidents: Incidents) -> Done:
    return await incidents.settle_proposal(line.incident, _section(rest), line.ask, take=True)


async def _dismiss(line: Line, rest: str, incidents: Incidents) -> Done:
    return await incidents.settle_proposal(line.incident, _section(rest), line.ask, take=False)


async def _review(line: Line, rest: str, incidents: Incidents) -> Done:
    return await incidents.review_postmortem(line.incident, line.ask)


async def _reviewed(line: Line, rest: str, incidents: Incidents) -> Done:
    return await incidents.review_postmortem(line.incident, line.ask, done=True)


async def _publish(line: Line, rest: str, incidents: Incidents) -> Done:
    return await incidents.publish_postmortem(
        line.incident, line.ask, version=_version(line), anyway="anyway" in line.flags
    )


DOES: Final[dict[str, Does]] = {
    "draft": _draft,
    "set": _set,
    "accept": _accept,
    "dismiss": _dismiss,
    "review": _review,
    "reviewed": _reviewed,
    "publish": _publish,
}

SAID: Final = {
    "draft": "is drafted",
    "set": "is saved",
    "accept": "takes what was proposed",
    "dismiss": "stays as it is",
    "review": "waits for a review",
    "reviewed": "has your review",
    "publish": "is published",
}


def _done(done: Done, what: str, rules: Rules) -> Card:
    number, already = done.incident.number, "" if done.changed else " already"
    title = f"The postmortem of #{number} {SAID[what]}{already}."
    if what == "draft":
        shown = _card(done.incident, rules)
        return Card(title, shown.body)
    closed = what == "publish" and done.incident.status is State.CLOSED
    tail = " The incident is closed with it." if closed else ""
    return Card(f"{title}{tail}", (Buttons((Button("Show it", f"postmortem #{number}"),)),))


async def form(line: Line, queries: Queries, rules: Rules) -> Form | None:
    """The form of a section; None where no section is to be edited."""
    what, rest = split_first(line.rest)
    if what.lower() != EDIT:
        return None
    name = _section(rest)
    incident = await _incident(line, queries)
    authorise(line.actor, EDIT_POSTMORTEM, incident)
    return section_form(
        incident.number, PARTS[name], found(incident).sections[name], rules.policies.people
    )


command = Command(
    verb="postmortem",
    usage=(
        "postmortem [#id] | draft | edit section | set section.question text | accept section"
        " | dismiss section | review | reviewed | publish [--anyway]"
    ),
    help="Read the postmortem, draft it, edit a section (commander, lead), publish it (manager).",
    aliases=("pm",),
    takes=Takes.INCIDENT,
    picks=(State.RESOLVED, State.CLOSED),
    free_text=True,
    flags={"version": True, "anyway": False},
    handler=postmortem,
    form=form,
    opens=(EDIT,),
)
