"""What is said of postmortems and follow-ups, put together when it is sent."""

from bot.cards.followups import digest_card
from bot.cards.postmortem import drafted_card, published_card
from bot.domain.card import Card
from bot.domain.entry import Entry, EntryType
from bot.domain.incident import Incident
from bot.domain.postmortem import postmortem_of
from bot.domain.postmortem_document import document_from
from bot.domain.task import TaskState
from bot.engine.postmortem.digest import managed_by
from bot.engine.postmortem.document import document_of
from bot.engine.rules import Rules
from bot.ports.channel import Job
from bot.ports.queries import MUSTER, Queries, Viewer
from bot.ports.store import Claimed


class Afterwards:
    """`public_url` is where links to the web room begin."""

    def __init__(self, rules: Rules, queries: Queries, public_url: str) -> None:
        self.rules, self.queries, self.public_url = rules, queries, public_url

    async def reminder(self, claimed: Claimed) -> Job | None:
        """What is promised as of now, as far as it exists for this person; None for nothing."""
        effect, policies = claimed.effects[0], self.rules.policies
        to = str(effect.payload["to"])
        id = to.removeprefix("person:")
        viewer, teams = Viewer(id), managed_by(policies, id)
        mine = await self.queries.followups(viewer, owner=id, state=TaskState.OPEN)
        theirs = await self.queries.followups(viewer, teams=teams, state=TaskState.OPEN)
        today = str(effect.payload["today"])
        card = digest_card(mine, theirs if teams else (), policies.people, today=today)
        if card is None:
            return None
        return Job(
            key=effect.key,
            kind=effect.kind,
            to=to,
            person=policies.people.get(id),
            person_id=id,
            card=card,
            line=card.title,
            payload=effect.payload,
            tries=claimed.tries,
        )

    def of_entry(self, incident: Incident, entry: Entry) -> Card | None:
        """What a draft or a publication says of itself; None for every other entry."""
        if kept := entry.metadata.get("document"):
            return published_card(document_from(kept), url=self._url(incident))
        known = postmortem_of(incident)
        if entry.type is not EntryType.POSTMORTEM_DRAFTED or known is None:
            return None
        document = document_of(incident, known, self.rules.policies)
        return drafted_card(document, entry, url=self._url(incident))

    async def published(self, incident: Incident) -> Card | None:
        document = await self.queries.published_postmortem(incident.number, MUSTER)
        return published_card(document, url=self._url(incident)) if document else None

    def _url(self, incident: Incident) -> str:
        return f"{self.public_url}/incidents/{incident.number}/postmortem"
