"""The reads behind pages, lists and searches, on both databases."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from bot.domain.alert import AlertRecord, AlertStatus, Decision, digest
from bot.domain.effect import Effect, EffectKind
from bot.domain.entry import EntryType
from bot.domain.errors import Invalid
from bot.domain.incident import Incident, Visibility, blank
from bot.domain.lifecycle import State
from bot.domain.matcher import Matcher
from bot.domain.people import Actor
from bot.domain.severity import Severity
from bot.domain.silence import GROUP_LABEL, Silence
from bot.ports.queries import MUSTER, IncidentFilter, Queries, Viewer
from bot.ports.store import EventRow, Lane, RawBody, Unit
from storage import tables as t
from storage.database import Database
from storage.queries import SqlQueries
from storage.store import SqlStore
from tests.fakes.clock import MONDAY, FakeClock

ANN, BEN, NOBODY = Viewer("ann"), Viewer("ben"), Viewer()
ACTOR = Actor(id="ann", name="Ann")
EVERY = IncidentFilter()


@pytest.fixture
def queries(database: Database, clock: FakeClock) -> Queries:
    return SqlQueries(database, clock)


async def keep(store: SqlStore, *incidents: dict[str, Any]) -> None:
    """Incidents, numbered from 1 in this order; each has an alert and an event of its own."""

    async def do(unit: Unit) -> None:
        for number, fields in zip(await unit.new_numbers(len(incidents)), incidents, strict=True):
            values = {"title": f"Trouble {number}", "opened_at": unit.now, **fields}
            incident = blank(number, values["opened_at"])
            unit.ledger.created[number] = incident
            unit.ledger.enter(incident, EntryType.INCIDENT_CREATED, ACTOR, set=values)
            alert = record(incident, number)
            unit.ledger.new_alerts[alert.id] = alert
            unit.keep(
                [RawBody(id=f"{number:032x}", source="prom", body=b"{}")],
                [
                    EventRow(
                        id=f"e{number:031x}",
                        raw=f"{number:032x}",
                        position=0,
                        source="prom",
                        event_id=f"event-{number}",
                        alert=alert.id,
                        incident=number,
                        opened_at=incident.opened_at,
                        decision="OPENED",
                    )
                ],
            )

    await store.transact(do, lane=Lane.COMMANDS)


def record(incident: Incident | None, number: int, **more: Any) -> AlertRecord:
    fields: dict[str, Any] = {
        "id": f"{number:032x}",
        "source": "prom",
        "fingerprint": f"f{number}",
        "title": f"Alert {number}",
        "severity": Severity.P1,
        "vendor_severity": "high",
        "status": AlertStatus.FIRING,
        "group_key": f"g{number}",
        "route": "default",
        "labels": {"service": f"s{number}"},
        "resource": None,
        "link": None,
        "description": "",
        "starts_at": None,
        "ends_at": None,
        "happened_at": None,
        "first_seen_at": MONDAY,
        "last_seen_at": MONDAY,
        "incident": incident.number if incident else None,
        "decision": Decision.OPENED,
    }
    return AlertRecord(**{**fields, **more})


PUBLIC: dict[str, Any] = {}
SECRET: dict[str, Any] = {"visibility": Visibility.PRIVATE, "members": ["ann"]}


def numbers(found: Sequence[Any]) -> list[int]:
    return [one.number for one in found]


async def test_a_private_incident_exists_for_its_members(store: SqlStore, queries: Queries) -> None:
    await keep(store, PUBLIC, SECRET)
    for viewer, seen in ((ANN, [2, 1]), (MUSTER, [2, 1]), (BEN, [1]), (NOBODY, [1])):
        assert numbers((await queries.incidents(EVERY, viewer)).items) == seen
        assert numbers(await queries.recent_open(viewer, MONDAY)) == seen
        assert sorted(await queries.ids([1, 2, 3], viewer)) == sorted(seen)
        assert (await queries.incident(2, viewer) is not None) is (2 in seen)
        assert len(await queries.entries(2, viewer)) == (2 in seen)
        assert [a.incident for a in (await queries.alerts(viewer)).items] == seen
        assert len(await queries.alerts_of(2, viewer)) == (2 in seen)
        assert (await queries.event("event-2", viewer) is not None) is (2 in seen)
        assert len(await queries.search("trouble", viewer, limit=9)) == len(seen)
        assert (await queries.counts(viewer)).by_status == {"NEW": len(seen)}
        assert (await queries.counts(viewer)).by_severity == {"P2": len(seen)}


async def test_a_row_of_a_list_says_what_the_incident_says(
    store: SqlStore, queries: Queries
) -> None:
    await keep(
        store,
        {
            "labels": {"a": "b"},
            "roles": {"lead": "ann"},
            "resolved_at": MONDAY,
            "severity": Severity.P0,
        },
    )
    whole = await queries.incident(1, ANN)
    (row,) = (await queries.incidents(EVERY, ANN)).items
    assert whole is not None
    for name in row._fields:
        assert getattr(row, name) == getattr(whole, name), name
    assert (row.id, row.open, row.lead) == (whole.id, whole.open, whole.lead)
    assert isinstance(row.status, State)


async def test_counts_tell_states_of_all_and_severities_of_the_open(
    store: SqlStore, queries: Queries
) -> None:
    await keep(
        store,
        {"status": State.CLOSED, "severity": Severity.P0},
        {"status": State.ESCALATED, "severity": Severity.P0},
        {"status": State.NEW, "severity": Severity.P3, **SECRET},
    )
    counts = await queries.counts(ANN)
    assert counts.by_status == {"CLOSED": 1, "ESCALATED": 1, "NEW": 1}
    assert counts.by_severity == {"P0": 1, "P3": 1}
    assert (await queries.counts(BEN)).by_severity == {"P0": 1}


async def test_tests_are_no_part_of_the_metrics(store: SqlStore, queries: Queries) -> None:
    await keep(
        store,
        {"status": State.NEW, "severity": Severity.P0},
        {"status": State.NEW, "severity": Severity.P0, "test": True},
        {"status": State.RESOLVED, "severity": Severity.P1, "test": True, **SECRET},
    )
    counts = await queries.counts(Viewer(everything=True))
    assert (counts.by_status, counts.by_severity) == ({"NEW": 1}, {"P0": 1})
    assert (await queries.counts(BEN)).by_status == {"NEW": 2}, "people see tests"


@pytest.mark.parametrize("limit", [0, -1, 1001])
async def test_a_page_has_its_limits(queries: Queries, limit: int) -> None:
    for read in (
        lambda: queries.incidents(EVERY, ANN, limit=limit),
        lambda: queries.alerts(ANN, limit=limit),
    ):
        with pytest.raises(Invalid, match="1 to 1000"):
            await read()


async def test_a_cursor_belongs_to_its_list(store: SqlStore, queries: Queries) -> None:
    await keep(store, PUBLIC, PUBLIC)
    incidents = (await queries.incidents(EVERY, ANN, limit=1)).next_cursor
    alerts = (await queries.alerts(ANN, limit=1)).next_cursor
    assert incidents is not None
    assert alerts is not None
    for bad in ("", "x", "ü", "=", alerts, "bi0x"):
        with pytest.raises(Invalid, match="cursor"):
            await queries.incidents(EVERY, ANN, cursor=bad)
    with pytest.raises(Invalid, match="cursor"):
        await queries.alerts(ANN, cursor=incidents)
    assert numbers((await queries.incidents(EVERY, ANN, cursor=incidents)).items) == [1]
    assert [a.incident for a in (await queries.alerts(ANN, cursor=alerts)).items] == [1]


async def test_words_are_found_best_first(store: SqlStore, queries: Queries) -> None:
    await keep(
        store,
        {"title": "Checkout fails", "description": "The database is slow since the deploy."},
        {"title": "Database down"},
        {"title": "Mail is late"},
    )
    found = await queries.search("database", ANN, limit=5)
    assert [hit.title for hit in found] == ["Database down", "Checkout fails"]
    assert "database is slow" in found[1].snippet
    assert [hit.title for hit in await queries.search("datab", ANN, limit=1)] == ["Database down"]
    named = await queries.search("INC-20260105-00003", ANN, limit=5)
    assert named[0].id == "INC-20260105-00003"
    for nothing in ("", "?", "zebra", "'; DROP TABLE incidents", '"', "a:b*", "NOT"):
        assert await queries.search(nothing, ANN, limit=5) == []


async def test_of_several_events_of_one_name_the_newest_is_told(
    store: SqlStore, queries: Queries
) -> None:
    await keep(store, PUBLIC, PUBLIC)

    async def again(unit: Unit) -> None:
        row = EventRow(
            id="f" * 32,
            raw="1" * 32,
            position=0,
            source="prom",
            event_id="event-1",
            alert=None,
            incident=None,
            decision="RECORDED",
        )
        unit.keep([], [row])

    await store.transact(again, lane=Lane.INTAKE)
    found = await queries.event("event-1", ANN)
    assert found is not None
    assert (found.decision, found.incident_id) == ("RECORDED", None)
    by_ours = await queries.event(f"e{1:031x}", ANN)
    assert by_ours is not None
    assert by_ours.incident_id == "INC-20260105-00001"
    assert await queries.event("nothing", ANN) is None


async def test_silences_are_told_until_they_end(
    store: SqlStore, queries: Queries, clock: FakeClock
) -> None:
    await keep(store, SECRET)

    async def add(unit: Unit) -> None:
        for incident, hours in ((None, 1), (1, 2)):
            await unit.add_silence(
                Silence(
                    id=0,
                    matchers=(Matcher.of("a", "=", "b"),),
                    starts_at=clock.now(),
                    ends_at=clock.now() + timedelta(hours=hours),
                    created_by="ann",
                    incident=incident,
                )
            )

    await store.transact(add, lane=Lane.COMMANDS)
    own, shared = await queries.silences(ANN)
    assert (own.incident, shared.incident) == (1, None)
    assert [one.id for one in await queries.silences(BEN)] == [shared.id]
    assert await queries.silence(own.id, BEN) is None
    assert await queries.silence(own.id, ANN) == own
    clock.forward(minutes=90)
    assert await queries.silences(BEN) == []
    assert [one.id for one in await queries.silences(BEN, past=True)] == [shared.id]


async def test_a_silence_shows_what_it_would_have_hit(store: SqlStore, queries: Queries) -> None:
    await keep(store, PUBLIC, SECRET, PUBLIC)

    async def hit(viewer: Viewer, name: str, operator: str, value: str) -> list[str]:
        silence = Silence(
            id=0,
            matchers=(Matcher.of(name, operator, value),),
            starts_at=MONDAY,
            ends_at=MONDAY + timedelta(hours=1),
            created_by="ann",
        )
        since = MONDAY - timedelta(hours=24)
        return sorted(one.title for one in await queries.would_hit(silence, since, viewer))

    assert await hit(ANN, "service", "=~", "s[12]") == ["Alert 1", "Alert 2"]
    assert await hit(BEN, "service", "=~", "s[12]") == ["Alert 1"]
    assert await hit(BEN, GROUP_LABEL, "=", digest("g3")) == ["Alert 3"]


async def test_notices_are_ones_own(store: SqlStore, queries: Queries, database: Database) -> None:
    await keep(store, PUBLIC, SECRET)
    rows = [
        {"key": f"{person}{n}", "person": person, "incident": n, "loud": True, "title": f"{n}"}
        for n in (1, 2)
        for person in ("ann", "ben")
    ]
    async with database.writer.begin() as connection:
        await connection.execute(
            insert(t.notices), [{**row, "text": "", "made_at": MONDAY} for row in rows]
        )
    mine = await queries.notices("ann")
    assert [one.incident for one in mine] == [1, 2]
    assert [one.incident for one in await queries.notices("ann", limit=1)] == [2]
    assert [one.incident for one in await queries.notices("ann", after=mine[0].id)] == [2]
    assert [one.incident for one in await queries.notices("ben")] == [1]


async def test_pages_and_the_outbox_are_told(
    store: SqlStore, queries: Queries, clock: FakeClock
) -> None:
    await keep(store, SECRET)

    async def page(unit: Unit) -> None:
        unit.ledger.queue(
            Effect(
                key="page:1",
                kind=EffectKind.PAGE,
                destination="web",
                ordering="page:web:person:ann",
                payload={"to": "person:ann", "step": "1"},
                incident=1,
            )
        )

    await store.transact(page, lane=Lane.COMMANDS)
    (told,) = await queries.pages_of(1, ANN)
    assert (told["to"], told["channel"], told["step"]) == ("person:ann", "web", "1")
    assert (told["state"], told["tries"], told["queued_at"]) == ("pending", 0, MONDAY)
    assert await queries.pages_of(1, BEN) == []
    facts = await queries.delivery()
    assert (facts.pending, facts.overdue, facts.failed) == (1, 0, 0)
    assert facts.oldest_due_at == MONDAY
    clock.forward(minutes=2)
    assert (await queries.delivery()).overdue == 1


async def test_dead_letters_are_told_newest_first(
    store: SqlStore, queries: Queries, clock: FakeClock
) -> None:
    for n in (1, 2):
        raw = RawBody(id=f"{n:032x}", source="prom", body=b"?")
        await store.transact(
            lambda unit, raw=raw: unit.bury(source="prom", raw=raw, reason="odd"), lane=Lane.INTAKE
        )
        clock.forward(seconds=1)
    first, second = await queries.dead_letters()
    assert (first["id"], second["id"]) == (f"{2:032x}", f"{1:032x}")
    assert (first["source"], first["reason"], first["tries"]) == ("prom", "odd", 0)
    assert len(await queries.dead_letters(limit=1)) == 1


async def test_a_declaration_is_found_by_its_moment(
    store: SqlStore, queries: Queries, clock: FakeClock
) -> None:
    await keep(store, {"declared_by": "ann"})
    clock.forward(seconds=1)
    await keep(store, {"declared_by": "ann"})
    assert await queries.declared_at("ann", MONDAY) == 1
    assert await queries.declared_at("ann", clock.now()) == 2
    assert await queries.declared_at("ben", MONDAY) is None
