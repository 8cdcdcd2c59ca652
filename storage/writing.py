"""Transactions of those parts of storage that write by themselves and not through the engine."""

from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

from bot.ports.store import Lane, Unit
from storage.store import SqlStore
from storage.units import SqlUnit

T = TypeVar("T")


async def write(
    store: SqlStore, work: Callable[[SqlUnit], Awaitable[T]], *, lane: Lane = Lane.COMMANDS
) -> T:
    """Runs `work` in one transaction of this store, in its turn; see Store.transact."""

    async def on_unit(unit: Unit) -> T:
        return await work(cast(SqlUnit, unit))

    return await store.transact(on_unit, lane=lane)
