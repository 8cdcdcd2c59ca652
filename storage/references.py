"""Where a platform's people and channels can be written to, as facts: see bot.ports.references."""

from dataclasses import asdict
from typing import Final

from sqlalchemy import delete

from bot.ports.references import Reference
from storage import tables as t
from storage.facts import TENANT, get_fact, set_fact
from storage.store import SqlStore
from storage.units import SqlUnit
from storage.writing import write

PREFIX: Final = "reference:"


class SqlReferences:
    def __init__(self, store: SqlStore) -> None:
        self.store = store

    async def keep(self, reference: Reference) -> None:
        async def do(unit: SqlUnit) -> None:
            name = _name(reference.platform, reference.about)
            await set_fact(unit.connection, name, asdict(reference))

        await write(self.store, do)

    async def find(self, platform: str, about: str) -> Reference | None:
        async with self.store.reading() as connection:
            said = await get_fact(connection, _name(platform, about))
        return Reference(**said) if said else None

    async def forget(self, platform: str, about: str) -> None:
        async def do(unit: SqlUnit) -> None:
            known = t.facts.c
            name = _name(platform, about)
            gone = delete(t.facts).where(known.tenant == TENANT, known.name == name)
            await unit.connection.execute(gone)

        await write(self.store, do)


def _name(platform: str, about: str) -> str:
    return f"{PREFIX}{platform}:{about}"
