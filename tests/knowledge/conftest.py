"""A library with a few documents in it, over a real database of either kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

import pytest

from bot.domain.entry import EntryType
from bot.domain.incident import Incident, Outcome, Visibility, blank
from bot.domain.lifecycle import State
from bot.domain.people import Actor
from bot.engine.knowledge.answering import Answer
from bot.engine.knowledge.asking import Asked, Knowledge
from bot.engine.knowledge.indexing import Indexing
from bot.ports.knowledge import Document
from bot.ports.queries import MUSTER, Viewer
from bot.ports.store import Lane, Unit
from storage.library.library import SqlLibrary
from storage.queries import SqlQueries
from storage.store import SqlStore
from tests.fakes.clock import FakeClock

ANN = Actor(id="ann", name="Ann")
BEN = Viewer("ben")

POOL = """# Checkout down: connection pool exhausted

## What happened

The checkout service ran out of PostgreSQL connections after the 14:00 deploy. Every worker
opened a pool of its own, and the database refused new clients.

## Resolution

We lowered the pool size to 5 and restarted the workers. Errors stopped within two minutes.
"""
CERT = """# TLS certificate of the load balancer expired

## Meaning

The certificate on the front load balancer has expired and browsers refuse the site.

## Mitigation

Renew the certificate with certbot and reload HAProxy.
"""
DISK = """# Disk full on build runners

Old container images filled the disk of the build runners.

## Resolution

We pruned the images every night from a cron job.
"""


def shelf() -> Sequence[Document]:
    day = datetime(2025, 3, 4, tzinfo=UTC)
    return (
        Document(
            id="pm-pool",
            kind="incident",
            title="Checkout down: connection pool exhausted",
            text=POOL,
            url="https://wiki.example/pool",
            date=day,
        ),
        Document(id="rb-cert", kind="runbook", title="TLS certificate expired", text=CERT),
        Document(id="pm-disk", kind="incident", title="Disk full on build runners", text=DISK),
        *(
            Document(
                id=f"rb-{n}", kind="runbook", title=f"How to {what}", text=f"# {what}\n\n{how}"
            )
            for n, (what, how) in enumerate(
                (
                    ("drain a node", "Cordon the node first, then evict its pods one by one."),
                    ("rotate the queue", "Stop the consumers before the broker is restarted."),
                    ("restore a backup", "Take the newest snapshot and restore it to a new host."),
                )
            )
        ),
    )


@dataclass
class Shelf:
    store: SqlStore
    clock: FakeClock

    def __post_init__(self) -> None:
        self.library = SqlLibrary(self.store)
        self.queries = SqlQueries(self.store.database, self.clock)
        numbers = count(1)
        self.knowledge = Knowledge(self.library, self.clock, lambda: f"a{next(numbers)}")
        self.indexing = Indexing(self.library, self.queries)

    async def fill(self) -> None:
        await self.library.put(shelf())

    async def ask(
        self,
        question: str,
        viewer: Viewer = BEN,
        thread: str = "",
        incident: Incident | None = None,
    ) -> Answer:
        return await self.knowledge.ask(
            Asked(
                question=question,
                actor=viewer.person or "nobody",
                viewer=viewer,
                thread=thread,
                incident=incident,
            )
        )

    async def opens(self, title: str, **fields: object) -> int:
        async def do(unit: Unit) -> int:
            (number,) = await unit.new_numbers(1)
            incident = blank(number, unit.now)
            unit.ledger.created[number] = incident
            values = {"title": title, "opened_at": unit.now, **fields}
            unit.ledger.enter(incident, EntryType.INCIDENT_CREATED, ANN, set=values)
            return number

        return await self.store.transact(do, lane=Lane.COMMANDS)

    async def enters(self, number: int, type: EntryType, text: str = "", **fields: object) -> None:
        async def do(unit: Unit) -> None:
            incident = await unit.incident(number)
            unit.ledger.enter(incident, type, ANN, text=text, set=fields)

        await self.store.transact(do, lane=Lane.COMMANDS)

    async def resolves(self, number: int, how: str) -> None:
        await self.enters(
            number,
            EntryType.RESOLVED,
            how,
            status=State.RESOLVED,
            outcome=Outcome.FIXED,
            resolution=how,
        )

    async def hides(self, number: int) -> None:
        await self.enters(
            number, EntryType.INCIDENT_UPDATED, visibility=Visibility.PRIVATE, members=["ann"]
        )

    async def incident(self, number: int) -> Incident:
        found = await self.queries.incident(number, MUSTER)
        assert found is not None
        return found


@pytest.fixture
async def records(store: SqlStore, clock: FakeClock) -> Shelf:
    """On SQLite and on PostgreSQL, with the shelf filled."""
    made = Shelf(store, clock)
    await made.fill()
    return made


@pytest.fixture
def bare(store: SqlStore, clock: FakeClock) -> Shelf:
    return Shelf(store, clock)
