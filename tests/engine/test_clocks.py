"""Who is told at which minute, by the shipped policy (REFERENCE 3)."""

import pytest

from bot.domain.lifecycle import State
from tests.engine.world import World

HOUR = 60
EVERYBODY = ("ann", "ben", "eva")

RUNGS = {
    # word: (minute, who) in order; nobody ever reacts
    "critical": [
        (0, ("ann",)),
        (5, ("ann", "ben")),
        (15, EVERYBODY),
        (30, ("eva",)),
    ],
    "high": [
        (0, ("ann",)),
        (15, ("ann", "ben")),
        (HOUR, EVERYBODY),
        (2 * HOUR, ("eva",)),
    ],
    "warning": [(HOUR, ("ann", "ben")), (4 * HOUR, EVERYBODY)],
    "low": [(4 * HOUR, ("ann", "ben")), (24 * HOUR, EVERYBODY)],
    "info": [],
}


@pytest.mark.parametrize("word", RUNGS)
async def test_unanswered_it_climbs_at_exactly_these_minutes(world: World, word: str) -> None:
    await world.fires("api down", word)

    for minute, _ in RUNGS[word]:
        await world.forward(minutes=minute - world.minute(world.clock.now()), seconds=-1)
        await world.forward(seconds=1)
    await world.forward(hours=30)

    assert [(told.minute, told.person) for told in await world.pages()] == [
        (minute, person) for minute, people in RUNGS[word] for person in people
    ]


async def test_p0_minute_by_minute(both_worlds: World) -> None:
    world = both_worlds
    await world.fires("api down", "critical")
    states = {}
    for minute in range(1, 36):
        await world.forward(minutes=1)
        incident = await world.incident()
        states[minute] = (incident.status, incident.escalation_level)

    assert states[4] == (State.NEW, 1)
    assert states[5] == states[14] == (State.ESCALATED, 2)
    assert states[15] == states[35] == (State.ESCALATED, 3)
    assert await world.entries() == [
        "incident_created",
        "escalated",  # 5: level 2
        "paged",
        "sla_warning",  # 12: 80 % of 15 minutes
        "escalated",  # 15: level 3
        "paged",
        "sla_breached",
        "paged",  # 30: the manager
    ]


@pytest.mark.parametrize(
    ("word", "people"),
    [("critical", []), ("high", []), ("warning", ["ann"]), ("low", ["ann"]), ("info", [])],
)
async def test_p2_and_p3_are_told_quietly_and_p4_to_nobody(
    world: World, word: str, people: list[str]
) -> None:
    await world.fires("api down", word)

    assert [told.person for told in await world.notices()] == people
    assert not (await world.incident()).unreached


async def test_an_acknowledgement_ends_all_ringing_but_p0s_manager(both_worlds: World) -> None:
    world = both_worlds
    await world.fires("api down", "critical")
    await world.forward(minutes=4)

    await world.ack("ann")
    await world.watch(minutes=31)

    assert await world.pages(withdrawn=False) == [(30, "eva", "manager")]
    assert await world.notices() == [(15, person, "3") for person in EVERYBODY]
    assert (await world.incident()).status is State.ESCALATED
    assert [e.metadata for e in await world.record() if e.type == "sla_breached"] == [
        {"clock": "resolve", "quiet": True}
    ]


async def test_for_p1_the_manager_is_told_quietly_once_acknowledged(world: World) -> None:
    await world.fires("api down", "high")
    await world.ack("ann")

    await world.forward(hours=1)
    await world.forward(hours=1)

    assert await world.pages(withdrawn=False) == []
    assert [t for t in await world.notices() if t.minute == 2 * HOUR] == [
        (2 * HOUR, "eva", "manager")
    ]
    assert (await world.entries()).count("sla_breached") == 2


async def test_an_acknowledgement_takes_back_what_has_not_rung_yet(world: World) -> None:
    await world.fires("api down", "critical")
    assert len(await world.pages(withdrawn=False)) == 1

    await world.ack("ann")

    assert await world.pages(withdrawn=False) == []
    assert not set(await world.pending()) & {
        "acknowledge",
        "sla_acknowledge_warning",
        "sla_acknowledge_breach",
    }
    assert set(await world.pending()) == {"resolve", "manager", "sla_resolve_warning"}


