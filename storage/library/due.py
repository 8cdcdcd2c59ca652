"""Which incidents must be indexed again, noted in the transaction that changed them."""

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.entry import EntryType
from bot.domain.ledger import Chained, Ledger
from bot.domain.lifecycle import OPEN

TOLD: Final = frozenset(
    {
        EntryType.RESOLVED,
        EntryType.CLOSED,
        EntryType.REOPENED,
        EntryType.REFIRED,
        EntryType.COMMENT_ADDED,
        EntryType.UPDATE_POSTED,
        EntryType.UNDONE,
        EntryType.POSTMORTEM_EDITED,
    }
)
"""Entries that say something worth finding; after an incident's end, and where it begins anew."""

FIELDS: Final = frozenset({"title", "description", "visibility", "service", "resolution", "status"})

_DUE: Final = text(
    "INSERT INTO documents_due(incident, tenant) VALUES (:incident, 'default')"
    " ON CONFLICT (incident, tenant) DO UPDATE SET tenant = excluded.tenant"
)
"""The update changes nothing; it waits for whoever settles the row just now, and then adds it."""


async def incidents_due(connection: AsyncConnection, ledger: Ledger) -> None:
    """Costs nothing where no incident has ended."""
    numbers = {c.incident for c in ledger.entries if c.incident is not None and _is_due(c, ledger)}
    if numbers:
        await connection.execute(_DUE, [{"incident": number} for number in sorted(numbers)])


def _is_due(chained: Chained, ledger: Ledger) -> bool:
    entry = chained.entry
    assert chained.incident is not None
    changed = {change.field for change in entry.changes} & FIELDS
    if entry.type in (EntryType.REOPENED, EntryType.REFIRED) or "visibility" in changed:
        return chained.incident not in ledger.created
    incident = ledger.touched.get(chained.incident)
    ended = incident is not None and incident.status not in OPEN
    return ended and (bool(changed) or entry.type in TOLD)
