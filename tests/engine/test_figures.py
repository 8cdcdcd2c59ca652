"""What the metrics say of incidents: counted from the record, each thing once."""

from datetime import timedelta

import pytest

from bot.domain.incident import Outcome
from bot.domain.lifecycle import Action
from bot.engine.figures import Figures
from tests.engine.world import World


class Seen(list[tuple[str, float]]):
    """(name, seconds) as they were observed."""

    def of(self, name: str) -> list[float]:
        return [seconds for one, seconds in self if one == name]


@pytest.fixture
def seen(world: World) -> Seen:
    seen = Seen()
    figures = Figures(lambda name, severity, seconds: seen.append((name, seconds)))
    world.store.tell(figures.told)
    return seen


@pytest.fixture
def figures(world: World) -> Figures:
    figures = Figures(lambda *_: None)
    world.store.tell(figures.told)
    return figures


async def test_a_missed_resolution_counts_as_one_also_where_nobody_acknowledged_in_time(
    world: World, figures: Figures
) -> None:
    await world.fires("api down", "critical")
    await world.watch(minutes=61)

    assert figures.breached == {"acknowledgment": 1, "resolution": 1}


async def test_a_quiet_notice_of_the_clocks_is_no_service_level_missed(
    world: World, figures: Figures
) -> None:
    await world.fires("api down", "critical")
    await world.ack("ann")
    await world.watch(minutes=31)

    assert "sla_breached" in await world.entries()
    assert not figures.breached


async def test_the_answer_to_a_later_round_leaves_the_time_to_acknowledge(
    world: World, seen: Seen
) -> None:
    await world.fires("api down", "high")
    await world.forward(minutes=2)
    await world.ack("ann")
    await world.acts("ann", Action.RELEASE)
    await world.forward(minutes=20)
    await world.ack("ben")

    incident = await world.incident()
    assert incident.acknowledged_by == "ben"
    assert incident.first_acknowledged_at == incident.opened_at + timedelta(minutes=2)
    assert seen.of("mtta") == [120]


async def test_it_took_until_now_to_hear_of_what_began_earlier(world: World, seen: Seen) -> None:
    began = world.clock.now() - timedelta(minutes=3)
    await world.fires("api down", "high", starts_at=began)
    await world.fires("disk full", "high")

    assert (await world.incident()).began_at == began
    assert seen.of("mttd") == [180]


async def test_only_what_was_mended_counts_as_time_to_resolve(world: World, seen: Seen) -> None:
    await world.fires("api down", "high")
    await world.fires("disk full", "high")
    await world.forward(minutes=5)
    await world.incidents.resolve(1, world.by("ann"), outcome=Outcome.FIXED)
    await world.incidents.resolve(2, world.by("ann"), outcome=Outcome.FALSE_ALARM)

    assert seen.of("mttr") == [300]
