"""What Muster knows of itself, by name: its instance, whether it is on hold."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import tables as t
from storage.flush import upserting

TENANT: Final = "default"


def noise_fact(platform: str, channel: str) -> str:
    """The name of how much is said in a channel."""
    return f"noise:{platform}:{channel}"


def room_fact(platform: str, channel: str) -> str:
    """The name of whose room a channel became that people had before."""
    return f"room:{platform}:{channel}"


def quoted_fact(where: str) -> str:
    """The name of which incidents quote the words at this address."""
    return f"quoted:{where}"


async def get_fact(connection: AsyncConnection, name: str, *, locked: bool = False) -> Any | None:
    """A mapping or a text; None where nothing is known. `locked`: nobody else changes it meanwhile.

    Bare numbers are not for this: SQLite keeps them as numbers and not as JSON.
    """
    statement = select(t.facts.c.value).where(t.facts.c.tenant == TENANT, t.facts.c.name == name)
    rows = await connection.execute(statement.with_for_update() if locked else statement)
    return rows.scalar_one_or_none()


async def get_facts(connection: AsyncConnection, names: Collection[str]) -> dict[str, Any]:
    """Those that are known, by name; nobody else changes them meanwhile."""
    facts = t.facts.c
    found = select(facts.name, facts.value).where(facts.tenant == TENANT, facts.name.in_(names))
    rows = await connection.execute(found.order_by(facts.name).with_for_update())
    return {row.name: row.value for row in rows}


async def set_fact(connection: AsyncConnection, name: str, value: Any) -> None:
    await set_facts(connection, {name: value})


async def set_facts(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    if not values:
        return
    statement = upserting(connection, t.facts)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant", "name"], set_={"value": statement.excluded.value}
        ),
        [{"tenant": TENANT, "name": name, "value": value} for name, value in values.items()],
    )
