"""What every read shares: the database, the clock, and for whom things exist."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlalchemy import Integer, Row, Select, String, bindparam, column, or_, select, text, true
from sqlalchemy.sql.selectable import TextualSelect

from bot.ports.clock import Clock
from bot.ports.queries import Viewer
from storage import tables as t
from storage.clock import SystemClock
from storage.database import Database
from storage.search import matching
from storage.units.incidents import visible_to

AnySelect: TypeAlias = Select[*tuple[Any, ...]]
AnyRow: TypeAlias = Row[*tuple[Any, ...]]


@dataclass
class Reading:
    database: Database
    clock: Clock = field(default_factory=SystemClock)

    async def rows(
        self, statement: AnySelect, values: Mapping[str, Any] | None = None
    ) -> list[AnyRow]:
        """`values` fill a statement that was made once, which spares making and reading it."""
        async with self.database.reading(once=True) as connection:
            return list(await connection.execute(statement, values))

    async def first(self, statement: AnySelect) -> AnyRow | None:
        found = await self.rows(statement.limit(1))
        return found[0] if found else None


def exists_for(viewer: Viewer) -> Any:
    """The condition under which an incident exists for the viewer."""
    return true() if viewer.everything else visible_to(viewer.person)


def existing(*, everything: bool, named: bool) -> Any:
    """The same in a statement that is made once; it is given the `person` when it is run."""
    return true() if everything else visible_to(bindparam("person") if named else None)


def at_most(limit: int) -> Any:
    """A limit that stands in the statement itself, so that the planner sees it."""
    return bindparam("at_most", limit, Integer, literal_execute=True, unique=True)


def hits(dialect: str, question: str) -> TextualSelect | None:
    """A subquery that gives `number` and `rank` of what holds the words; None without a word.

    The words stand in the statement itself: PostgreSQL plans a rare word and a common one
    differently, and must see which it is.
    """
    found = matching(dialect, question)
    if found is None:
        return None
    sql, parameters = found
    seen = [
        bindparam(name, said, String, literal_execute=True) for name, said in parameters.items()
    ]
    return text(sql).bindparams(*seen).columns(column("number"), column("rank"))


def mentions(column: Any, viewer: Viewer) -> Any:
    """The condition for a row that may name an incident: it names none, or one that exists."""
    if viewer.everything:
        return true()
    seen = select(t.incidents.c.number).where(
        t.incidents.c.number == column, visible_to(viewer.person)
    )
    return or_(column.is_(None), seen.exists())
