"""Many rows in one statement, straight to the driver: the write path of a busy intake.

SQLAlchemy's executemany prepares every row in Python, and sqlite3 gives the interpreter's lock away
at every row, which a busy event loop is slow to give back. Here the rows travel in one statement
(SQLite: one VALUES list; PostgreSQL: one piece of JSON, and an array for each column of bytes), and
the database does the rest without us. Values are converted as their columns' types say.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, count
from typing import Any, Final

import orjson
from sqlalchemy import LargeBinary, String, Table
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.driver import Statement, change
from storage.types import Json

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
        self._bytes = tuple(
            place
            for place, name in enumerate(self.names)
            if isinstance(table.c[name].type, LargeBinary)
        )
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
        return [self._as_json(dialect, columns, first)]

    def _converting(self, dialect: Dialect) -> list[tuple[int, Convert]]:
        if dialect.name not in self._conversions:
            types = [self.table.c[name].type for name in self.names]
            found = (
                (place, type.dialect_impl(dialect).bind_processor(dialect))
                for place, type in enumerate(types)
                if not isinstance(type, LargeBinary)
                and not (isinstance(type, Json) and dialect.name != "sqlite")
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

    # PostgreSQL: the rows as one piece of JSON, which is encoded in a quarter of the time that
    # asyncpg takes for an array of each column; bytes, which are no JSON, as arrays beside it

    def _as_json(
        self, dialect: Dialect, columns: list[Sequence[Any]], first: int
    ) -> tuple[str, tuple[Any, ...]]:
        said = [column for place, column in enumerate(columns) if place not in self._bytes]
        kept = [columns[place] for place in self._bytes]
        rows = orjson.dumps(list(zip(*said, strict=True))).decode()
        return self._from_json(dialect, first), (rows, *kept)

    def _from_json(self, dialect: Dialect, first: int) -> str:
        """`first` is the number of its first parameter."""
        key = ("JSON from", first)
        if key not in self._statements:
            arrays = [f"unnest(${first + n}::bytea[])" for n, _ in enumerate(self._bytes, 1)]
            sources = ", ".join([f"jsonb_array_elements(${first}::text::jsonb)", *arrays])
            names = ", ".join(["said", *(self.names[place] for place in self._bytes)])
            self._statements[key] = self._written(
                f"(SELECT {', '.join(self._columns(dialect))}"
                f" FROM ROWS FROM ({sources}) AS given({names})) AS new"
            )
        return self._statements[key]

    def _columns(self, dialect: Dialect) -> Iterator[str]:
        """A text that is too long for its column is refused there; a cast would cut it short."""
        places = count()
        for place, name in enumerate(self.names):
            kind = self.table.c[name].type
            if place in self._bytes:
                yield f"given.{name}"
            elif isinstance(kind, Json):
                yield f"NULLIF(said->{next(places)}, 'null'::jsonb) AS {name}"
            elif isinstance(kind, String):
                yield f"said->>{next(places)} AS {name}"
            else:
                yield f"(said->>{next(places)})::{kind.compile(dialect=dialect)} AS {name}"
