"""Incidents and entries, made without the engine."""

from typing import Any

from bot.domain.entry import Entry, EntryType
from bot.domain.incident import blank
from bot.domain.people import SYSTEM, Actor
from bot.domain.severity import Severity
from bot.ports.store import Lane, Unit
from storage.store import SqlStore

ANN = Actor(id="ann", name="Ann Berg")


async def open_incident(store: SqlStore, title: str = "Payments are slow", **fields: Any) -> int:
    """Its number; its first entry says all its fields."""

    async def work(unit: Unit) -> int:
        (number,) = await unit.new_numbers(1)
        incident = blank(number, unit.now)
        unit.ledger.created[number] = incident
        unit.ledger.enter(
            incident,
            EntryType.INCIDENT_CREATED,
            SYSTEM,
            set={"title": title, "severity": Severity.P1, "opened_at": unit.now, **fields},
        )
        return number

    return await store.transact(work, lane=Lane.INTAKE)


async def enter(
    store: SqlStore,
    number: int,
    type: EntryType = EntryType.COMMENT_ADDED,
    text: str = "",
    by: Actor = ANN,
    **fields: Any,
) -> Entry:
    """One more entry, which gives the incident these fields."""

    async def work(unit: Unit) -> Entry:
        incident = await unit.incident(number)
        return unit.ledger.enter(incident, type, by, text=text, set=fields)

    return await store.transact(work, lane=Lane.COMMANDS)


async def system_entry(store: SqlStore, text: str) -> None:
    async def work(unit: Unit) -> None:
        await unit.system_entry(SYSTEM, EntryType.ACTION_EXECUTED, text)

    await store.transact(work, lane=Lane.COMMANDS)