async def test_a_resolution_stops_everything(world: World) -> None:
    await world.fires("api down", "critical")
    await world.watch(minutes=6)

    await world.resolve("ann")
    await world.watch(minutes=31)

    assert set(await world.pending()) == {"auto_close"}
    assert max(told.minute for told in await world.pages()) == 5
    assert await world.notices() == []


async def test_the_clocks_start_anew_when_it_refires(world: World) -> None:
    await world.fires("api down", "critical")
    await world.forward(minutes=3)
    await world.clears("api down", "critical", settles_at_once=True)
    await world.forward(minutes=7)

    await world.fires("api down", "critical")

    assert await world.pending() == {
        "acknowledge": 15,
        "resolve": 25,
        "manager": 40,
        "sla_acknowledge_warning": 22,
        "sla_resolve_warning": 58,
    }


async def test_service_levels_warn_and_breach_at_their_times(world: World) -> None:
    await world.fires("api down", "high")
    noted = []
    for _ in range(250):
        await world.forward(minutes=1)
        noted += [
            (world.minute(entry.recorded_at), str(entry.type), entry.metadata["clock"])
            for entry in (await world.record())[-1:]
            if entry.type.startswith("sla_") and entry.recorded_at == world.clock.now()
        ]

    assert noted == [
        (24, "sla_warning", "acknowledge"),
        (30, "sla_breached", "acknowledge"),
        (192, "sla_warning", "resolve"),
        (240, "sla_breached", "resolve"),
    ]
    incident = await world.incident()
    assert world.minute(incident.sla_acknowledge_breached_at) == 30
    assert world.minute(incident.sla_resolve_breached_at) == 240


async def test_the_owner_is_warned_quietly(world: World) -> None:
    await world.fires("api down", "critical")
    await world.ack("ben")

    await world.forward(minutes=48)

    assert (48, "ben", "sla-warning-resolve") in await world.notices()


async def test_after_hours_away_each_timer_is_decided_once_in_order(both_worlds: World) -> None:
    world = both_worlds
    await world.fires("api down", "critical")

    await world.forward(hours=5)
    await world.sweep()

    assert await world.entries() == [
        "incident_created",
        "escalated",
        "paged",
        "sla_warning",
        "escalated",
        "paged",
        "paged",
        "sla_warning",
        "sla_breached",
        "sla_breached",
    ]
    kinds = [kind for kind, _ in world.lateness]
    assert kinds[:5] == [
        "acknowledge",
        "sla_acknowledge_warning",
        "resolve",
        "manager",
        "sla_resolve_warning",
    ]
    assert world.lateness[0] == ("acknowledge", 295 * 60)
    assert await world.pending() == {}


async def test_a_sweep_with_nothing_due_writes_nothing(world: World) -> None:
    await world.fires("api down", "critical")
    await world.sweep()
    before = world.store.commits

    assert await world.sweep() == 0
    assert world.store.commits == before


async def test_a_jump_of_the_wall_clock_fires_nothing(world: World) -> None:
    await world.fires("api down", "critical")
    world.clock.wall_is_ahead_by += world.clock.now() - world.clock.now().replace(year=2025)

    await world.sweep()

    assert await world.entries() == ["incident_created"]


async def test_who_is_on_call_is_a_question_of_wall_time(world: World) -> None:
    await world.forward(days=7)
    await world.fires("api down", "critical")

    assert [told.person for told in await world.pages()] == ["ben"]


async def test_a_timer_that_cannot_be_decided_waits_and_stops_no_other(world: World) -> None:
    await world.fires("api down", "critical")

    async def poison(unit) -> None:
        unit.ledger.arm("incident:1", "nonsense", 0, unit.now)

    await world.in_one(poison)
    await world.forward(minutes=5)

    assert (await world.incident()).status is State.ESCALATED
    assert world.timers.failures == 1
    assert (await world.pending())["nonsense"] == 5.08


async def test_while_on_hold_no_timer_is_decided(world: World) -> None:
    await world.fires("api down", "critical")
    world.held = True
    world.clock.forward(minutes=10)

    await world.timers._turn()
    held = await world.entries()
    world.held = False
    world.clock.forward(seconds=1)
    await world.timers._turn()

    assert held == ["incident_created"]
    assert "escalated" in await world.entries()
