"""The index is compared with what it was made of, and mended."""

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DatabaseError

from bot.ports.queries import MUSTER
from storage import tables as t
from storage.library.check import reindex
from storage.store import SqlStore
from storage.units import SqlUnit
from storage.writing import write
from tests.fakes.clock import FakeClock
from tests.knowledge.conftest import Shelf, shelf


async def test_a_good_index_agrees(records: Shelf) -> None:
    checked = await reindex(records.library)
    assert (checked.documents, checked.wrong, checked.orphans) == (len(shelf()), [], 0)


async def test_whatever_is_missing_or_changed_is_mended(records: Shelf) -> None:
    async def damage(unit: SqlUnit) -> None:
        await unit.connection.execute(delete(t.passages).where(t.passages.c.document == 1))
        await unit.connection.execute(
            update(t.passages).where(t.passages.c.document == 2).values(terms=" nonsense ")
        )
        column = "rowid" if unit.dialect == "sqlite" else "document"
        await unit.connection.execute(text(f"DELETE FROM document_search WHERE {column} = 3"))
        await unit.connection.execute(delete(t.documents).where(t.documents.c.number == 4))

    await write(records.store, damage)
    checked = await reindex(records.library)
    assert len(checked.wrong) == 3
    assert checked.orphans == 1
    again = await reindex(records.library)
    assert (again.wrong, again.orphans) == ([], 0)
    hits = await records.knowledge.search("connection pool exhausted", MUSTER, limit=1)
    assert hits[0].document.id == "pm-pool"


async def test_an_index_of_words_that_cannot_be_read_is_made_anew(
    sqlite_store: SqlStore, clock: FakeClock
) -> None:
    records = Shelf(sqlite_store, clock)
    await records.fill()

    async def damage(unit: SqlUnit) -> None:
        await unit.connection.execute(
            text("UPDATE document_search_data SET block = x'00010203' WHERE id > 100")
        )

    await write(records.store, damage)
    with pytest.raises(DatabaseError):
        await records.knowledge.search("connection pool exhausted", MUSTER, limit=1)
    assert (await reindex(records.library)).damaged
    hits = await records.knowledge.search("connection pool exhausted", MUSTER, limit=1)
    assert hits[0].document.id == "pm-pool"
    assert not (await reindex(records.library)).damaged


async def test_an_incident_that_was_missed_is_asked_for(records: Shelf) -> None:
    number = await records.opens("Turnstile gateway rejects badges")
    await records.resolves(number, "Restarted it.")

    async def lose(unit: SqlUnit) -> None:
        await unit.connection.execute(delete(t.documents_due))

    await write(records.store, lose)
    assert await records.indexing.catch_up() == 0
    assert (await reindex(records.library)).incidents == 1
    assert await records.indexing.catch_up() == 1
    assert (await reindex(records.library)).incidents == 0
