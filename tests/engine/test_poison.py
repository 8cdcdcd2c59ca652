"""What cannot be processed becomes a dead letter; what cannot be kept is asked for again."""

import asyncio
from socket import gaierror
from typing import ClassVar

import pytest
from asyncpg import exceptions
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from bot.domain.alert import Alert, Decision
from bot.domain.errors import Overloaded, Unreadable
from bot.engine.book import Book, Item
from bot.ports.store import Lane
from storage import tables as t
from storage.away import is_away
from storage.database import open_database
from storage.flush import Contended
from storage.store import TRIES, SqlStore
from tests.engine.conftest import MakeWorld
from tests.engine.world import World, alert, decisions
from tests.fakes.clock import FakeClock


class Poison:
    """A stage that cannot bear alerts titled `poison`."""

    sorts: ClassVar[bool] = False

    def __init__(self) -> None:
        self.cured = False

    def __call__(self, item: Item, book: Book) -> None:
        if item.alert.title.startswith("poison") and not self.cured:
            raise RuntimeError("cannot bear it")


async def test_a_poison_alert_becomes_a_dead_letter(make_world: MakeWorld) -> None:
    world = await make_world(extra=[Poison()])

    (verdict,) = await world.sends(alert("poison"), body=b'{"a": 1}')

    ((letter,),) = await world.rows(select(t.dead_letters.c.id))
    assert (verdict.decision, verdict.incident_id) == (Decision.DEAD_LETTER, None)
    assert verdict.dead_letter == letter
    ((reason, body),) = await world.rows(select(t.dead_letters.c.reason, t.dead_letters.c.body))
    assert "cannot bear it" in reason
    assert body == b'{"a": 1}'
    assert await world.all_incidents() == []


async def test_a_poison_request_of_a_batch_stops_no_other(make_world: MakeWorld) -> None:
    world = await make_world(extra=[Poison()])

    answers = await asyncio.gather(
        world.sends(alert("api down")), world.sends(alert("poison")), world.sends(alert("db down"))
    )

    assert [decisions(said) for said in answers] == [["OPENED"], ["DEAD_LETTER"], ["OPENED"]]
    assert len(await world.all_incidents()) == 2


async def test_of_three_alerts_the_good_ones_are_processed(make_world: MakeWorld) -> None:
    world = await make_world(extra=[Poison()])

    verdicts = await world.sends(
        alert("api down", group_key="g"),
        alert("poison", group_key="g", event_id="e2"),
        alert("db down", group_key="g"),
    )

    assert decisions(verdicts) == ["OPENED", "DEAD_LETTER", "JOINED_INCIDENT"]
    assert verdicts[1].event_id == "e2"
    assert verdicts[0].incident_id == verdicts[2].incident_id


async def test_a_long_request_with_poison_keeps_its_body_once(make_world: MakeWorld) -> None:
    world = await make_world(extra=[Poison()])
    body = b"x" * 1000

    verdicts = await world.sends(
        *(alert(f"api {n} down", group_key="g") for n in range(6)),
        *(alert(f"poison {n}") for n in range(3)),
        body=body,
    )

    kept = [row.body for row in await world.rows(select(t.raw_bodies.c.body))]
    assert [b for b in kept if b] in ([body], [])
    assert await world.count(t.dead_letters) == {"dead_letters": 1}
    assert len({verdict.dead_letter for verdict in verdicts[6:]}) == 1


async def test_a_dead_letter_is_counted_as_a_decision(make_world: MakeWorld) -> None:
    world = await make_world(extra=[Poison()])

    await world.sends(alert("poison"))

    assert world.intake.batches.decisions["prometheus", Decision.DEAD_LETTER] == 1


async def test_a_replayed_letter_is_processed_as_if_it_had_just_come(
    make_world: MakeWorld,
) -> None:
    poison = Poison()
    world = await make_world(extra=[poison], parse=lambda source, body: [alert(body.decode())])
    (verdict,) = await world.sends(alert("poison"), body=b"poison")
    poison.cured = True

    await replay(world, verdict.dead_letter)

    assert [i.title for i in await world.all_incidents()] == ["poison"]
    ((replayed, tries),) = await world.rows(
        select(t.dead_letters.c.replayed_at, t.dead_letters.c.tries)
    )
    assert (replayed, tries) == (world.clock.now(), 1)


async def test_a_letter_is_replayed_once(make_world: MakeWorld) -> None:
    poison = Poison()
    world = await make_world(extra=[poison], parse=lambda source, body: [alert("poison")])
    (verdict,) = await world.sends(alert("poison"))
    poison.cured = True
    await replay(world, verdict.dead_letter)

    await replay(world, verdict.dead_letter)

    assert (await world.alert("poison")).count == 1


async def test_what_still_cannot_be_read_stays_a_letter_with_the_new_reason(
    make_world: MakeWorld,
) -> None:
    def parse(source: str, body: bytes) -> list[Alert]:
        raise Unreadable("still no JSON")

    world = await make_world(parse=parse)
    letter = await world.intake.bury("prometheus", b"{", "no JSON")

    await replay(world, letter)

    ((reason, tries, replayed),) = await world.rows(
        select(t.dead_letters.c.reason, t.dead_letters.c.tries, t.dead_letters.c.replayed_at)
    )
    assert (reason, tries, replayed) == ("still no JSON", 1, None)


