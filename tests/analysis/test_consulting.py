"""Asking a model: counted first, asked once, read at the door, kept."""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Any

import pytest

from bot.engine.analysis.consulting import Consulting, Costly, Inquiry, NoModel, Shape
from bot.ports.analyses import MICRO
from bot.ports.analyst import NOBODY, Refused, Unavailable
from config.sections import Budget, Price
from prompts import prompt
from storage.store import SqlStore
from tests.fakes.models import Plenty, ScriptedAnalyst, consulting

DAY = "2026-01-05"


class Words(Shape):
    text: str


def inquiry(text: str = "Disk full on db-1.", **more: Any) -> Inquiry[Words]:
    return Inquiry(
        kind="ask", shape=Words, data=[("alert 1", text)], check=lambda said: said, **more
    )


@pytest.fixture
def analyst() -> ScriptedAnalyst:
    return ScriptedAnalyst(answer=lambda job: {"text": "It is full."})


async def spent(asked: Consulting, scope: str = "day", day: str = DAY) -> Sequence[int]:
    return await asked.analyses.used(scope, day)


async def test_what_it_used_up_is_counted_by_day_kind_and_incident(
    store: SqlStore, analyst: ScriptedAnalyst
) -> None:
    asked = consulting(store, analyst)
    told = await asked.ask(inquiry(incident=7))
    assert told.said.text == "It is full."
    for scope, day in (("day", DAY), ("kind:ask", DAY), ("incident:7", "")):
        assert await spent(asked, scope, day) == (MICRO // 100, 120)
    (kept,) = await asked.analyses.of_incident(7, 10)
    assert kept == told.analysis
    assert (kept.provider, kept.model, kept.result) == ("openai", "m", {"text": "It is full."})


async def test_the_same_is_asked_once_and_costs_once(
    store: SqlStore, analyst: ScriptedAnalyst
) -> None:
    asked = consulting(store, analyst)
    await asked.ask(inquiry(incident=7))
    await asked.ask(inquiry(incident=7))
    assert len(analyst.jobs) == 1
    assert await spent(asked) == (MICRO // 100, 120)
    await asked.ask(inquiry("Disk full on db-2.", incident=7))
    assert len(analyst.jobs) == 2


@pytest.mark.parametrize(
    ("allowance", "named"),
    [
        (Plenty(day_tokens=100), "today"),
        (Plenty(incident_tokens=100), "incident #7"),
        (Plenty(kinds={"ask": Budget(tokens=100)}), "ask for today"),
        (Plenty(prices={"m": Price(input=1_000, output=1_000)}, day_money=0.1), "today"),
    ],
)
async def test_a_budget_is_hard_and_asked_before_the_call(
    store: SqlStore, analyst: ScriptedAnalyst, allowance: Plenty, named: str
) -> None:
    asked = consulting(store, analyst, allowance)
    with pytest.raises(NoModel, match=named):
        await asked.ask(inquiry(incident=7, yes=True))
    assert analyst.jobs == []
    assert await spent(asked) == (0, 0)


async def test_many_at_once_do_not_overdraw(store: SqlStore, analyst: ScriptedAnalyst) -> None:
    analyst.tokens = (600, 600)
    asked = consulting(store, analyst, Plenty(day_tokens=8_000))
    done = await asyncio.gather(
        *(asked.ask(inquiry(f"Disk {n} full.")) for n in range(12)), return_exceptions=True
    )
    assert any(isinstance(one, NoModel) for one in done)
    assert (await spent(asked))[1] <= 8_000


async def test_a_costly_run_is_asked_about(store: SqlStore, analyst: ScriptedAnalyst) -> None:
    dear = Plenty(prices={"openai:m": Price(input=1_000, output=10_000)}, ask_above=1)
    asked = consulting(store, analyst, dear)
    with pytest.raises(Costly) as costly:
        await asked.ask(inquiry())
    assert costly.value.estimate > 1
    assert analyst.jobs == []
    assert (await asked.ask(inquiry(yes=True))).said.text


@pytest.mark.parametrize(
    "trouble",
    [Unavailable(), Refused("timeout", ""), {"text": 1}, {"other": "x"}, {"text": "a", "b": 1}, []],
)
async def test_what_fails_stays_counted_since_nobody_knows_what_it_cost(
    store: SqlStore, analyst: ScriptedAnalyst, trouble: Any
) -> None:
    analyst.answers = deque([trouble])
    asked = consulting(store, analyst)
    with pytest.raises(NoModel):
        await asked.ask(inquiry(incident=7))
    assert (await spent(asked))[1] > 0
    (kept,) = await asked.analyses.of_incident(7, 10)
    assert (kept.status, kept.result) == ("failed", {})
    assert (await asked.ask(inquiry(incident=7))).said.text == "It is full."


async def test_what_was_never_sent_costs_nothing(store: SqlStore, analyst: ScriptedAnalyst) -> None:
    analyst.answers.append(Refused("breaker", "it rests"))
    asked = consulting(store, analyst)
    with pytest.raises(NoModel):
        await asked.ask(inquiry())
    assert await spent(asked) == (0, 0)


async def test_nobody_there_is_said_plainly(store: SqlStore) -> None:
    asked = consulting(store, NOBODY)
    assert not asked.ready
    with pytest.raises(NoModel, match="No model is set up"):
        await asked.ask(inquiry())


async def test_numbers_of_the_analyst_are_not_believed_blindly(
    store: SqlStore, analyst: ScriptedAnalyst
) -> None:
    analyst.cost = -5.0
    asked = consulting(store, analyst)
    with pytest.raises(NoModel):
        await asked.ask(inquiry())
    assert (await spent(asked))[0] >= 0


async def test_what_today_has_cost_by_kind(store: SqlStore, analyst: ScriptedAnalyst) -> None:
    plenty = Plenty(day_money=5, kinds={"summary": Budget(money=1, tokens=None)})
    asked = consulting(store, analyst, plenty)
    assert [(one.kind, one.tokens) for one in await asked.spending.today()] == [
        ("all", 0),
        ("summary", 0),
    ]
    await asked.ask(inquiry(incident=7))
    day, ask, summary = await asked.spending.today()
    assert (day.kind, day.money, day.tokens, day.money_limit) == ("all", 0.01, 120, 5)
    assert (ask.kind, ask.money, ask.tokens, ask.money_limit) == ("ask", 0.01, 120, None)
    assert (summary.money, summary.money_limit, summary.tokens_limit) == (0, 1, None)


async def test_what_is_made_for_one_person_is_cached_for_nobody_else(
    store: SqlStore, analyst: ScriptedAnalyst
) -> None:
    asked = consulting(store, analyst)
    for who, private, jobs in (
        ("ann", True, 1),
        ("ann", True, 1),
        ("ben", True, 2),
        ("ann", False, 3),
        ("ben", False, 3),
    ):
        await asked.ask(inquiry(asked_by=who, private=private))
        assert len(analyst.jobs) == jobs


@pytest.mark.parametrize(
    ("configured", "said"), [(False, "No model is set up here"), (True, "The model is not ready")]
)
async def test_whoever_asks_is_told_why_there_is_none(
    store: SqlStore, configured: bool, said: str
) -> None:
    asked = consulting(store, ScriptedAnalyst(away=True))
    asked.configured = configured
    with pytest.raises(NoModel, match=said):
        await asked.ask(inquiry())


async def test_a_model_may_think_before_its_answer_and_it_counts(
    store: SqlStore, analyst: ScriptedAnalyst
) -> None:
    words = prompt("ask").tokens
    plenty = Plenty(incident_tokens=2_500)
    asked = consulting(store, analyst, plenty)
    for thinking in (0, 2_000):
        plenty.thinking = thinking
        await asked.ask(inquiry(f"Disk full {thinking}."))
        assert analyst.jobs[-1].body["max_tokens"] == words + thinking
    with pytest.raises(NoModel, match="budget"):
        await asked.ask(inquiry("Disk full again.", incident=7))
