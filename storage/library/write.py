"""Writing documents: their words, their passages, their terms, in one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.engine.knowledge.passages import passages
from bot.engine.knowledge.words import terms
from bot.ports.knowledge import Document
from storage import tables as t
from storage.flush import upserting

_FORGET: Final = {
    "sqlite": text("DELETE FROM document_search WHERE rowid = :document"),
    "postgresql": text("DELETE FROM document_search WHERE document = :document"),
}
_INDEX: Final = {
    "sqlite": text(
        "INSERT INTO document_search(rowid, title, body) VALUES (:document, :title, :body)"
    ),
    "postgresql": text(
        "INSERT INTO document_search(document, terms)"
        " VALUES (:document, array_to_tsvector(string_to_array(:terms, ' ')))"
    ),
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document with its index, made without a database: it may take place in a thread."""

    document: Document
    title_terms: str
    rows: tuple[tuple[int, int, str, str, int], ...]  # begins, ends, heading, terms, length

    @property
    def length(self) -> int:
        return sum(row[4] for row in self.rows)


def prepare(document: Document) -> Prepared:
    rows = []
    for passage in passages(document.text):
        found = list(terms(document.text[passage.start : passage.end]))
        heading = spaced(terms(passage.heading))
        rows.append((passage.start, passage.end, heading, spaced(found), len(found)))
    title = spaced(terms(" ".join((document.title, *document.tags))))
    return Prepared(document, title, tuple(rows))


def prepare_all(documents: Sequence[Document]) -> list[Prepared]:
    return [prepare(document) for document in documents]


def spaced(found: Iterable[str]) -> str:
    """Each term between spaces of its own, so that counting ` term ` counts every one."""
    return "".join(f" {term} " for term in found)


async def write(
    connection: AsyncConnection, prepared: Sequence[Prepared], now: datetime
) -> list[int]:
    """Adds or replaces the documents; their numbers, in order. The later of two wins."""
    latest = {one.document.id: one for one in prepared}
    numbers = {}
    for id, one in sorted(latest.items()):
        numbers[id] = await _document(connection, one, now)
        await index(connection, numbers[id], one)
    return [numbers[one.document.id] for one in prepared]


async def _document(connection: AsyncConnection, one: Prepared, now: datetime) -> int:
    said = one.document
    values: dict[str, Any] = {
        "id": said.id,
        "kind": said.kind,
        "title": said.title,
        "text": said.text,
        "url": said.url,
        "date": said.date,
        "tags": list(said.tags),
        "service": said.service,
        "incident": said.incident,
        "version": said.version,
        "title_terms": one.title_terms,
        "length": one.length,
        "digest": said.digest,
        "added_at": now,
    }
    put = upserting(connection, t.documents).values(**values)
    made = await connection.execute(
        put.on_conflict_do_update(
            index_elements=["id", "tenant"],
            set_={name: put.excluded[name] for name in values if name != "id"},
        ).returning(t.documents.c.number)
    )
    return int(made.scalar_one())


async def index(connection: AsyncConnection, number: int, one: Prepared) -> None:
    """Makes the index of one document anew."""
    dialect = connection.dialect.name
    await unindex(connection, number)
    if one.rows:
        await connection.execute(
            insert(t.passages),
            [
                {
                    "document": number,
                    "place": place,
                    "begins": begins,
                    "ends": ends,
                    "heading": heading,
                    "terms": found,
                    "length": length,
                }
                for place, (begins, ends, heading, found, length) in enumerate(one.rows)
            ],
        )
    title, body = one.title_terms, "".join(f"{row[2]}{row[3]}" for row in one.rows)
    if dialect == "sqlite":
        await connection.execute(
            _INDEX[dialect], {"document": number, "title": title, "body": body}
        )
    else:
        words = " ".join(dict.fromkeys(f"{title}{body}".split()))
        await connection.execute(_INDEX[dialect], {"document": number, "terms": words})


async def unindex(connection: AsyncConnection, number: int) -> None:
    await connection.execute(delete(t.passages).where(t.passages.c.document == number))
    await connection.execute(_FORGET[connection.dialect.name], {"document": number})


async def forget(connection: AsyncConnection, incident: int) -> None:
    """Takes an incident's document away, words and all."""
    found = await connection.execute(
        select(t.documents.c.number).where(t.documents.c.incident == bindparam("incident")),
        {"incident": incident},
    )
    for number in list(found.scalars()):
        await unindex(connection, number)
        await connection.execute(delete(t.documents).where(t.documents.c.number == number))
