"""Incidents, who may see them, and the alert groups they hold."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import bindparam, delete, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.incident import Incident, Visibility
from bot.domain.ledger import Ledger
from storage import tables as t
from storage.bulk import INSERT_NEW, Bulk
from storage.flush.contended import Contended
from storage.flush.together import Together
from storage.library.due import incidents_due
from storage.rows import (
    INCIDENT_FIELDS,
    incident_row,
    incident_values,
)
from storage.search import index_changes, index_of, new_document

_NEW_INCIDENTS: Final = Bulk(t.incidents, INCIDENT_FIELDS)
_INCIDENT_UPDATE: Final = (
    update(t.incidents)
    .where(t.incidents.c.number == bindparam("b_number"))
    .values(
        {
            c.name: bindparam(f"b_{c.name}")
            for c in t.incidents.columns
            if c.name not in {"number", "tenant", "opened_at"}
        }
    )
)


async def write_incidents(together: Together, ledger: Ledger) -> None:
    connection = together.connection
    made = [incident for _, incident in sorted(ledger.created.items())]
    together.add(_NEW_INCIDENTS, [incident_row(incident) for incident in made])
    changed = [i for n, i in sorted(ledger.touched.items()) if n not in ledger.created]
    if changed:
        await connection.execute(
            _INCIDENT_UPDATE,
            [
                {f"b_{n}": v for n, v in incident_values(i).items() if n not in _FIXED}
                for i in changed
            ],
        )
    await _members(connection, list(ledger.touched.values()))
    together.add(index_of(connection), [new_document(incident) for incident in made])
    await index_changes(connection, ledger)
    await incidents_due(connection, ledger)


_FIXED: Final = {"tenant", "opened_at"}


async def _members(connection: AsyncConnection, incidents: Sequence[Incident]) -> None:
    private = [i for i in incidents if i.visibility is Visibility.PRIVATE]
    if not private:
        return
    numbers = [i.number for i in private]
    await connection.execute(delete(t.members).where(t.members.c.incident.in_(numbers)))
    rows = [
        {"tenant": i.tenant, "incident": i.number, "person": person}
        for i in private
        for person in i.members
    ]
    if rows:
        await connection.execute(insert(t.members), rows)


async def write_groups(together: Together, ledger: Ledger) -> None:
    connection = together.connection
    for number, held in sorted(ledger.held.items()):
        statement = update(t.groups).where(t.groups.c.incident == number).values(held=held)
        if held:
            other = t.groups.alias()
            taken = exists().where(
                other.c.tenant == t.groups.c.tenant,
                other.c.group_key == t.groups.c.group_key,
                other.c.held,
                other.c.incident != number,
            )
            statement = statement.where(~taken)
        await connection.execute(statement)
        if number in ledger.held_whole:
            await _all_held(connection, number)
    rows = [
        (key, number, _open(ledger, number))
        for key, number in sorted(set(ledger.new_groups))
        if not (number not in ledger.created and await _held_again(connection, ledger, key, number))
    ]
    together.claim(_NEW_GROUPS, rows)


_NEW_GROUPS: Final = Bulk(t.groups, ("group_key", "incident", "held"), INSERT_NEW)


async def _all_held(connection: AsyncConnection, incident: int) -> None:
    """Somebody opened an incident for one of its groups while it was being reopened."""
    lost = select(t.groups.c.group_key).where(t.groups.c.incident == incident, ~t.groups.c.held)
    if (await connection.execute(lost.limit(1))).first() is not None:
        raise Contended(t.groups.name)


async def _held_again(connection: AsyncConnection, ledger: Ledger, key: str, incident: int) -> bool:
    """A group that comes back to an incident has its row already."""
    found = await connection.execute(
        update(t.groups)
        .where(t.groups.c.group_key == key, t.groups.c.incident == incident)
        .values(held=_open(ledger, incident))
        .returning(t.groups.c.group_key)
    )
    return found.scalar_one_or_none() is not None


def _open(ledger: Ledger, number: int) -> bool:
    """An incident may open and resolve within one batch."""
    incident = ledger.touched.get(number)
    return incident.open if incident is not None else True
