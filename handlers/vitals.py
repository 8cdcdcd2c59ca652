"""What the health pages look at in a core process."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.engine.assembly import Engine
from bot.engine.delivery import Delivery
from bot.ports.queries import Queries
from bot.ports.store import Store
from handlers.health import Vitals


def vitals_of(
    *,
    store: Store,
    queries: Queries,
    engine: Engine,
    delivery: Delivery,
    complaints: Callable[[], list[str]],
    refresh: Callable[[], Awaitable[None]],
    platforms: Callable[[], Mapping[str, Any]],
    analyst: Callable[[], Mapping[str, Any]],
    spent: Callable[[], Sequence[Mapping[str, Any]]],
) -> Vitals:
    """`complaints`: what people should mend. `refresh`: reads the numbers of a scrape anew.

    `platforms`: how those that hear people by themselves are connected. `analyst`: what it is able
    to do now, by ability. `spent`: what models have cost today, as `refresh` read it.
    """

    async def deep() -> Mapping[str, Any]:
        await refresh()
        facts = await queries.delivery()
        due = await store.next_due()
        overdue = (store.now() - due).total_seconds() if due else 0.0
        return {
            "timers": {
                "oldest_overdue_seconds": max(0.0, round(overdue, 3)),
                "failures": engine.timers.failures,
            },
            "outbox": {"pending": facts.pending, "overdue": facts.overdue, "failed": facts.failed},
            "destinations": {
                name: state.name.lower()
                for name, state in delivery.breakers.states(store.now(), delivery.channels).items()
            },
            "platforms": platforms(),
            "analyst": analyst(),
            "ai_today": spent(),
        }

    async def ping() -> None:
        await store.next_due()
        await engine.hold.on()

    def loops() -> dict[str, datetime | None]:
        return {
            "intake": store.now() if engine.intake.alive else None,
            "timers": engine.timers.swept_at,
            "delivery": delivery.seen_at,
        }

    return Vitals(
        now=store.now,
        ping=ping,
        refresh=refresh,
        loops=loops,
        on_hold=lambda: engine.hold.last,
        complaints=complaints,
        deep=deep,
    )
