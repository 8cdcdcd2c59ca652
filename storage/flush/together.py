"""What one transaction writes, in as few journeys to the database as there can be."""

from collections.abc import Sequence
from itertools import chain
from typing import Any, Protocol

from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.bulk import Bulk
from storage.driver import Statement, change_all
from storage.flush.contended import Contended


class Part(Protocol):
    """A statement about rows; see storage.bulk.Bulk."""

    def ready_for(
        self, dialect: Dialect, rows: Sequence[Sequence[Any]], first: int = 1
    ) -> list[Statement]:
        """For the driver; on PostgreSQL their parameters are numbered from `first`."""
        ...


class Together:
    """Gathers rows of several tables and writes them at once; none may depend on another's.

    PostgreSQL runs them as one statement, in which none sees what the others write; SQLite takes
    them in one hop to its thread.
    https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-MODIFYING
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self._claims: list[tuple[Bulk, Sequence[Sequence[Any]]]] = []
        self._parts: list[tuple[Part, Sequence[Sequence[Any]]]] = []

    def add(self, part: Part, rows: Sequence[Sequence[Any]]) -> None:
        if rows:
            self._parts.append((part, rows))

    def claim(self, new: Bulk, rows: Sequence[Sequence[Any]]) -> None:
        """All of these rows are made, or `write` finds that somebody else has one of them."""
        if rows:
            self._claims.append((new, rows))

    async def write(self) -> None:
        """
        Raises:
            Contended: a row that was claimed is another's.
        """
        dialect = self.connection.dialect
        claims = [(new, len(rows), new.ready_for(dialect, rows)) for new, rows in self._claims]
        said = [statement for _, _, statements in claims for statement in statements]
        if dialect.name == "sqlite":
            made = await change_all(self.connection, said + self._ready())
        else:  # one after the other: in the same order everywhere, lest replicas hold each other up
            made = await change_all(self.connection, said)
            await change_all(self.connection, _as_one(self._ready()))
        counts = iter(made)
        for new, wanted, statements in claims:
            if sum(next(counts) for _ in statements) != wanted:
                raise Contended(new.table.name)

    def _ready(self) -> list[Statement]:
        statements: list[Statement] = []
        given = 0
        for part, rows in self._parts:
            for statement, values in part.ready_for(self.connection.dialect, rows, given + 1):
                statements.append((statement, values))
                given += len(values)
        return statements


def _as_one(statements: Sequence[Statement]) -> Sequence[Statement]:
    if len(statements) < 2:  # one is one already
        return statements
    *others, (last, _) = statements
    named = ", ".join(f"part{place} AS ({said})" for place, (said, _) in enumerate(others))
    values = tuple(chain.from_iterable(values for _, values in statements))
    return [(f"WITH {named} {last}", values)]
