"""The postmortem by itself: drafted after the resolution, never over what somebody wrote."""

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.incident import Outcome
from bot.domain.marks import Mark
from bot.domain.postmortem import PARTS, postmortem_of
from bot.domain.postmortem_timeline import Phase, read_timeline
from bot.domain.severity import Severity
from storage.replay import replay
from storage.store import SqlStore
from tests.engine.world import World
from tests.fakes.clock import FakeClock


async def an_incident(world: World, severity: Severity = Severity.P1, **said: Any) -> int:
    done = await world.incidents.declare(
        world.by("ann"), title="payments down", severity=severity, service="payments", **said
    )
    return done.incident.number


async def sections(world: World, number: int) -> dict[str, dict[str, str]]:
    known = postmortem_of(await found(world, number))
    assert known is not None
    return {name: dict(section.values) for name, section in known.sections.items()}


async def found(world: World, number: int) -> Any:
    async def read(unit: Any) -> Any:
        return await unit.incident(number)

    return await world.in_one(read)


async def test_it_is_drafted_within_seconds_of_resolving(store: SqlStore, clock: FakeClock) -> None:
    world = World(store, clock)
    number = await an_incident(world)
    clock.forward(minutes=4)
    await world.incidents.ack(number, world.by("ben"))
    await world.incidents.update(number, world.by("ben"), known="Cards fail.", doing="Rolling back")
    await world.incidents.note(number, "the cache is <b>full</b>", world.by("ben"))
    clock.forward(minutes=6)
    await world.incidents.resolve(number, world.by("ben"), text="Rolled back.")
    await world.forward(seconds=2)

    written = await sections(world, number)
    assert "payments down (payments), severity P1" in written["summary"]["summary"]
    assert "after 10m" in written["summary"]["summary"]
    assert "Cards fail." in written["impact"]["description"]
    assert written["impact"]["affected_services"] == "payments"
    assert written["resolution"]["description"].endswith("Rolled back.")
    assert written["resolution"]["actions_taken"] == "Rolling back"
    assert set(written["root_cause"].values()) == {""}, "nothing is guessed"
    phases = [str(line.phase) for line in read_timeline(written["timeline"]["lines"])]
    assert phases[0] == "detection"
    assert "communication" in phases
    assert phases[-1] == "resolution"
    assert [d async for d in replay(store.database)] == []


@pytest.mark.parametrize("severity", [Severity.P0, Severity.P2])
async def test_policy_says_which_severities_get_one(
    sqlite_store: SqlStore, clock: FakeClock, severity: Severity
) -> None:
    world = World(sqlite_store, clock)
    number = await an_incident(world, severity)
    await world.incidents.resolve(number, world.by("ben"))
    await world.forward(seconds=2)
    known = postmortem_of(await found(world, number))
    assert (known is not None) is (severity is Severity.P0)


async def test_tests_and_duplicates_get_none(sqlite_store: SqlStore, clock: FakeClock) -> None:
    world = World(sqlite_store, clock)
    trial, copy = await an_incident(world, test=True), await an_incident(world)
    await world.incidents.resolve(trial, world.by("ann"))
    await world.incidents.resolve(copy, world.by("ann"), outcome=Outcome.DUPLICATE)
    await world.forward(seconds=2)
    assert [postmortem_of(await found(world, n)) for n in (trial, copy)] == [None, None]


async def test_an_undone_resolution_drafts_nothing(
    sqlite_store: SqlStore, clock: FakeClock
) -> None:
    world = World(sqlite_store, clock)
    number = await an_incident(world)
    await world.incidents.resolve(number, world.by("ann"))
    await world.incidents.undo(number, world.by("ann"))
    await world.forward(seconds=5)
    assert postmortem_of(await found(world, number)) is None


