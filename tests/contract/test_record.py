"""The record cannot be changed or shortened without being found out."""

from datetime import timedelta, timezone

import orjson
import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.entry import EntryType, Envelope, incident_stream, link
from bot.ports.store import Lane, Unit
from storage import tables as t
from storage.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.records import ANN, enter, open_incident
from tests.tampering import audit, body, do, entry, findings


async def test_an_untouched_record_is_good(store: SqlStore, number: int) -> None:
    seen = await audit(store)
    assert seen.findings == []
    assert (seen.good, seen.streams, seen.entries, seen.checkpoints) == (True, 4, 8, 1)
    assert seen.words() == [
        "8 entries, 4 chains, 1 checkpoint: 0 findings.",
        "After the last checkpoint (2026-01-05T09:01:00Z): 1 entry. Whether there were more cannot "
        "be proved.",
        "Whoever removed the newest checkpoints with all they cover left no trace here: compare "
        f"with a signature noted elsewhere. The last one is {seen.signature}.",
    ]


async def test_without_a_checkpoint_it_says_what_it_cannot_prove(store: SqlStore) -> None:
    await open_incident(store)
    seen = await audit(store)
    assert seen.good
    assert "There is no checkpoint yet" in seen.words()[1]


async def test_times_may_come_in_any_zone(store: SqlStore, number: int, clock: FakeClock) -> None:
    async def remember(unit: Unit) -> None:
        unit.ledger.enter(
            await unit.incident(number),
            EntryType.COMMENT_ADDED,
            ANN,
            occurred_at=clock.now().astimezone(timezone(timedelta(hours=2))),
        )

    await store.transact(remember, lane=Lane.COMMANDS)
    assert await findings(store) == []


async def test_a_changed_body_is_found(store: SqlStore, number: int) -> None:
    async def change(connection: AsyncConnection) -> None:
        said = orjson.dumps({"actor_name": "Ann", "changes": [], "metadata": {}, "text": "No."})
        await connection.execute(update(t.entry_bodies).where(body(number, 3)).values(body=said))

    await do(store, change)
    assert await findings(store) == [
        "incident:2 entry 3: its body (words and changed values) was changed"
    ]


async def test_a_changed_envelope_is_found(store: SqlStore, number: int) -> None:
    async def change(connection: AsyncConnection) -> None:
        await connection.execute(update(t.entries).where(entry(number, 2)).values(actor_id="ben"))

    await do(store, change)
    assert await findings(store) == [
        "incident:2 entry 2: its envelope (who, when, which type) was changed"
    ]


async def test_two_swapped_entries_are_found(store: SqlStore, number: int) -> None:
    async def swap(connection: AsyncConnection) -> None:
        for table, where in ((t.entries, entry), (t.entry_bodies, body)):
            for old, new in ((2, 99), (3, 2), (99, 3)):
                await connection.execute(update(table).where(where(number, old)).values(seq=new))

    await do(store, swap)
    found = await findings(store)
    assert "incident:2 entry 2: it is not chained to the entry before it" in found
    assert "incident:2 entry 3: its envelope (who, when, which type) was changed" in found


async def test_a_deleted_entry_is_found(store: SqlStore, number: int) -> None:
    async def remove(connection: AsyncConnection) -> None:
        await connection.execute(delete(t.entries).where(entry(number, 2)))

    await do(store, remove)
    assert await findings(store) == ["incident:2: entry 2 is missing"]


async def test_a_deleted_body_is_not_an_erased_one(store: SqlStore, number: int) -> None:
    async def remove(connection: AsyncConnection) -> None:
        await connection.execute(delete(t.entry_bodies).where(body(number, 2)))
        await connection.execute(update(t.entry_bodies).where(body(number, 3)).values(body=None))

    await do(store, remove)
    assert await findings(store) == [
        "incident:2 entry 2: its body is missing",
        "incident:2 entry 3: its body is empty, and nobody erased it",
    ]


async def test_a_cut_tail_is_found_though_the_row_was_mended(store: SqlStore, number: int) -> None:
    async def cut(connection: AsyncConnection) -> None:
        await connection.execute(delete(t.entries).where(entry(number, 4)))
        hash = (
            await connection.execute(select(t.entries.c.hash).where(entry(number, 3)))
        ).scalar_one()
        await connection.execute(
            update(t.incidents)
            .where(t.incidents.c.number == number)
            .values(version=3, chain=hash, severity="P1")
        )

    await do(store, cut)
    assert await findings(store) == [
        "incident:2: by checkpoint 1, it had 4 entries, its end was cut off after 3"
    ]


