"""What the record makes of an incident, and what was erased from it."""

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.entry import EntryType, incident_stream
from bot.domain.errors import NotFound
from bot.domain.task import Task, task_field
from storage import tables as t
from storage.erasure import erase_body
from storage.replay import replay
from storage.store import SqlStore
from tests.records import enter, open_incident
from tests.tampering import audit, body, do


async def differences(store: SqlStore, incident: int | None = None) -> list[str]:
    return [str(one) async for one in replay(store.database, incident=incident)]


async def test_the_record_rebuilds_every_row(store: SqlStore, number: int) -> None:
    assert await differences(store) == []
    assert await differences(store, number) == []
    with pytest.raises(NotFound, match="no incident #99"):
        await differences(store, 99)


async def test_a_changed_row_is_told_field_by_field(store: SqlStore, number: int) -> None:
    async def change(connection: AsyncConnection) -> None:
        await connection.execute(
            update(t.incidents)
            .where(t.incidents.c.number == number)
            .values(severity="P3", assigned_to="ben", labels={"a": "b"})
        )

    await do(store, change)
    assert await differences(store) == [
        "#2 severity: the row says 'P3', the record 'P0'",
        "#2 assigned_to: the row says 'ben', the record None",
        "#2 labels: the row says {'a': 'b'}, the record {}",
    ]


async def test_the_list_of_tasks_is_rebuilt_as_well(store: SqlStore, number: int) -> None:
    for place in (1, 2):
        task = Task(incident=number, number=place, text="look", made_by="ann", made_at=store.now())
        said = {task.field: task.kept()}
        await enter(store, number, EntryType.TASK_ADDED, **said)
    await enter(store, number, EntryType.UNDONE, **{task_field(1): None})
    assert await differences(store) == []

    async def change(connection: AsyncConnection) -> None:
        await connection.execute(update(t.tasks).values(state="done"))

    await do(store, change)
    (said_so,) = await differences(store)
    assert said_so.startswith("#2 list of tasks: the row says {'2': {'text': 'look'")


async def test_what_an_erased_body_made_is_unprovable(store: SqlStore, number: int) -> None:
    async def erase(connection: AsyncConnection) -> None:
        await erase_body(connection, incident_stream(number), 1, store.now())
        await connection.execute(
            update(t.incidents).where(t.incidents.c.number == number).values(severity="P4")
        )

    await do(store, erase)
    assert await differences(store) == [
        "#2 title: cannot be proved, what made it was erased or spoilt",
        "#2 severity: the row says 'P4', the record 'P0'",
    ]


@pytest.mark.parametrize("spoilt", [b"\xff\x00", b"[1]", b'{"changes": [7]}', b'{"changes": 1}'])
async def test_a_body_that_somebody_spoilt_hides_no_other_difference(
    store: SqlStore, number: int, spoilt: bytes
) -> None:
    async def spoil(connection: AsyncConnection) -> None:
        await connection.execute(update(t.entry_bodies).where(body(number, 1)).values(body=spoilt))
        await connection.execute(
            update(t.incidents).where(t.incidents.c.number == number).values(severity="P4")
        )

    await do(store, spoil)
    assert await differences(store) == [
        "#2 title: cannot be proved, what made it was erased or spoilt",
        "#2 severity: the row says 'P4', the record 'P0'",
    ]


async def test_a_row_without_entries_is_told(store: SqlStore, number: int) -> None:
    async def remove(connection: AsyncConnection) -> None:
        await connection.execute(delete(t.entries).where(t.entries.c.incident == number))

    await do(store, remove)
    assert await differences(store) == ["#2 entries: the row says 4, the record 0"]


async def test_replay_goes_through_many_incidents(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.replay.CHUNK", 2)
    for count in range(5):
        await open_incident(store, f"Number {count}")
    assert await differences(store) == []


async def test_an_erased_body_is_fine_and_said(store: SqlStore, number: int) -> None:
    async def erase(connection: AsyncConnection) -> None:
        assert await erase_body(connection, incident_stream(number), 3, store.now())
        assert not await erase_body(connection, incident_stream(number), 3, store.now())

    await do(store, erase)
    seen = await audit(store)
    assert (seen.findings, seen.erased) == ([], 1)
    assert seen.words()[1].startswith("Erased: 1 body. What they said cannot be checked")
    async with store.reading() as connection:
        row = (await connection.execute(select(t.entry_bodies).where(body(number, 3)))).one()
    assert (row.body, row.salt) == (None, "")


async def test_erased_words_are_not_in_the_file(sqlite_store: SqlStore) -> None:
    number = await open_incident(sqlite_store)
    await enter(sqlite_store, number, EntryType.ASSIGNED, text="password hunter2 " * 500)
    path = sqlite_store.database.url.partition("///")[2]

    async def erase(connection: AsyncConnection) -> None:
        await erase_body(connection, incident_stream(number), 2, sqlite_store.now())

    await do(sqlite_store, erase)
    async with sqlite_store.database.writer.connect() as connection:
        await connection.execute(text("COMMIT"))
        await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    with open(path, "rb") as file:
        assert b"hunter2" not in file.read()
