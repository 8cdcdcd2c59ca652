"""People whom a platform vouches for and no policy names, as facts: see bot.ports.newcomers."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from sqlalchemy import select

from bot.ports.newcomers import Newcomer
from storage import tables as t
from storage.facts import TENANT, set_fact
from storage.store import SqlStore
from storage.units import SqlUnit
from storage.writing import write

PREFIX: Final = "newcomer:"


class SqlNewcomers:
    def __init__(self, store: SqlStore) -> None:
        self.store = store

    async def keep(self, newcomer: Newcomer) -> None:
        async def do(unit: SqlUnit) -> None:
            await set_fact(unit.connection, PREFIX + newcomer.id, asdict(newcomer))

        await write(self.store, do)

    async def all(self) -> Sequence[Newcomer]:
        facts = t.facts.c
        found = select(facts.value).where(
            facts.tenant == TENANT, facts.name.startswith(PREFIX, autoescape=True)
        )
        async with self.store.reading() as connection:
            rows = await connection.execute(found.order_by(facts.name))
            return [Newcomer(**said) for said in rows.scalars()]