async def test_what_is_poison_still_stays_a_letter_and_stops_no_timer(
    make_world: MakeWorld,
) -> None:
    world = await make_world(extra=[Poison()], parse=lambda source, body: [alert("poison")])
    await world.fires("api down", "critical")
    (verdict,) = await world.sends(alert("poison"))

    await replay(world, verdict.dead_letter)
    await world.watch(minutes=30)

    ((replayed, tries),) = await world.rows(
        select(t.dead_letters.c.replayed_at, t.dead_letters.c.tries)
    )
    assert replayed is None
    assert tries >= 1
    assert (await world.incident()).escalation_level == 3
    assert await world.pending(f"dead_letter:{verdict.dead_letter}") == {}


async def replay(world: World, letter: str | None) -> None:
    async def ask(unit) -> None:
        unit.ledger.arm(f"dead_letter:{letter}", "replay", 0, unit.now)

    await world.in_one(ask)
    await world.sweep()


async def test_a_full_queue_asks_to_come_again(make_world: MakeWorld) -> None:
    world = await make_world(queue_limit=3)

    answers = await asyncio.gather(
        world.sends(alert("api 1 down"), alert("api 2 down")),
        world.sends(alert("api 3 down"), alert("api 4 down")),
        return_exceptions=True,
    )

    assert isinstance(answers[0], list)
    assert isinstance(answers[1], Overloaded)
    assert len(await world.all_incidents()) == 2


async def test_after_the_queue_is_worked_off_it_takes_again(make_world: MakeWorld) -> None:
    world = await make_world(queue_limit=1)
    await world.fires("api 1 down")

    assert (await world.fires("api 2 down")).decision is Decision.OPENED


async def test_a_request_larger_than_the_queue_is_taken_alone(make_world: MakeWorld) -> None:
    world = await make_world(queue_limit=1)

    verdicts = await world.sends(alert("api 1 down"), alert("api 2 down"))

    assert decisions(verdicts) == ["OPENED", "OPENED"]


async def test_a_stopped_intake_asks_to_come_again(make_world: MakeWorld) -> None:
    world = await make_world()
    await world.intake.stop()

    with pytest.raises(Overloaded):
        await world.fires("api down")


class Refused(Exception):
    """What PostgreSQL says, with its code."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


class Contention:
    """A stage in whose way somebody else always is."""

    sorts: ClassVar[bool] = False

    def __init__(self, wrong: Exception) -> None:
        self.wrong, self.runs = wrong, 0

    def __call__(self, item: Item, book: Book) -> None:
        self.runs += 1
        raise self.wrong


@pytest.mark.parametrize(
    "wrong",
    [
        Contended("groups"),
        *(DBAPIError("UPDATE", {}, Refused(code)) for code in ("40001", "40P01", "55P03")),
    ],
    ids=["contended", "40001", "40P01", "55P03"],
)
async def test_in_whose_way_others_stay_is_asked_to_come_again(
    make_world: MakeWorld, wrong: Exception
) -> None:
    """Good requests were buried as dead letters when four tries met somebody faster."""
    contention = Contention(wrong)
    world = await make_world(extra=[contention])

    with pytest.raises(Overloaded):
        await world.fires("api down")

    assert contention.runs == TRIES
    assert await world.count(t.dead_letters) == {"dead_letters": 0}


async def test_what_no_constraint_ever_takes_is_poison(make_world: MakeWorld) -> None:
    world = await make_world(
        extra=[Contention(IntegrityError("INSERT", {}, Exception("NOT NULL failed")))]
    )

    verdict = await world.fires("api down")

    assert verdict.decision is Decision.DEAD_LETTER


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+asyncpg://postgres@127.0.0.1:9/muster",
        "postgresql+asyncpg://postgres@localhost:9/muster",
    ],
)
async def test_a_database_that_is_away_asks_to_come_again(url: str, clock: FakeClock) -> None:
    database = open_database(url)
    try:
        async with World(SqlStore(database, clock), clock) as world:
            with pytest.raises(Overloaded):
                await world.fires("api down")
            with pytest.raises(Overloaded):
                await world.store.transact(lambda unit: unit.incident(1), lane=Lane.COMMANDS)
    finally:
        await database.close()


@pytest.mark.parametrize(
    "wrong",
    [
        gaierror("no such host"),
        OSError("Multiple exceptions"),
        ConnectionRefusedError(),
        OperationalError("BEGIN", {}, Exception("unable to open database file")),
        OperationalError("BEGIN", {}, Exception("database is locked")),
        *(
            DBAPIError("BEGIN", {}, one("so it says"))
            for one in (
                exceptions.CannotConnectNowError,
                exceptions.AdminShutdownError,
                exceptions.TooManyConnectionsError,
                exceptions.ObjectNotInPrerequisiteStateError,
                exceptions.ReadOnlySQLTransactionError,
                exceptions.InvalidPasswordError,
                exceptions.InvalidCatalogNameError,
                exceptions.DiskFullError,
                exceptions.ConnectionFailureError,
            )
        ),
    ],
)
def test_whatever_keeps_us_from_the_server_is_no_poison(wrong: Exception) -> None:
    assert is_away(wrong)
