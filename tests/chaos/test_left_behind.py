"""What a dead process leaves behind, each found by a kill once."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.domain.ledger import Ledger
from bot.engine.sending import LEASE
from bot.ports.failpoint import arm
from bot.ports.store import Claimed, Invoked, Lane, Unit
from storage.store import SqlStore
from tests.delivery.conftest import Outpost
from tests.fakes.chat_platform import Fault
from tests.fakes.clock import FakeClock


@pytest.fixture
def outpost(sqlite_store: SqlStore, clock: FakeClock) -> Outpost:
    return Outpost(sqlite_store, clock)


async def claim(unit: Unit) -> list[Claimed]:
    return await unit.claim(16, lease=LEASE, busy=[])


async def test_claims_of_a_dead_process_are_free_at_the_next_start(outpost: Outpost) -> None:
    await outpost.opens("p99 over 2 s")
    dead = await outpost.store.transact(claim, lane=Lane.DELIVERY)
    assert dead
    assert await outpost.deliver() == 0
    await outpost.delivery.take_over()
    assert await outpost.deliver() >= len(dead)


async def test_a_claim_outlasts_the_pause_before_the_next_try(outpost: Outpost) -> None:
    await outpost.opens("p99 over 2 s")
    claimed_until = []

    async def look(seconds: float) -> None:
        outpost.clock.forward(seconds=seconds)
        rows = await outpost.rows(state="pending", kind="OpenRoom")
        claimed_until.extend(row["claimed_until"] - outpost.clock.now() for row in rows)

    outpost.chat.faults.append(Fault(retry_after=30))
    delivery = outpost.deliverer()
    delivery.sending.sleep = look
    await delivery.drain()
    assert claimed_until
    assert min(claimed_until) >= timedelta(seconds=delivery.sending.timeout)


async def test_a_request_to_the_api_is_never_carried_out_as_a_command(
    sqlite_store: SqlStore,
) -> None:
    async def keep(unit: Unit) -> None:
        for platform in ("rest", "web"):
            call = Invoked(key=f"{platform}:1", platform=platform, actor=platform, text="POST …")
            await unit.invoke(call)

    async def left_behind(unit: Unit) -> list[str]:
        rows = await unit.left_behind(unit.now + timedelta(seconds=1))
        return [row["key"] for row in rows]

    await sqlite_store.transact(keep, lane=Lane.COMMANDS)
    assert await sqlite_store.transact(left_behind, lane=Lane.COMMANDS) == ["web:1"]


async def test_a_failing_listener_does_not_make_a_commit_look_failed(
    sqlite_store: SqlStore,
) -> None:
    def fall_over(ledger: Ledger) -> None:
        raise RuntimeError("a listener fell over")

    async def work(unit: Unit) -> str:
        return "committed"

    sqlite_store.tell(fall_over)
    with capture_logs() as logs:
        assert await sqlite_store.transact(work, lane=Lane.COMMANDS) == "committed"
    assert [line["event"] for line in logs] == ["not_told_of_commit"]


async def test_a_failure_after_the_commit_does_not_make_a_commit_look_failed(
    sqlite_store: SqlStore,
) -> None:
    async def work(unit: Unit) -> str:
        return "committed"

    arm("store.after_commit:1:raise")
    try:
        with capture_logs():
            assert await sqlite_store.transact(work, lane=Lane.COMMANDS) == "committed"
    finally:
        arm("")
