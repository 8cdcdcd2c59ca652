"""From claimed effects to jobs: the incident is read and the card is made at the last moment."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from bot.cards.announcement import announcement_card
from bot.cards.catch_up import catch_up_card
from bot.cards.digest import digest_card
from bot.cards.incident import card_facts, incident_card
from bot.cards.markdown import bare
from bot.cards.page import Ways, page_card, page_line
from bot.cards.plain_text import one_line
from bot.cards.rooted import rooted
from bot.cards.timeline import sentence
from bot.domain.card import Card, Text
from bot.domain.effect import Effect, EffectKind
from bot.domain.entry import Entry, EntryType
from bot.domain.incident import Incident, Visibility
from bot.engine.digest import DIGEST
from bot.engine.job_facts import told_facts
from bot.engine.moves import ANNOUNCEMENT, channel_of
from bot.engine.noises import by_policy
from bot.engine.page_links import PageLinks
from bot.engine.postmortem.digest import DIGEST as REMINDER
from bot.engine.postmortem.jobs import Afterwards
from bot.engine.rooms import concerned
from bot.engine.rules import Rules
from bot.engine.speaks import Where, is_heard
from bot.ports.channel import Job
from bot.ports.queries import Queries, Viewer
from bot.ports.store import Claimed, Place

LISTED: Final = 30
"""Incidents that a digest names."""

EVERYTHING: Final = Viewer(everything=True)

WHY: Final = {
    "opened": "",
    "escalated": "It was escalated to you.",
    "cancelled": "Paging was cancelled; you need not do anything.",
    "sla_warning": "A deadline is near.",
    "sla_breached": "A deadline has passed.",
    "update_due": "A status update is due.",
    "postmortem": "Its postmortem is published.",
    "followup": "A follow-up of it was given to you.",
}
"""Why somebody is told quietly, in words."""


class Jobs:
    """`public_url` is where links to the web room begin. `one_way` names the channels over which
    nobody can answer: what is said there has `links` to answer by. `likeness` makes the card of
    past incidents like one, read as it is posted."""

    def __init__(
        self,
        rules: Rules,
        queries: Queries,
        public_url: str,
        *,
        links: PageLinks | None = None,
        one_way: Collection[str] = (),
        likeness: Callable[[Incident], Awaitable[Card]] | None = None,
    ) -> None:
        self.rules, self.queries, self.likeness = rules, queries, likeness
        self.links, self.one_way = links, one_way
        self.public_url = public_url.rstrip("/")
        self.afterwards = Afterwards(rules, queries, self.public_url)

    async def make(self, claimed: Claimed, places: Sequence[Place]) -> Job | None:
        """The job as of now; None where what it speaks of is gone, or not wanted where it would be
        said."""
        effect = claimed.effects[0]
        if effect.incident is None:
            return await self._of_none(claimed)
        incidents = await self._incidents(claimed.effects)
        if not incidents:
            return None
        if effect.kind in (EffectKind.PAGE, EffectKind.DIRECT_MESSAGE, EffectKind.NOTIFY):
            return await self._to_person(claimed, incidents)
        incident = incidents[0]
        if len(claimed.effects) > 1:
            return await self._held_up(claimed, incident, places)
        entry = await self._entry(incident, effect.payload)
        if entry is not None and not await self._heard(incident, effect, [entry], places):
            return None
        here = {p.slot: p.address for p in places if p.platform == effect.destination}
        return Job(
            key=effect.key,
            kind=effect.kind,
            to=str(effect.payload.get("to", "")),
            incident=incident.number,
            card=await self._card(incident, effect, entry, here),
            line=page_line(incident),
            payload=effect.payload,
            places=here,
            facts=told_facts(self.public_url, incident, entry),
            shows=self._delivered(incident) if entry is None else {},
            home=self._home(incident, effect.destination),
            tries=claimed.tries,
            wanted=tuple(concerned(incident)),
        )

    async def _of_none(self, claimed: Claimed) -> Job | None:
        """What is about no single incident."""
        effect = claimed.effects[0]
        if effect.payload.get("why") == REMINDER:
            return await self.afterwards.reminder(claimed)
        return await self._digest(effect, claimed.tries) if DIGEST in effect.payload else None

    async def _digest(self, effect: Effect, tries: int) -> Job:
        span = effect.payload[DIGEST]
        since, until = (datetime.fromisoformat(span[end]) for end in ("since", "until"))
        quiet = await self.queries.quiet_between(since, until)
        url, shown = f"{self.public_url}/incidents", quiet[:LISTED]
        card = digest_card(shown, until, more=len(quiet) - len(shown), url=url)
        return Job(key=effect.key, kind=effect.kind, card=card, line=card.title, tries=tries)

    async def _heard(
        self,
        incident: Incident,
        effect: Effect,
        entries: Sequence[Entry],
        places: Sequence[Place],
    ) -> list[Entry]:
        """Those of which the channel wants to hear."""
        channel = channel_of(places, effect.destination)
        elsewhere = effect.payload.get("where") == Where.ANNOUNCEMENTS
        if effect.kind is not EffectKind.POST or not channel or elsewhere:
            return list(entries)
        chosen = await self.queries.noise_at(effect.destination, channel)
        noise = chosen or by_policy(self.rules, incident)
        return [entry for entry in entries if is_heard(entry, noise)]

    async def _held_up(
        self, claimed: Claimed, incident: Incident, places: Sequence[Place]
    ) -> Job | None:
        """Several lines that could not be said when they were due, as one."""
        effect = claimed.effects[0]
        here = {p.slot: p.address for p in places if p.platform == effect.destination}
        found = [await self._entry(incident, one.payload) for one in claimed.effects]
        entries = [entry for entry in found if entry is not None]
        heard = await self._heard(incident, effect, entries, places)
        if not heard:
            return None
        card = catch_up_card(incident.number, heard, self.rules.policies.people)
        if incident.visibility is Visibility.PRIVATE and _is_public(effect, here):
            card = page_card([incident], self.rules.policies, loud=False)
        return Job(
            key=effect.key,
            kind=effect.kind,
            incident=incident.number,
            card=card,
            line=page_line(incident),
            payload={"where": "channel", "seqs": [one.payload["seq"] for one in claimed.effects]},
            places=here,
            facts=told_facts(self.public_url, incident, None),
            home=self._home(incident, effect.destination),
            tries=claimed.tries,
        )

    async def _to_person(self, claimed: Claimed, incidents: Sequence[Incident]) -> Job:
        effect = claimed.effects[0]
        loud = effect.kind is EffectKind.PAGE
        to = str(effect.payload.get("to", ""))
        person_id = to.removeprefix("person:") if to.startswith("person:") else ""
        card = page_card(
            incidents,
            self.rules.policies,
            loud=loud,
            why=_why(claimed.effects),
            more=claimed.more,
            ways=self._ways(effect, person_id, loud=loud),
        )
        alone = len(claimed.effects) == 1 and incidents[0].visibility is Visibility.PUBLIC
        if alone and effect.payload.get("why") == "postmortem":
            card = await self.afterwards.published(incidents[0]) or card
        return Job(
            key=effect.key,
            kind=effect.kind,
            to=to,
            person=self.rules.policies.people.get(person_id),
            person_id=person_id,
            incident=incidents[0].number,
            card=card,
            line=card.title if loud else one_line(card.title)[:60],
            loud=loud,
            payload=effect.payload,
            facts=told_facts(self.public_url, incidents[0], None),
            tries=claimed.tries,
        )

    def _ways(self, effect: Effect, person: str, *, loud: bool) -> Ways | None:
        """A page is answered by links where it cannot be answered otherwise."""
        links = self.links
        if links is None or effect.destination not in self.one_way:
            return None

        def ways(incident: Incident) -> list[tuple[str, str]]:
            room = ("Open", links.incident_url(incident.number))
            if not loud or not person:
                return [room]
            url = links.url(person, incident.number)
            return [("Acknowledge", url), ("Can't take it", f"{url}?do=pass"), room]

        return ways

    async def _incidents(self, effects: Sequence[Effect]) -> list[Incident]:
        """The incidents of the effects, most severe first, each once."""
        numbers = {e.incident for e in effects if e.incident is not None}
        found = await self.queries.incidents_numbered(numbers, EVERYTHING)
        return sorted(found, key=lambda i: (i.severity.rank, i.number))

    async def _entry(self, incident: Incident, payload: Mapping[str, Any]) -> Entry | None:
        seq = payload.get("seq")
        if seq is None:
            return None
        rows = await self.queries.entries(incident.number, EVERYTHING, after=int(seq) - 1, limit=1)
        return rows[0] if rows else None

    async def _card(
        self,
        incident: Incident,
        effect: Effect,
        entry: Entry | None,
        here: Mapping[str, Mapping[str, Any]],
    ) -> Card:
        """In full only where the incident's own people read it."""
        if incident.visibility is Visibility.PRIVATE and _is_public(effect, here):
            return page_card([incident], self.rules.policies, loud=False)
        if effect.payload.get("slot") == ANNOUNCEMENT:
            entries = await self.queries.entries(incident.number, EVERYTHING)
            url = f"{self.public_url}/incidents/{incident.number}"
            return announcement_card(incident, entries, self.rules.policies, url=url)
        if entry is not None and (about := self.afterwards.of_entry(incident, entry)):
            return about
        if entry is not None:
            line = sentence(entry, self.rules.policies.people)
            if entry.type is EntryType.SIMILAR_FOUND and self.likeness is not None:
                past = rooted(await self.likeness(incident), self.public_url)
                return replace(past, body=(Text(line), *past.body), fallback=bare(line))
            return Card(f"#{incident.number}", (Text(line),), fallback=bare(line))
        delivered = here.get("card", {})
        alerts = await self.queries.alerts_of(incident.number, EVERYTHING)
        return incident_card(
            incident,
            self.rules.policies,
            alerts,
            before=delivered.get("facts"),
            url=f"{self.public_url}/incidents/{incident.number}",
            offers_room=True,
        )

    def _home(self, incident: Incident, platform: str) -> str:
        team = self.rules.policies.teams.get(incident.team or "")
        return team.channel_on(platform) if team else ""

    def _delivered(self, incident: Incident) -> dict[str, Any]:
        """What is kept of a card that was delivered, to show the next change against."""
        return {
            "version": incident.version,
            "facts": card_facts(incident, self.rules.policies),
        }


def _why(effects: Sequence[Effect]) -> str:
    """Every reason once; with the number, where several incidents are told in one."""
    said = {
        (effect.incident, why): None
        for effect in effects
        if (why := WHY.get(str(effect.payload.get("why", "")), ""))
    }
    several = len({effect.incident for effect in effects}) > 1
    return " ".join(f"#{number}: {why}" if several else why for number, why in said)


def _is_public(effect: Effect, here: Mapping[str, Mapping[str, Any]]) -> bool:
    """A room of its own was not opened, or not yet: it would be said in the team's channel."""
    if effect.kind is EffectKind.WEBHOOK:
        return False
    said = effect.payload
    if said.get("slot") == ANNOUNCEMENT or said.get("where") == Where.ANNOUNCEMENTS:
        return True
    return not here.get("room") or bool(here["room"].get("digest"))