async def test_a_new_draft_only_proposes_what_a_person_has_touched(
    sqlite_store: SqlStore, clock: FakeClock
) -> None:
    world = World(sqlite_store, clock)
    number, ann = await an_incident(world), world.by("ann")
    await world.incidents.resolve(number, ann)
    await world.forward(seconds=2)
    await world.incidents.save_section(number, "summary", {"summary": "In my words."}, ann)
    clock.forward(minutes=1)
    await world.incidents.update(number, ann, known="Two of three regions were down.")
    await world.incidents.draft_postmortem(number, ann)

    known = postmortem_of(await found(world, number))
    assert known is not None
    summary, impact = known.sections["summary"], known.sections["impact"]
    assert summary.values["summary"] == "In my words."
    assert "Two of three regions" in summary.proposed["summary"]
    assert "Two of three regions" in impact.values["description"], "nobody had touched it"

    await world.incidents.settle_proposal(number, "summary", ann, take=False)
    again = await world.incidents.draft_postmortem(number, ann)
    assert not again.changed, "what was dismissed is not proposed twice"


async def test_a_secret_that_somebody_typed_is_not_in_it(
    sqlite_store: SqlStore, clock: FakeClock
) -> None:
    world = World(sqlite_store, clock)
    number, ann = await an_incident(world), world.by("ann")
    secret = "AKIAIOSFODNN7EXAMPLE"
    await world.incidents.note(number, f"we used {secret} for it", ann)
    await world.incidents.update(number, ann, known=f"Key {secret} is out.", doing=f"no {secret}")
    await world.incidents.resolve(number, ann, text=f"Took {secret} away.")
    await world.forward(seconds=2)
    written = await sections(world, number)
    assert secret not in str(written)
    assert "Took [redacted] away." in written["resolution"]["description"]
    read_timeline(written["timeline"]["lines"])


async def test_the_same_record_gives_the_same_draft(
    sqlite_store: SqlStore, clock: FakeClock
) -> None:
    world = World(sqlite_store, clock)
    number, ann = await an_incident(world), world.by("ann")
    await world.incidents.resolve(number, ann)
    await world.forward(seconds=2)
    before = await sections(world, number)
    assert not (await world.incidents.draft_postmortem(number, ann)).changed
    assert await sections(world, number) == before


async def test_every_section_has_its_questions() -> None:
    assert [q.name for q in PARTS["root_cause"].questions] == [
        "description",
        "contributing_factors",
        "why_undetected",
    ]
    assert [q.name for q in PARTS["resolution"].questions][1:] == [
        "actions_taken",
        "effective_actions",
    ]


async def test_its_summary_says_what_it_was_and_what_ended_it(
    store: SqlStore, clock: FakeClock
) -> None:
    world = World(store, clock)
    number = await an_incident(world, description="p99 over 2 s")
    await world.incidents.update(number, world.by("ben"), known="Cards fail", doing="Rolling back")
    clock.forward(minutes=6)
    await world.incidents.resolve(number, world.by("ben"), text="rolled back to v41")
    await world.forward(seconds=2)
    written = await sections(world, number)
    assert "p99 over 2 s." in written["summary"]["summary"]
    assert written["summary"]["summary"].endswith("What was done: rolled back to v41.")
    assert written["impact"]["description"].endswith("Cards fail.")
    assert written["resolution"]["description"].endswith("UTC (fixed): rolled back to v41")


async def test_a_mark_is_told_at_its_time_and_not_as_who_set_it(
    store: SqlStore, clock: FakeClock
) -> None:
    world = World(store, clock)
    number = await an_incident(world)
    clock.forward(minutes=10)
    at = clock.now() - timedelta(minutes=4)
    await world.incidents.mark(number, {Mark.MITIGATED: at}, world.by("ben"))
    await world.incidents.resolve(number, world.by("ben"), text="Rolled back.")
    await world.forward(seconds=2)
    lines = read_timeline((await sections(world, number))["timeline"]["lines"])
    assert [(one.at, one.text) for one in lines if one.phase is Phase.MITIGATION] == [
        (at, "Mitigated.")
    ]
