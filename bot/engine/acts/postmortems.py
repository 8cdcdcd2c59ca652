"""The postmortem of an incident: drafted, edited section by section, reviewed, published."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from bot.cards.names import person_name
from bot.domain.entry import Entry, EntryType
from bot.domain.errors import Conflict, Invalid, NotFound
from bot.domain.incident import Incident, rfc3339
from bot.domain.lifecycle import Action, State
from bot.domain.policy.severity import Postmortem as Asked
from bot.domain.postmortem import (
    HEAD,
    PARTS,
    Head,
    Postmortem,
    Published,
    Section,
    Status,
    Values,
    postmortem_of,
    section_field,
)
from bot.domain.postmortem_timeline import read_timeline
from bot.domain.rights import EDIT_POSTMORTEM, PUBLISH_POSTMORTEM
from bot.engine.acts.base import Acting, Ask, Done, check_fresh, check_text
from bot.engine.authorise import authorise
from bot.engine.postmortem.document import document_of
from bot.engine.postmortem.drafting import redraft
from bot.engine.postmortem.stale import StaleSection
from bot.ports.failpoint import failpoint
from bot.ports.store import Lane, Unit

Act = Callable[[Unit, Incident], Awaitable[Done]]


class PostmortemActs(Acting):
    """Every change is an entry; a section that somebody saved since is never overwritten."""

    async def draft_postmortem(self, number: int, ask: Ask) -> Done:
        """Drafts it, or drafts it anew: what a person has touched only gets proposals."""

        async def do(unit: Unit, incident: Incident) -> Done:
            entry = await redraft(unit, incident, ask.actor, self.rules.policies)
            return Done(incident, entry, changed=entry is not None)

        return await self._write_up(number, ask, EDIT_POSTMORTEM, do)

    async def save_section(
        self,
        number: int,
        name: str,
        values: Values,
        ask: Ask,
        *,
        version: int | None = None,
        document: int | None = None,
    ) -> Done:
        """The answers given become so; questions not named stay.

        `version` is that of the section the asker looked at, `document` that of the whole; None for
        whichever.

        Raises:
            StaleSection: somebody has saved it since; it holds both texts.
            Invalid: there is no such section or question, or an answer cannot be read.
        """
        values = checked(name, values)

        async def do(unit: Unit, incident: Incident) -> Done:
            known = found(incident)
            if document is not None and document != known.head.version:
                raise StaleSection.of_document(known.head.version, document)
            section = known.sections[name]
            wanted = {**section.values, **values}
            if version is not None and version != section.version:
                who = person_name(self.rules.policies.people, section.by)
                raise StaleSection(PARTS[name], section, wanted, who)
            if wanted == section.values:
                return Done(incident, changed=False)
            saved = replace(section, values=wanted, drafted=section.drafted or section.values)
            return self._keep_section(unit, incident, ask, name, saved)

        return await self._write_up(number, ask, EDIT_POSTMORTEM, do)

    async def settle_proposal(self, number: int, name: str, ask: Ask, *, take: bool) -> Done:
        """Takes what a later draft proposes for a section, or keeps what stands there."""
        if name not in PARTS:
            raise no_section(name)

        async def do(unit: Unit, incident: Incident) -> Done:
            section = found(incident).sections[name]
            if not section.proposed:
                raise Invalid(f"Nothing is proposed for {PARTS[name].title.lower()}.")
            kept = replace(
                section,
                values={**section.values, **section.proposed} if take else section.values,
                drafted={**section.drafted, **section.proposed},
                proposed={},
            )
            return self._keep_section(unit, incident, ask, name, kept)

        return await self._write_up(number, ask, EDIT_POSTMORTEM, do)

    def _keep_section(
        self, unit: Unit, incident: Incident, ask: Ask, name: str, section: Section
    ) -> Done:
        """One section in a new version; what was published is a draft again."""
        known = found(incident)
        saved = replace(
            section, version=section.version + 1, by=ask.actor.id, saved_at=rfc3339(unit.now)
        )
        status = Status.DRAFT if known.head.status is Status.PUBLISHED else known.head.status
        head = replace(known.head, status=status, version=known.head.version + 1)
        entry = unit.ledger.enter(
            incident,
            EntryType.POSTMORTEM_EDITED,
            ask.actor,
            set={section_field(name): saved.kept(), HEAD: head.kept()},
            metadata={"section": name},
        )
        return Done(incident, entry)

    async def review_postmortem(self, number: int, ask: Ask, *, done: bool = False) -> Done:
        """Asks for a review; `done`: the asker has read it, and stands by it with their name."""

        async def do(unit: Unit, incident: Incident) -> Done:
            head = found(incident).head
            if head.status is Status.PUBLISHED:
                raise Conflict(f"The postmortem of #{number} is published already.")
            readers = tuple(dict.fromkeys([*head.reviewed_by, ask.actor.id]))
            wanted = replace(
                head, status=Status.REVIEW, reviewed_by=readers if done else head.reviewed_by
            )
            if wanted == head:
                return Done(incident, changed=False)
            wanted = replace(wanted, version=head.version + 1)
            entry = self._head(unit, incident, ask, EntryType.POSTMORTEM_REVIEW, wanted, done=done)
            return Done(incident, entry)

        return await self._write_up(number, ask, EDIT_POSTMORTEM, do)

    async def publish_postmortem(
        self, number: int, ask: Ask, *, version: int | None = None, anyway: bool = False
    ) -> Done:
        """Freezes a version, tells everybody concerned, and closes where the policy asks for it.

        `version` is that of the document the asker read. `anyway`: with questions left open.

        Raises:
            Conflict: something that is needed is not written, or nothing has changed since.
            Stale: it has changed since it was read.
        """

        async def do(unit: Unit, incident: Incident) -> Done:
            known = found(incident)
            if version is not None and version != known.head.version:
                raise StaleSection.of_document(known.head.version, version)
            if known.head.status is Status.PUBLISHED:
                raise Conflict(f"The postmortem of #{number} is published as it stands.")
            if incident.open:
                raise Conflict(f"#{number} is not over yet; resolve it first.")
            if not anyway:
                _check_finished(known)
            entry = self._publish(unit, incident, known, ask)
            self._tell(unit, incident, ask)
            required = self.rules.policies.severities[incident.severity].postmortem
            if required is Asked.REQUIRED and incident.status is State.RESOLVED:
                self.life.act(
                    unit.ledger,
                    incident,
                    Action.CLOSE,
                    ask.actor,
                    text="Its postmortem is published.",
                )
            return Done(incident, entry)

        return await self._write_up(number, ask, PUBLISH_POSTMORTEM, do)

    def _publish(self, unit: Unit, incident: Incident, known: Postmortem, ask: Ask) -> Entry:
        count = known.head.published.version + 1 if known.head.published else 1
        published = Published(
            version=count, seq=incident.version + 1, at=rfc3339(unit.now), by=ask.actor.id
        )
        head = replace(
            known.head,
            status=Status.PUBLISHED,
            version=known.head.version + 1,
            published=published,
        )
        frozen = document_of(incident, Postmortem(head, known.sections), self.rules.policies)
        return self._head(
            unit,
            incident,
            ask,
            EntryType.POSTMORTEM_PUBLISHED,
            head,
            document=frozen.as_json(),
            published=count,
        )

    def _head(
        self,
        unit: Unit,
        incident: Incident,
        ask: Ask,
        type: EntryType,
        head: Head,
        **metadata: object,
    ) -> Entry:
        return unit.ledger.enter(
            incident, type, ask.actor, set={HEAD: head.kept()}, metadata=metadata
        )

    def _tell(self, unit: Unit, incident: Incident, ask: Ask) -> None:
        """Whoever had a part in it, and the team's manager: quietly, by message and e-mail."""
        team = self.rules.policies.teams.get(incident.team or "")
        people = [
            *incident.responders,
            *incident.roles.values(),
            *filter(None, (incident.assigned_to, incident.declared_by)),
            *filter(None, (team.manager if team else None,)),
        ]
        known = [p for p in dict.fromkeys(people) if p in self.rules.policies.people]
        seen = [p for p in known if incident.visible_to(p) and p != ask.actor.id]
        step = f"postmortem-{incident.version}"
        self.life.tell_quietly(unit.ledger, incident, seen, step, "postmortem")

    async def _write_up(self, number: int, ask: Ask, verb: str, do: Act) -> Done:
        """One act, which may read the record; not for your eyes is the same as not there."""

        async def whole(unit: Unit) -> Done:
            incident = await self._seen(unit, number, ask)
            authorise(ask.actor, verb, incident)
            await check_fresh(unit, incident, ask)
            return await do(unit, incident)

        done = await self.work(whole, lane=Lane.COMMANDS, call=ask.call)
        await failpoint("incidents.after_act")
        return done


