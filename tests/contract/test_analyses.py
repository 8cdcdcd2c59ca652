"""What models said and used up is kept, on both databases."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.ports.analyses import (
    Analysis,
    Limit,
    Suggestion,
    SuggestionKind,
    SuggestionStatus,
)
from storage.analyses import SqlAnalyses
from storage.store import SqlStore
from tests.fakes.clock import FakeClock

DAY = Limit("day", "2026-01-05", 1_000, 500)
INCIDENT = Limit("incident:7", "", None, 300)


@pytest.fixture
def kept(store: SqlStore) -> SqlAnalyses:
    return SqlAnalyses(store)


async def test_a_budget_is_counted_before_the_call_and_mended_after_it(kept: SqlAnalyses) -> None:
    assert await kept.reserve([DAY, INCIDENT], 400, 200) is None
    assert await kept.used("day", "2026-01-05") == (400, 200)
    assert await kept.reserve([DAY, INCIDENT], 400, 200) == "incident:7"
    assert await kept.used("day", "2026-01-05") == (400, 200)
    await kept.settle([DAY, INCIDENT], -300, -150)
    assert await kept.used("incident:7", "") == (100, 50)
    assert await kept.reserve([DAY, INCIDENT], 901, 1) == "day"
    assert await kept.reserve([DAY, INCIDENT], 900, 250) is None


async def test_a_budget_holds_however_many_ask_at_once(kept: SqlAnalyses) -> None:
    told = await asyncio.gather(*(kept.reserve([DAY], 100, 10) for _ in range(20)))
    assert told.count(None) == 10
    assert await kept.used("day", "2026-01-05") == (1_000, 100)


async def test_what_a_model_said_is_found_again(kept: SqlAnalyses, clock: FakeClock) -> None:
    now = clock.now()
    said = Analysis(
        id="a1",
        kind="root_cause",
        incident=7,
        asked_by="ann",
        provider="openai",
        model="m",
        digest="d" * 64,
        result={"sentences": ["x"]},
        confidence=0.5,
        tokens_in=10,
        tokens_out=5,
        cost=0.25,
        mentions=(3, 4),
        made_at=now,
    )
    step = Suggestion(
        id="s1",
        analysis="a1",
        incident=7,
        kind=SuggestionKind.PRIORITY_ADJUSTMENT,
        text="Everybody is affected.",
        command="severity #7 P1",
        confidence=0.7,
        made_at=now,
    )
    await kept.keep(said, [step])
    await kept.keep(replace(said, id="a2", status="failed", made_at=now + timedelta(seconds=1)))
    assert await kept.cached("d" * 64, now) == said
    assert await kept.cached("d" * 64, now + timedelta(seconds=1)) is None
    assert [one.id for one in await kept.of_incident(7, 10)] == ["a2", "a1"]
    assert await kept.suggestions(["a1"]) == [step]
    assert await kept.decide("s1", SuggestionStatus.REJECTED, by="ben", reason="no")
    assert not await kept.decide("s1", SuggestionStatus.APPLIED, by="ann")
    assert await kept.rate("s1", 4)
    decided = await kept.suggestion("s1")
    assert decided is not None
    assert (decided.status, decided.decided_by, decided.reason, decided.rating) == (
        SuggestionStatus.REJECTED,
        "ben",
        "no",
        4,
    )
