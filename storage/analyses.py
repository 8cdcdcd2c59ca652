"""See bot.ports.analyses: the same on both databases."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from bot.ports.analyses import (
    Analysis,
    Limit,
    Suggestion,
    SuggestionKind,
    SuggestionStatus,
)
from storage import tables as t
from storage.flush import upserting
from storage.store import SqlStore
from storage.units import SqlUnit
from storage.writing import write

TENANT = "default"


class SqlAnalyses:
    def __init__(self, store: SqlStore) -> None:
        self.store = store

    async def reserve(self, limits: Sequence[Limit], money: int, tokens: int) -> str | None:
        """Rows are locked in the order of their keys, so that nobody waits in a circle."""

        async def work(unit: SqlUnit) -> str | None:
            ordered = sorted(limits, key=lambda one: (one.scope, one.day))
            for limit in ordered:
                used = await _locked(unit, limit)
                if _too_much(used[0] + money, limit.money):
                    return limit.scope
                if _too_much(used[1] + tokens, limit.tokens):
                    return limit.scope
            for limit in ordered:
                await _add(unit, limit, money, tokens)
            return None

        return await write(self.store, work)

    async def settle(self, limits: Sequence[Limit], money: int, tokens: int) -> None:
        async def work(unit: SqlUnit) -> None:
            for limit in sorted(limits, key=lambda one: (one.scope, one.day)):
                await _locked(unit, limit)
                await _add(unit, limit, money, tokens)

        await write(self.store, work)

    async def used(self, scope: str, day: str) -> tuple[int, int]:
        u = t.model_usage.c
        statement = select(u.money, u.tokens).where(
            u.tenant == TENANT, u.scope == scope, u.day == day
        )
        async with self.store.reading() as connection:
            row = (await connection.execute(statement)).first()
        return (row.money, row.tokens) if row is not None else (0, 0)

    async def used_on(self, day: str) -> Mapping[str, tuple[int, int]]:
        u = t.model_usage.c
        statement = select(u.scope, u.money, u.tokens).where(u.tenant == TENANT, u.day == day)
        async with self.store.reading() as connection:
            rows = list(await connection.execute(statement))
        return {row.scope: (row.money, row.tokens) for row in rows}

    async def keep(self, analysis: Analysis, suggestions: Sequence[Suggestion] = ()) -> None:
        row = {**asdict(analysis), "mentions": list(analysis.mentions)}
        rows = [
            {**asdict(one), "kind": str(one.kind), "status": str(one.status)} for one in suggestions
        ]

        async def work(unit: SqlUnit) -> None:
            await unit.connection.execute(insert(t.analyses), row)
            if rows:
                await unit.connection.execute(insert(t.suggestions), rows)

        await write(self.store, work)

    async def cached(self, digest: str, since: datetime) -> Analysis | None:
        a = t.analyses.c
        found = await self._analyses(
            select(t.analyses)
            .where(a.tenant == TENANT, a.digest == digest, a.made_at >= since, a.status == "done")
            .order_by(a.made_at.desc())
            .limit(1)
        )
        return found[0] if found else None

    async def of_incident(self, number: int, limit: int) -> Sequence[Analysis]:
        a = t.analyses.c
        return await self._analyses(
            select(t.analyses)
            .where(a.tenant == TENANT, a.incident == number)
            .order_by(a.made_at.desc(), a.id.desc())
            .limit(limit)
        )

    async def analysis(self, id: str) -> Analysis | None:
        a = t.analyses.c
        found = await self._analyses(select(t.analyses).where(a.id == id, a.tenant == TENANT))
        return found[0] if found else None

    async def _analyses(self, statement: Any) -> list[Analysis]:
        async with self.store.reading() as connection:
            rows = list(await connection.execute(statement))
        names = [field.name for field in fields(Analysis)]
        return [
            Analysis(
                **{name: getattr(row, name) for name in names if name != "mentions"},
                mentions=tuple(row.mentions),
            )
            for row in rows
        ]

    async def suggestions(self, analyses: Sequence[str]) -> Sequence[Suggestion]:
        s = t.suggestions.c
        return await self._suggestions(
            select(t.suggestions)
            .where(s.tenant == TENANT, s.analysis.in_(sorted(analyses)))
            .order_by(s.made_at, s.id)
        )

    async def suggestion(self, id: str) -> Suggestion | None:
        s = t.suggestions.c
        found = await self._suggestions(select(t.suggestions).where(s.id == id, s.tenant == TENANT))
        return found[0] if found else None

    async def _suggestions(self, statement: Any) -> list[Suggestion]:
        async with self.store.reading() as connection:
            rows = list(await connection.execute(statement))
        names = [field.name for field in fields(Suggestion)]
        made = []
        for row in rows:
            said: dict[str, Any] = {name: getattr(row, name) for name in names}
            said |= {"kind": SuggestionKind(row.kind), "status": SuggestionStatus(row.status)}
            made.append(Suggestion(**said))
        return made

    async def decide(self, id: str, status: SuggestionStatus, *, by: str, reason: str = "") -> bool:
        s = t.suggestions.c

        async def work(unit: SqlUnit) -> bool:
            done = await unit.connection.execute(
                update(t.suggestions)
                .where(s.id == id, s.tenant == TENANT, s.status == str(SuggestionStatus.PENDING))
                .values(status=str(status), decided_by=by, decided_at=unit.now, reason=reason)
            )
            return bool(done.rowcount)

        return await write(self.store, work)

    async def rate(self, id: str, rating: int) -> bool:
        s = t.suggestions.c

        async def work(unit: SqlUnit) -> bool:
            done = await unit.connection.execute(
                update(t.suggestions).where(s.id == id, s.tenant == TENANT).values(rating=rating)
            )
            return bool(done.rowcount)

        return await write(self.store, work)


async def _locked(unit: SqlUnit, limit: Limit) -> tuple[int, int]:
    """What is used up in this scope, ours until the transaction ends."""
    u = t.model_usage.c
    key = {"tenant": TENANT, "scope": limit.scope, "day": limit.day}
    await unit.connection.execute(
        upserting(unit.connection, t.model_usage).on_conflict_do_nothing(),
        {**key, "money": 0, "tokens": 0},
    )
    row = (
        await unit.connection.execute(
            select(u.money, u.tokens)
            .where(u.tenant == TENANT, u.scope == limit.scope, u.day == limit.day)
            .with_for_update()
        )
    ).one()
    return row.money, row.tokens


async def _add(unit: SqlUnit, limit: Limit, money: int, tokens: int) -> None:
    u = t.model_usage.c
    await unit.connection.execute(
        update(t.model_usage)
        .where(u.tenant == TENANT, u.scope == limit.scope, u.day == limit.day)
        .values(money=u.money + money, tokens=u.tokens + tokens)
    )


def _too_much(used: int, limit: int | None) -> bool:
    return limit is not None and used > limit
