"""Hold: a fact that stops every outgoing page, post and timer until a person releases it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.entry import EntryType
from bot.domain.incident import rfc3339
from bot.domain.people import SYSTEM, Actor
from storage.database import Database
from storage.facts import get_fact, set_fact
from storage.store import SqlStore
from storage.units import SqlUnit
from storage.writing import write

HOLD: Final = "hold"


@dataclass(frozen=True, slots=True)
class Held:
    """Whether nothing may go out, why, and since (or until) when."""

    on: bool = False
    why: str = ""
    since: datetime | None = None


async def read_hold(connection: AsyncConnection) -> Held:
    said: Any = await get_fact(connection, HOLD)
    if not said:
        return Held()
    return Held(bool(said["on"]), said["why"], datetime.fromisoformat(said["since"]))


def hold_fact(*, on: bool, why: str, since: datetime) -> dict[str, Any]:
    """The value of the fact `hold`."""
    return {"on": on, "why": why, "since": rfc3339(since)}


async def is_held(database: Database) -> bool:
    async with database.reading() as connection:
        return (await read_hold(connection)).on


async def put_hold(unit: SqlUnit, *, on: bool, why: str, by: Actor = SYSTEM) -> None:
    """Holds or releases, and enters who did it and why on this replica's own record."""
    await set_fact(unit.connection, HOLD, hold_fact(on=on, why=why, since=unit.now))
    said = f"Held: {why}" if on else f"Released{': ' + why if why else ''}"
    await unit.system_entry(by, EntryType.ACTION_EXECUTED, said, action="hold", on=on)


async def set_hold(store: SqlStore, *, on: bool, why: str = "", by: Actor = SYSTEM) -> bool:
    """Holds or releases everything; False where it was so already."""

    async def change(unit: SqlUnit) -> bool:
        if (await read_hold(unit.connection)).on == on:
            return False
        await put_hold(unit, on=on, why=why, by=by)
        return True

    return await write(store, change)