def _check_finished(known: Postmortem) -> None:
    """Raises Conflict: something is missing, or would leak."""
    said = []
    if known.missing:
        said.append(f"Still to be written: {', '.join(known.missing)}.")
    if known.leaking:
        said.append(f"What looks like a secret stands in: {', '.join(known.leaking)}.")
    if said:
        raise Conflict(" ".join(said))


def found(incident: Incident) -> Postmortem:
    """Raises NotFound: nothing was drafted yet."""
    known = postmortem_of(incident)
    if known is None:
        raise NotFound(f"#{incident.number} has no postmortem yet; `postmortem draft` makes one.")
    return known


def no_section(name: str) -> Invalid:
    return Invalid(
        f"There is no section {name[:40]!r}. Sections: {', '.join(PARTS)}.", field="section"
    )


def checked(name: str, values: Values) -> Mapping[str, str]:
    """The answers as they are kept.

    Raises:
        Invalid: the section or a question is unknown, or an answer too long or unreadable.
    """
    if name not in PARTS:
        raise no_section(name)
    questions = {question.name: question for question in PARTS[name].questions}
    kept: dict[str, str] = {}
    for field, said in values.items():
        if field not in questions:
            raise Invalid(f"{name} has no {field[:40]!r}: {', '.join(questions)}.", field=field)
        question = questions[field]
        text = "\n".join(line.rstrip() for line in said.splitlines()).strip()
        try:
            kept[field] = check_text(question.label.lower(), text, question.limit)
        except Invalid as wrong:
            raise Invalid(str(wrong), field=field) from None
    if name == "timeline" and "lines" in kept:
        kept["lines"] = "\n".join(map(str, read_timeline(kept["lines"])))
    return kept
