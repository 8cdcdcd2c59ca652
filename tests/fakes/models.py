"""Analysts that implement the port: one that says what it is told to, one over a model's server."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.engine.analysis.consulting import Consulting
from bot.engine.analysis.foreign import Fence
from bot.engine.analysis.spending import Budget, Price
from bot.llm.worker import ModelWorker
from bot.ports.analyst import Ability, Analyst, Job, Unavailable
from storage.analyses import SqlAnalyses
from storage.store import SqlStore

FACTS = {"provider": "openai", "model": "m", "models": ["openai:m"]}


@dataclass
class ScriptedAnalyst:
    """`answers` are what a model says to one job after the other: JSON, or an error to raise.

    Where none is left, `answer` computes it; `jobs` are those that came.
    """

    answers: deque[Any] = field(default_factory=deque)
    answer: Callable[[Job], Any] | None = None
    jobs: list[Job] = field(default_factory=list)
    away: bool = False
    tokens: tuple[int, int] = (100, 20)
    cost: float = 0.01

    def facts(self, ability: Ability) -> Mapping[str, Any] | None:
        return None if self.away or ability is not Ability.MODEL else FACTS

    async def do(self, job: Job) -> Mapping[str, Any]:
        self.jobs.append(job)
        if self.away:
            raise Unavailable
        said = self.answers.popleft() if self.answers else self.answer and self.answer(job)
        if isinstance(said, Exception):
            raise said
        return {
            "data": said,
            "provider": "openai",
            "model": "m",
            "tokens_in": self.tokens[0],
            "tokens_out": self.tokens[1],
            "cost": self.cost,
            "seconds": 0.5,
        }


@dataclass
class DirectAnalyst:
    """The model's worker without the process between."""

    worker: ModelWorker

    def facts(self, ability: Ability) -> Mapping[str, Any] | None:
        return self.worker.facts() if ability is Ability.MODEL else None

    async def do(self, job: Job) -> Mapping[str, Any]:
        return await self.worker.do(job.kind.partition(".")[2], job.body, job.seconds)


@dataclass
class Plenty:
    """An allowance; its fields may be set."""

    day_money: float = 100.0
    day_tokens: int = 10_000_000
    incident_money: float = 100.0
    incident_tokens: int = 10_000_000
    kinds: Mapping[str, Budget] = field(default_factory=dict)
    ask_above: float = 5.0
    thinking: int = 0
    private: bool = True
    prices: Mapping[str, Price] = field(default_factory=dict)


@dataclass
class Counted:
    """Ids and fence marks one after the other."""

    last: int = 0

    def __call__(self) -> str:
        self.last += 1
        return f"{self.last:016x}"


def consulting(
    store: SqlStore, analyst: Analyst, allowance: Plenty | None = None, *hosts: str
) -> Consulting:
    ids, marks = Counted(), Counted(last=0xFE17CE0000)
    return Consulting(
        analyst=analyst,
        analyses=SqlAnalyses(store),
        allowance=allowance or Plenty(),
        clock=store.clock,
        new_id=ids,
        fence=lambda: Fence(marks()),
        hosts=frozenset(hosts),
    )


__all__ = ["Counted", "DirectAnalyst", "Plenty", "ScriptedAnalyst", "consulting"]
