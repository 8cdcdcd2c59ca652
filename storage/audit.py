"""Is the record still what was written? Every chain is walked, and what stands apart is compared.

What it finds is named; what it cannot prove is said in words (see `Audit.words`).
"""

import hmac
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.incident import rfc3339
from storage import tables as t
from storage.audit_chains import ENTRIES, Chain
from storage.audit_heads import missing_streams, unlike_checkpoints, unlike_rows
from storage.checkpoints import FIRST, Head, digest_of, sign
from storage.database import Database
from storage.findings import Finding
from storage.snapshot import rows_of, snapshot

NAMED: Final = 1_000
"""Findings that are named; the others are counted."""


@dataclass(slots=True)
class Audit:
    """What was looked at, and what is wrong with it."""

    findings: list[Finding] = field(default_factory=list)
    found: int = 0
    streams: int = 0
    entries: int = 0
    erased: int = 0
    checkpoints: int = 0
    covered_until: datetime | None = None
    uncovered: int = 0
    signature: str = ""

    @property
    def good(self) -> bool:
        return not self.found

    def add(self, finding: Finding) -> None:
        self.found += 1
        if len(self.findings) < NAMED:
            self.findings.append(finding)

    def words(self) -> list[str]:
        """What was proved and what cannot be, as sentences."""
        looked = ", ".join(
            (
                _counted(self.entries, "entry", "entries"),
                _counted(self.streams, "chain", "chains"),
                _counted(self.checkpoints, "checkpoint", "checkpoints"),
            )
        )
        said = [f"{looked}: {_counted(self.found, 'finding', 'findings')}."]
        if self.erased:
            said.append(
                f"Erased: {_counted(self.erased, 'body', 'bodies')}. What they said cannot be "
                "checked, only who entered something, when, and of which type."
            )
        return [*said, *self._unprovable()]

    def _unprovable(self) -> list[str]:
        if self.covered_until is None:
            return [
                "There is no checkpoint yet, so nobody can tell whether an incident is missing or "
                "the end of a chain was cut."
            ]
        after = _counted(self.uncovered, "entry", "entries")
        return [
            f"After the last checkpoint ({rfc3339(self.covered_until)}): {after}. Whether there "
            "were more cannot be proved.",
            "Whoever removed the newest checkpoints with all they cover left no trace here: "
            f"compare with a signature noted elsewhere. The last one is {self.signature}.",
        ]


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


async def verify(database: Database, key: bytes) -> Audit:
    """Checks the whole record as of one moment, in bounded memory.

    Raises:
        Overloaded: the database is away.
    """
    audit = Audit()
    async with snapshot(database) as connection:
        try:
            async for finding in _chains(connection, audit):
                audit.add(finding)
        except (TypeError, ValueError, OverflowError) as odd:
            what = f"it has a value of another kind than Muster writes ({odd}); the rest is unread"
            audit.add(Finding(f"the entry after {audit.entries}", what))
        for compare in (unlike_rows, missing_streams, unlike_checkpoints):
            async for finding in compare(connection):
                audit.add(finding)
        async for finding in _checkpoints(connection, audit, key):
            audit.add(finding)
        if audit.covered_until is not None:
            after = select(func.count()).where(t.entries.c.recorded_at > audit.covered_until)
            audit.uncovered = int((await connection.execute(after)).scalar_one())
    return audit


async def _chains(connection: AsyncConnection, audit: Audit) -> AsyncIterator[Finding]:
    chain = Chain("")
    async for row in rows_of(connection, ENTRIES):
        if row.stream != chain.stream:
            chain = Chain(row.stream)
            audit.streams += 1
        audit.entries += 1
        audit.erased += row.erased_at is not None
        for finding in chain.follow(row):
            yield finding


async def _checkpoints(
    connection: AsyncConnection, audit: Audit, key: bytes
) -> AsyncIterator[Finding]:
    """Each one's digest covers its heads and the one before it, and our key signed the digest."""
    previous = FIRST
    rows = await connection.execute(select(t.checkpoints).order_by(t.checkpoints.c.id))
    for row in rows.all():
        where = f"checkpoint {row.id}"
        heads = await _heads(connection, row.id)
        if digest_of(heads, row.covers_until, previous) != row.digest or len(heads) != row.streams:
            yield Finding(
                where,
                "it does not fit: what it covers, or the checkpoint before it, "
                "was changed or removed",
            )
        if not hmac.compare_digest(sign(key, row.digest), row.signature):
            yield Finding(where, "it was not signed with the key of MUSTER_SECRET_KEY")
        if audit.covered_until is not None and row.covers_until < audit.covered_until:
            yield Finding(where, "it is older than the checkpoint before it")
        previous = audit.signature = row.signature
        audit.covered_until = row.covers_until
        audit.checkpoints += 1


async def _heads(connection: AsyncConnection, checkpoint: int) -> list[Head]:
    binary = "BINARY" if connection.dialect.name == "sqlite" else "C"
    rows = await connection.execute(
        select(t.checkpoint_heads.c.stream, t.checkpoint_heads.c.count, t.checkpoint_heads.c.head)
        .where(t.checkpoint_heads.c.checkpoint == checkpoint)
        .order_by(t.checkpoint_heads.c.stream.collate(binary))
    )
    return [Head(*row) for row in rows]
