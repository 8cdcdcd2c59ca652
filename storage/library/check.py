"""Comparing the index with what it was made of, document by document, and mending it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from bot.domain.incident import Visibility
from bot.domain.lifecycle import OPEN
from bot.ports.store import Lane
from storage import tables as t
from storage.library.library import SqlLibrary
from storage.library.write import Prepared, index, prepare, unindex
from storage.units import SqlUnit
from storage.writing import write as transact

_HELD: Final = {
    "sqlite": text("SELECT title, body FROM document_search WHERE rowid = :document"),
    "postgresql": text(
        "SELECT array_to_string(tsvector_to_array(terms), ' ') FROM document_search"
        " WHERE document = :document"
    ),
}
_INDEX: Final = "INSERT INTO document_search(document_search) VALUES ('{}')"
_LEFT: Final = {
    "sqlite": "SELECT rowid FROM document_search",
    "postgresql": "SELECT document FROM document_search",
}


@dataclass
class Checked:
    """How many documents there are; which of them the index had wrong; what nobody owned.

    `damaged`: the file of SQLite's index of words could not be read, and was made anew.
    """

    documents: int = 0
    wrong: list[str] = field(default_factory=list)
    orphans: int = 0
    incidents: int = 0
    damaged: bool = False


async def reindex(library: SqlLibrary) -> Checked:
    """Compares everything and mends what differs; incidents that are missing become due."""
    checked = Checked(damaged=not await _sound(library))
    async for number, document in library.everything():
        checked.documents += 1
        made = prepare(document)
        if not await _agrees(library, number, made):
            checked.wrong.append(document.id)
            await _mend(library, number, made)
    checked.orphans = await _sweep(library)
    checked.incidents = await _ask_for_incidents(library)
    return checked


async def _sound(library: SqlLibrary) -> bool:
    """Whether each word leads where it stands; else SQLite makes its index anew from the words.

    https://www.sqlite.org/fts5.html#the_integrity_check_command
    """
    if not library.store.database.is_sqlite:
        return True

    async def work(unit: SqlUnit) -> bool:
        try:
            await unit.connection.execute(text(_INDEX.format("integrity-check")))
        except DatabaseError:
            await unit.connection.execute(text(_INDEX.format("rebuild")))
            return False
        return True

    return await transact(library.store, work, lane=Lane.INTAKE)


async def _agrees(library: SqlLibrary, number: int, made: Prepared) -> bool:
    p = t.passages.c
    async with library.store.reading() as connection:
        rows = await connection.execute(
            select(p.begins, p.ends, p.heading, p.terms, p.length)
            .where(p.document == number)
            .order_by(p.place)
        )
        stored = [tuple(row) for row in rows]
        dialect = connection.dialect.name
        held = (await connection.execute(_HELD[dialect], {"document": number})).first()
    return stored == list(made.rows) and held is not None and _same(dialect, held, made)


def _same(dialect: str, held: Any, made: Prepared) -> bool:
    body = "".join(f"{row[2]}{row[3]}" for row in made.rows)
    if dialect == "sqlite":
        return tuple(held) == (made.title_terms, body)
    return set(held[0].split()) == set(f"{made.title_terms}{body}".split())


async def _mend(library: SqlLibrary, number: int, made: Prepared) -> None:
    async def work(unit: SqlUnit) -> None:
        await index(unit.connection, number, made)

    await transact(library.store, work, lane=Lane.INTAKE)


async def _sweep(library: SqlLibrary) -> int:
    """Takes out what belongs to no document."""

    async def work(unit: SqlUnit) -> int:
        known = set(await unit.connection.scalars(select(t.documents.c.number)))
        indexed = set(await unit.connection.scalars(text(_LEFT[unit.dialect])))
        indexed |= set(await unit.connection.scalars(select(t.passages.c.document).distinct()))
        for number in sorted(indexed - known):
            await unindex(unit.connection, number)
        return len(indexed - known)

    return await transact(library.store, work, lane=Lane.INTAKE)


async def _ask_for_incidents(library: SqlLibrary) -> int:
    """Notes every incident whose document is missing, old, or should not be there."""
    missing = 0
    async for number in _astray(library):
        missing += await library.ask_for(number)
    return missing


async def _astray(library: SqlLibrary) -> AsyncIterator[int]:
    i, d = t.incidents.c, t.documents.c
    over = i.status.not_in([str(state) for state in OPEN])
    due = over & (i.visibility == str(Visibility.PUBLIC)) & i.test.is_(False)
    due &= i.outcome.is_distinct_from("duplicate")
    statement = (
        select(i.number)
        .join_from(t.incidents, t.documents, d.incident == i.number, isouter=True)
        .where((due & d.number.is_(None)) | (d.number.is_not(None) & ~due))
        .order_by(i.number)
    )
    async with library.store.reading() as connection:
        numbers = list((await connection.execute(statement)).scalars())
    for number in numbers:
        yield number