async def test_a_cut_tail_is_found_by_the_row(store: SqlStore) -> None:
    number = await open_incident(store)
    await enter(store, number)

    async def cut(connection: AsyncConnection) -> None:
        await connection.execute(delete(t.entries).where(entry(number, 2)))

    await do(store, cut)
    assert await findings(store) == ["incident:1: its row knows 2 entries, the record has 1"]


async def test_a_row_that_fell_behind_is_found(store: SqlStore, number: int) -> None:
    async def turn_back(connection: AsyncConnection) -> None:
        row = (await connection.execute(select(t.entries.c.hash).where(entry(number, 2)))).one()
        await connection.execute(
            update(t.incidents)
            .where(t.incidents.c.number == number)
            .values(version=2, chain=row.hash)
        )

    await do(store, turn_back)
    assert await findings(store) == ["incident:2: its row knows 2 entries, the record has 4"]


async def test_a_missing_row_is_found(store: SqlStore, number: int) -> None:
    async def remove(connection: AsyncConnection) -> None:
        await connection.execute(delete(t.incidents).where(t.incidents.c.number == number))

    await do(store, remove)
    assert await findings(store) == ["incident:2: its row is missing, the record of it is there"]


async def test_an_incident_deleted_with_its_entries_is_found(store: SqlStore, number: int) -> None:
    async def remove(connection: AsyncConnection) -> None:
        stream = incident_stream(number)
        await connection.execute(delete(t.incidents).where(t.incidents.c.number == number))
        await connection.execute(delete(t.entries).where(t.entries.c.stream == stream))
        await connection.execute(delete(t.entry_bodies).where(t.entry_bodies.c.stream == stream))

    await do(store, remove)
    assert await findings(store) == [
        "incident:2: by checkpoint 1, it is gone with all of its 4 entries"
    ]


async def test_a_chain_written_anew_is_found_by_its_checkpoint(
    store: SqlStore, number: int
) -> None:
    """Whoever knows how chains are made can make one; the checkpoint knows another."""

    async def rewrite(connection: AsyncConnection) -> None:
        stream = t.entries.c.stream == incident_stream(number)
        rows = (await connection.execute(select(t.entries).where(stream).order_by("seq"))).all()
        head = "0" * 64
        for row in rows:
            values = dict(row._mapping)
            if row.seq == 3:
                values["actor_id"] = "ben"
            fields = {name: values[name] for name in Envelope.__slots__}
            hash = link(head, Envelope(**fields), row.digest)
            await connection.execute(
                update(t.entries)
                .where(entry(number, row.seq))
                .values(actor_id=values["actor_id"], previous=head, hash=hash)
            )
            head = hash
        await connection.execute(
            update(t.incidents).where(t.incidents.c.number == number).values(chain=head)
        )

    await do(store, rewrite)
    assert await findings(store) == ["incident:2: by checkpoint 1, its entry 4 was another one"]


async def test_a_system_chain_is_watched_too(store: SqlStore, number: int) -> None:
    async def remove(connection: AsyncConnection) -> None:
        await connection.execute(delete(t.entries).where(t.entries.c.stream == "system:main"))

    await do(store, remove)
    assert await findings(store) == [
        "system:main: its row knows 1 entries, the record has none",
        "system:main: by checkpoint 1, it is gone with all of its 1 entries",
    ]


@pytest.mark.parametrize(
    ("deed", "found"),
    [
        (
            "UPDATE entry_bodies SET body = replace(body, 'a', 'b') WHERE stream = 'incident:2'",
            "its body (words and changed values) was changed",
        ),
        ("UPDATE entry_bodies SET body = 7 WHERE seq = 3", "its body"),
        ("UPDATE entries SET occurred_at = 'yesterday' WHERE seq = 2", "of another kind"),
        ("UPDATE entries SET origin = 'no json' WHERE seq = 2", "of another kind"),
    ],
)
async def test_who_tampers_with_sqlites_own_shell_is_found_and_not_a_crash(
    sqlite_store: SqlStore, deed: str, found: str
) -> None:
    """`replace` of SQLite makes text of bytes, and verifying broke on it."""
    for _ in range(2):
        number = await open_incident(sqlite_store)
        for line in ("a", "b"):
            await enter(sqlite_store, number, text=line)

    async def tamper(connection: AsyncConnection) -> None:
        await connection.execute(text(deed))

    await do(sqlite_store, tamper)
    seen = await audit(sqlite_store)
    assert not seen.good
    assert any(found in str(finding) for finding in seen.findings), seen.findings
