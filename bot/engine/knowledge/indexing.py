"""Incidents that ended are written down within seconds: woken by commits, and by the clock."""

import asyncio
from typing import Final

import structlog

from bot.domain.errors import Away
from bot.domain.ledger import Ledger
from bot.domain.lifecycle import OPEN
from bot.engine.knowledge.past import document_of, is_knowledge
from bot.ports.knowledge import Library
from bot.ports.queries import MUSTER, Queries

log = structlog.get_logger()

BATCH: Final = 50
LOOKS_EVERY: Final = 5.0
"""Seconds; for what another replica left, and what was due when this process died."""


class Indexing:
    def __init__(self, library: Library, queries: Queries) -> None:
        self.library, self.queries = library, queries
        self._wake = asyncio.Event()

    def told(self, ledger: Ledger) -> None:
        """Something was committed; an incident that is over may have to be indexed."""
        if any(i.status not in OPEN or i.round > 1 for i in ledger.touched.values()):
            self._wake.set()

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            try:
                async with asyncio.timeout(LOOKS_EVERY):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()
            try:
                await self.catch_up()
            except Away:
                continue
            except Exception:
                log.exception("indexing_failed")

    async def catch_up(self) -> int:
        """Indexes everything that is due, and says how many incidents that were."""
        done = 0
        while numbers := await self.library.due(BATCH):
            for number in numbers:
                await self.index(number)
            done += len(numbers)
            if len(numbers) < BATCH:
                break
        return done

    async def index(self, number: int) -> None:
        incident = await self.queries.incident(number, MUSTER)
        if incident is None:
            await self.library.settle(number, 0, None)
            return
        document = None
        if is_knowledge(incident):
            document = document_of(incident, await self.queries.entries(number, MUSTER))
        await self.library.settle(number, incident.version, document)
