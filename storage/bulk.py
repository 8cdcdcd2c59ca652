"""Many rows in one statement, straight to the driver: the write path of a busy intake.

SQLAlchemy's executemany prepares every row in Python, and sqlite3 gives the interpreter's lock away
at every row, which a busy event loop is slow to give back. Here the rows travel in one statement
(SQLite: one VALUES list; PostgreSQL: an array for each column), and the database does the rest
without us. Values are converted as their columns' types say.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any, Final

from sqlalchemy import LargeBinary, String, Table
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.driver import Statement, change, change_all

Convert = Callable[[Any], Any]

INSERT: Final = "INSERT INTO {table} ({columns}) SELECT {columns} FROM {new} WHERE true"
"""SQLite wants the WHERE, lest it takes an ON CONFLICT for the condition of a join."""

INSERT_NEW: Final = f"{INSERT} ON CONFLICT DO NOTHING"

PARAMETERS: Final = 4096
"""Values in one statement on SQLite, about; it is parsed, and kept parsed, at this length."""


class Bulk:
    """A statement about new rows, each a sequence of values for `names`, columns of `table`.

    `write` names the columns as `{columns}` and reads the rows from `{new}`, a table called new.
    The first of `names` is never NULL.
    """

    def __init__(self, table: Table, names: Iterable[str], write: str = INSERT) -> None:
        self.table, self.names, self.write = table, tuple(names), write
        self._conversions: dict[str, list[tuple[int, Convert]]] = {}
        self._statements: dict[tuple[str, int], str] = {}

    async def __call__(self, connection: AsyncConnection, rows: Sequence[Sequence[Any]]) -> int:
        """Writes the rows down; how many rows of the table that made or changed."""
        made = 0
        for statement, values in self.ready_for(connection.dialect, rows):
            made += await change(connection, statement, values)
        return made

    def ready_for(
        self, dialect: Dialect, rows: Sequence[Sequence[Any]], first: int = 1
    ) -> list[Statement]:
        """For the driver; on PostgreSQL their parameters are numbered from `first`."""
        if not rows:
            return []
        columns: list[Any] = list(zip(*rows, strict=True))
        for place, convert in self._converting(dialect):
            columns[place] = [None if v is None else convert(v) for v in columns[place]]
        if dialect.name == "sqlite":
            return self._as_lists(list(zip(*columns, strict=True)))
        return [(self._from_arrays(dialect, first), tuple(columns))]

    def _converting(self, dialect: Dialect) -> list[tuple[int, Convert]]:
        if dialect.name not in self._conversions:
            types = [self.table.c[name].type for name in self.names]
            found = (
                (place, type.dialect_impl(dialect).bind_processor(dialect))
                for place, type in enumerate(types)
                if not isinstance(type, LargeBinary)
            )
            self._conversions[dialect.name] = [(place, how) for place, how in found if how]
        return self._conversions[dialect.name]

    def _written(self, new: str) -> str:
        return self.write.format(table=self.table.name, columns=", ".join(self.names), new=new)

    # SQLite: lists of values, of a few lengths only, so that their statements are parsed once

    def _as_lists(self, rows: list[tuple[Any, ...]]) -> list[Statement]:
        most, nothing = self._most, (None,) * len(self.names)
        found = []
        for start in range(0, len(rows), most):
            some = rows[start : start + most]
            length = min(most, 1 << (len(some) - 1).bit_length())
            some += [nothing] * (length - len(some))
            found.append((self._from_list(length), tuple(chain.from_iterable(some))))
        return found

    @property
    def _most(self) -> int:
        return 1 << (PARAMETERS // len(self.names)).bit_length() - 1

    def _from_list(self, length: int) -> str:
        key = ("list of", length)
        if key not in self._statements:
            row = f"({', '.join('?' * len(self.names))})"
            said = ", ".join(f"column{n} AS {name}" for n, name in enumerate(self.names, 1))
            self._statements[key] = self._written(
                f"(SELECT {said} FROM (VALUES {', '.join([row] * length)})"
                " WHERE column1 IS NOT NULL) AS new"
            )
        return self._statements[key]

    # PostgreSQL: one array for each column, as parameter number `first` and those after it

    def _from_arrays(self, dialect: Dialect, first: int = 1) -> str:
        key = ("arrays from", first)
        if key not in self._statements:
            arrays = ", ".join(
                f"${place}::{self._array_of(name, dialect)}[]"
                for place, name in enumerate(self.names, first)
            )
            self._statements[key] = self._written(
                f"unnest({arrays}) AS new({', '.join(self.names)})"
            )
        return self._statements[key]

    def _array_of(self, name: str, dialect: Dialect) -> str:
        """A text that is too long for its column is refused there; a cast would cut it short."""
        kind = self.table.c[name].type
        return "text" if isinstance(kind, String) else kind.compile(dialect=dialect)


async def write_together(
    connection: AsyncConnection, *parts: tuple[Bulk, Sequence[Sequence[Any]]]
) -> None:
    """Rows of several tables in one journey to the database; none may depend on another's.

    PostgreSQL runs them as one statement, in which none sees what the others write:
    https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-MODIFYING
    """
    statements: list[Statement] = []
    given = 0
    for bulk, rows in parts:
        for statement, values in bulk.ready_for(connection.dialect, rows, given + 1):
            statements.append((statement, values))
            given += len(values)
    if connection.dialect.name != "sqlite" and len(statements) > 1:
        statements = [_as_one(statements)]
    await change_all(connection, statements)


def _as_one(statements: Sequence[Statement]) -> Statement:
    *others, (last, _) = statements
    named = ", ".join(f"part{place} AS ({said})" for place, (said, _) in enumerate(others))
    return f"WITH {named} {last}", tuple(chain.from_iterable(values for _, values in statements))
