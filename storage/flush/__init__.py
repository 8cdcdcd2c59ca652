"""Writing a ledger down: a handful of set-wise statements, in an order that cannot deadlock.

Rows are written sorted by their key, so that two replicas that meet wait for each other instead of
holding what the other needs. Where somebody else was faster, `Contended` asks for the whole
transaction again; the second run reads who won.
"""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ledger import Ledger
from bot.ports.store import EventRow, RawBody
from storage.flush.alerts import write_alerts, write_inhibitors
from storage.flush.contended import Contended, insert_of, upserting
from storage.flush.hint import hint
from storage.flush.incidents import write_groups, write_incidents
from storage.flush.outbox import write_effects, write_timers
from storage.flush.record import write_entries
from storage.flush.requests import REMEMBERED, write_requests
from storage.flush.together import Together
from storage.task_rows import write_tasks


async def flush(
    connection: AsyncConnection,
    ledger: Ledger,
    raw: Sequence[RawBody],
    events: Sequence[EventRow],
    sender: str,
) -> None:
    """Writes everything the ledger gathered; what is merely new goes together, at the end.

    Raises:
        Contended: a group or an alert was taken by another transaction meanwhile.
    """
    together = Together(connection)
    await write_alerts(together, ledger)
    await write_incidents(together, ledger)
    await write_groups(together, ledger)
    await write_inhibitors(connection, ledger)
    write_entries(together, ledger.entries)
    await write_tasks(connection, ledger)
    await write_timers(together, ledger)
    await write_effects(together, ledger)
    await write_requests(together, ledger, raw, events)
    hint(together, ledger, sender)
    await together.write()


__all__ = ["REMEMBERED", "Contended", "flush", "insert_of", "upserting"]
