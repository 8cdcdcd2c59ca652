"""What asking models may cost, and what it has cost today: by day, by kind, by incident."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from bot.ports.analyses import MICRO, Analyses, Limit
from bot.ports.clock import Clock

ALL: Final = "all"
"""The day, whatever was asked."""


class Price(Protocol):
    """Of a million tokens."""

    @property
    def input(self) -> float: ...
    @property
    def output(self) -> float: ...


class Budget(Protocol):
    @property
    def money(self) -> float | None: ...
    @property
    def tokens(self) -> int | None: ...


class Allowance(Protocol):
    """What may be spent, and on what; see the section `llm` of the settings."""

    @property
    def day_money(self) -> float: ...
    @property
    def day_tokens(self) -> int: ...
    @property
    def incident_money(self) -> float: ...
    @property
    def incident_tokens(self) -> int: ...
    @property
    def kinds(self) -> Mapping[str, Budget]: ...
    @property
    def ask_above(self) -> float: ...
    @property
    def thinking(self) -> int: ...
    @property
    def private(self) -> bool: ...
    @property
    def prices(self) -> Mapping[str, Price]: ...


@dataclass(frozen=True, slots=True)
class Spent:
    """Today (UTC), with what calls that are under way may use up. Limits: None is none."""

    kind: str
    money: float
    tokens: int
    money_limit: float | None
    tokens_limit: int | None


@dataclass(frozen=True, slots=True)
class Spending:
    analyses: Analyses
    allowance: Allowance
    clock: Clock

    def limits(self, kind: str, incident: int | None) -> list[Limit]:
        """What a call of this kind counts against."""
        allowed, day = self.allowance, self._day()
        own = allowed.kinds.get(kind)
        limits = [
            Limit("day", day, _micro(allowed.day_money), allowed.day_tokens),
            Limit(
                f"kind:{kind}",
                day,
                _micro(own.money) if own else None,
                own.tokens if own else None,
            ),
        ]
        if incident is not None:
            money = _micro(allowed.incident_money)
            limits.append(Limit(f"incident:{incident}", "", money, allowed.incident_tokens))
        return limits

    def estimate(self, models: Sequence[str], tokens_in: int, tokens_out: int) -> int:
        """In millionths: of the dearest model that may be asked."""
        prices = self.allowance.prices
        known = [
            price
            for model in models
            if (price := prices.get(model) or prices.get(model.partition(":")[2])) is not None
        ]
        costs = [round(tokens_in * one.input + tokens_out * one.output) for one in known]
        return max(costs, default=0)

    async def today(self) -> list[Spent]:
        """The day in all, then each kind that was asked for or has a budget."""
        used = await self.analyses.used_on(self._day())
        allowed = self.allowance
        day = _spent(ALL, used.get("day"), allowed.day_money, allowed.day_tokens)
        asked = {scope.partition(":")[2] for scope in used if scope.startswith("kind:")}
        return [day, *(self._kind(kind, used) for kind in sorted({*asked, *allowed.kinds}))]

    def _kind(self, kind: str, used: Mapping[str, tuple[int, int]]) -> Spent:
        own = self.allowance.kinds.get(kind)
        limits: tuple[Any, Any] = (own.money, own.tokens) if own else (None, None)
        return _spent(kind, used.get(f"kind:{kind}"), *limits)

    def _day(self) -> str:
        return f"{self.clock.wall():%Y-%m-%d}"


def _spent(
    kind: str, used: tuple[int, int] | None, money: float | None, tokens: int | None
) -> Spent:
    spent_money, spent_tokens = used or (0, 0)
    return Spent(kind, spent_money / MICRO, spent_tokens, money, tokens)


def _micro(money: float | None) -> int | None:
    return None if money is None else round(money * MICRO)


def budget_name(scope: str) -> str:
    """As people read it."""
    kind, _, name = scope.partition(":")
    return {"day": "today", "incident": f"incident #{name}"}.get(kind, f"{name} for today")
