"""When an incident opens: what it is like, what fixed that, and what open one it may be.

The entry names numbers of open incidents only, and counts past ones. What stands on the post is
read when it is posted, as `similar` does, so nobody is shown what was taken from them meanwhile.
It is a help and not a promise: in a storm, and after a crash, an incident may go without.
"""

import asyncio
from collections import deque
from dataclasses import replace
from datetime import timedelta
from typing import Final

import structlog

from bot.cards.analysis import suggestion_elements
from bot.cards.knowledge import past_card
from bot.domain.card import Card
from bot.domain.entry import EntryType
from bot.domain.incident import Incident, Visibility
from bot.domain.ledger import Ledger
from bot.domain.people import SYSTEM
from bot.engine.analysis.analysing import Analysing
from bot.engine.analysis.consulting import Costly, NoModel
from bot.engine.analysis.kinds import Kind, Wanted
from bot.engine.knowledge.asking import Knowledge
from bot.engine.similar import alike
from bot.engine.work import Work
from bot.ports.queries import MUSTER, Queries, Viewer
from bot.ports.store import Lane, Unit

log = structlog.get_logger()

WAITING: Final = 50
"""Incidents that wait to be looked at; in a storm the newest do."""

PAUSE: Final = 0.5
"""Seconds between two, so that a storm of alerts is not slowed down."""

SHOWN: Final = 3
SINCE: Final = timedelta(hours=2)
SECONDS: Final = 8.0
"""That a model may take; the others wait as long."""

ANYBODY: Final = Viewer()
"""A room has many readers: they are shown what is public."""


class Suggesting:
    """`analysing`: who else may suggest something; see bot.engine.analysis."""

    def __init__(
        self,
        knowledge: Knowledge,
        queries: Queries,
        work: Work,
        analysing: Analysing | None = None,
    ) -> None:
        self.knowledge, self.queries, self.work = knowledge, queries, work
        self.analysing = analysing
        self._waiting: deque[int] = deque(maxlen=WAITING)
        self._wake = asyncio.Event()

    def told(self, ledger: Ledger) -> None:
        """Something was committed; what was opened is looked at."""
        opened = [n for n, i in ledger.created.items() if not i.test and i.loudness != "quiet"]
        if opened:
            self._waiting.extend(sorted(opened))
            self._wake.set()

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                try:
                    await self.suggest(self._waiting.popleft())
                except Exception:
                    log.exception("not_suggested")
                await asyncio.sleep(PAUSE)

    async def suggest(self, number: int) -> bool:
        """Puts on the record what an incident is like; False where it is like nothing."""
        incident = await self.queries.incident(number, MUSTER)
        if incident is None or not incident.open:
            return False
        same = await self._open(incident)
        past = await self.knowledge.similar(incident, ANYBODY, limit=SHOWN)
        steps = await self._sorted(incident)
        if not same and not past and not steps:
            return False

        async def enter(unit: Unit) -> None:
            unit.ledger.enter(
                await unit.incident(number),
                EntryType.SIMILAR_FOUND,
                SYSTEM,
                metadata={"open": same, "past": len(past), "suggested": steps},
            )

        await self.work(enter, lane=Lane.INTAKE)
        return True

    async def _sorted(self, incident: Incident) -> int:
        """How many suggestions a model has for it; none is asked about what is private."""
        if self.analysing is None or not self.analysing.ready:
            return 0
        if incident.visibility is Visibility.PRIVATE:
            return 0
        try:
            wanted = Wanted(incident=incident, actor=SYSTEM, seconds=SECONDS)
            return len((await self.analysing.run(Kind.CATEGORIZATION, wanted)).suggestions)
        except (NoModel, Costly):
            return 0

    async def _open(self, incident: Incident) -> list[int]:
        """Numbers of open incidents that this one may be, for everybody's eyes."""
        if incident.visibility is Visibility.PRIVATE:
            return []
        recent = await self.queries.recent_open(ANYBODY, incident.opened_at - SINCE)
        others = [row for row in recent if row.number != incident.number and not row.test]
        return [row.number for row in alike(others, incident.title, None)][:SHOWN]

    async def card(self, incident: Incident) -> Card:
        """Past incidents like this one, and what is suggested, as of now."""
        found = await self.knowledge.similar(incident, ANYBODY, limit=SHOWN)
        card = past_card(incident.number, [(one.document, one.fix) for one in found])
        if self.analysing is None or incident.visibility is Visibility.PRIVATE:
            return card
        suggested = suggestion_elements(await self.analysing.kept.pending(incident, SYSTEM))
        title = card.title if found or not suggested else f"#{incident.number}"
        return replace(card, title=title, body=(*card.body, *suggested))
