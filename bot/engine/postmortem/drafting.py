"""Drafting into an incident: new text where nobody was, proposals where somebody has been."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.domain.entry import Entry, EntryType
from bot.domain.incident import Incident, rfc3339
from bot.domain.people import Actor
from bot.domain.policy import Policies
from bot.domain.postmortem import (
    HEAD,
    PARTS,
    Head,
    Section,
    Status,
    Values,
    postmortem_of,
    section_field,
)
from bot.engine.postmortem.draft import draft
from bot.ports.store import Unit
from bot.ports.writer import Material, Writer

WRITER: Final[Writer] = draft
"""Who words it, where nobody says otherwise."""


async def redraft(
    unit: Unit, incident: Incident, actor: Actor, policies: Policies, write: Writer = WRITER
) -> Entry | None:
    """The entry of the draft; None where everything stands so already."""
    material = Material(
        incident=incident,
        entries=await unit.entries(incident.number),
        alerts=await unit.alerts_of(incident.number),
        policies=policies,
    )
    return propose(unit, incident, actor, write(material))


def propose(
    unit: Unit,
    incident: Incident,
    actor: Actor,
    written: Mapping[str, Values],
    *,
    worded: bool = False,
) -> Entry | None:
    """Puts these words into the postmortem, whoever wrote them: the one door for every writer.

    `worded`: a model wrote them, so they are proposed and nowhere taken by themselves.
    """
    known = postmortem_of(incident)
    sections = known.sections if known else {}
    now = rfc3339(unit.now)
    if worded and known is None:
        return None
    out = worded or (known is not None and known.head.status is Status.PUBLISHED)
    changed = {
        section_field(name): section.kept()
        for name in PARTS
        if name in written
        and (section := renewed(sections.get(name), written[name], now, keep=out))
        is not sections.get(name)
    }
    if not changed:
        return None
    fresh = Head(created_by=actor.id, created_at=now)
    head = replace(known.head, version=known.head.version + 1) if known else fresh
    proposals = [n for n in PARTS if changed.get(section_field(n), {}).get("proposed")]
    return unit.ledger.enter(
        incident,
        EntryType.POSTMORTEM_DRAFTED,
        actor,
        set={**changed, HEAD: head.kept()},
        metadata={
            "again": known is not None,
            "proposals": proposals,
            **({"worded": True} if worded else {}),
        },
    )


def renewed(section: Section | None, fresh: Values, now: str, *, keep: bool) -> Section:
    """The section with what a new draft says; the same object where that is nothing new.

    `keep`: it was published, or a model wrote it, so nothing in it changes by itself.
    """
    if section is None:
        return Section(values=fresh, saved_at=now)
    if section.by is None and not keep:
        if dict(section.values) == dict(fresh):
            return section
        return replace(section, values=fresh, version=section.version + 1, saved_at=now)
    drafted = section.drafted or (section.values if section.by is None else {})
    proposed = {
        name: said
        for name, said in fresh.items()
        if said and said != drafted.get(name, "") and said != section.values.get(name, "")
    }
    if dict(section.proposed) == proposed:
        return section
    return replace(section, proposed=proposed, drafted=drafted)
