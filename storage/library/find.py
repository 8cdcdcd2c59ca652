"""Finding candidates: documents with any of the words, those that hold the most telling ones first.

SQLite ranks by its own BM25. PostgreSQL's ts_rank knows nothing of how rare a word is, so there
each word is looked up by itself and counts by its rareness. Either way the order is only a first
one; bot/engine/knowledge/ranking.py makes the last.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import and_, bindparam, column, func, or_, select, text, true
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports.knowledge import Candidate, Candidates, Indexed
from bot.ports.queries import Viewer
from storage import tables as t
from storage.units.incidents import visible_to

COMMON: Final = 0.2
"""Another word for the same that stands in more of the documents than this finds nothing."""

COMMON_FROM: Final = 50
"""Documents; among fewer of them nothing is common."""

POSTINGS: Final = 4_000
"""Places in the index that a question may visit: common words cost time and tell little."""

FEWEST: Final = 3
"""Words that are looked for in any case."""

SPARE: Final = 5
"""So many times more hits are looked at, since some may not exist for the viewer."""

_HAVING: Final = {
    "sqlite": text("SELECT term, doc FROM document_terms WHERE term IN :terms").bindparams(
        bindparam("terms", expanding=True)
    ),
    "postgresql": text(
        "SELECT wanted.term, (SELECT count(*) FROM document_search"
        " WHERE terms @@ CAST(quote_literal(wanted.term) AS tsquery))"
        " FROM unnest(CAST(:terms AS text[])) AS wanted(term)"
    ),
}
_SQLITE: Final = (
    "SELECT rowid AS number, bm25(document_search, 3.0, 1.0) AS place FROM document_search"
    " WHERE document_search MATCH :words ORDER BY place LIMIT :most"
)
_POSTGRES: Final = (
    "SELECT found.document AS number, -sum(wanted.weight) AS place"
    " FROM unnest(CAST(:terms AS text[]), CAST(:weights AS float[])) AS wanted(term, weight)"
    " JOIN LATERAL (SELECT document FROM document_search"
    "  WHERE terms @@ CAST(quote_literal(wanted.term) AS tsquery)) AS found ON true"
    " GROUP BY found.document ORDER BY place LIMIT :most"
)


_D: Final = t.documents.c
_SHOWN: Final = (_D.number, _D.id, _D.kind, _D.title, _D.url, _D.date, _D.service, _D.incident)
_WEIGHED: Final = (_D.length, _D.title_terms)


class Size(NamedTuple):
    """How many documents there are, and the average numbers of terms."""

    documents: int
    length: float
    passage_length: float


def exists_for(viewer: Viewer) -> Any:
    """A document exists for whom its incident does; a private one's or a test's for nobody."""
    seen = select(t.incidents.c.number).where(
        t.incidents.c.number == t.documents.c.incident,
        t.incidents.c.visibility == "public",
        t.incidents.c.test.is_(False),
        true() if viewer.everything else visible_to(viewer.person),
    )
    return or_(t.documents.c.incident.is_(None), seen.exists())


async def candidates(
    connection: AsyncConnection,
    terms: Sequence[str],
    others: Sequence[str],
    viewer: Viewer,
    *,
    kinds: Collection[str],
    incidents: bool | None,
    near: Collection[int],
    limit: int,
    size: Size,
) -> Candidates:
    documents = size.documents
    wanted = list(dict.fromkeys((*terms, *others)))
    if not documents or not (wanted or near):
        return Candidates(documents=documents)
    having = await _having(connection, wanted)
    common = max(COMMON_FROM, documents * COMMON)
    looked = _affordable(
        [
            *(term for term in terms if term in having),
            *(term for term in others if 0 < having.get(term, 0) <= common),
        ],
        having,
    )
    where = and_(exists_for(viewer), *_of_kind(kinds, incidents))
    rows = await _rows(connection, looked, having, documents, where=where, limit=limit)
    besides = set(near) - {row.number for row in rows}
    rows += await _named(connection, besides, where)
    found = await _passages(connection, [row.number for row in rows])
    return Candidates(
        items=[_candidate(row, found.get(row.number, ())) for row in rows],
        having=having,
        documents=documents,
        length=size.length,
        passage_length=size.passage_length,
    )


def _affordable(terms: Sequence[str], having: Mapping[str, int]) -> list[str]:
    """The rarest of them, as many as find POSTINGS documents; FEWEST at least."""
    rarest = sorted(terms, key=lambda term: having[term])
    looked, postings = rarest[:FEWEST], sum(having[term] for term in rarest[:FEWEST])
    for term in rarest[FEWEST:]:
        postings += having[term]
        if postings > POSTINGS:
            break
        looked.append(term)
    return looked


def _of_kind(kinds: Collection[str], incidents: bool | None) -> list[Any]:
    conditions: list[Any] = [t.documents.c.kind.in_(sorted(kinds))] if kinds else []
    if incidents is not None:
        own = t.documents.c.incident.is_not(None)
        conditions.append(own if incidents else ~own)
    return conditions


async def size_of(connection: AsyncConnection) -> Size:
    documents, length = await _count(connection, t.documents)
    _, passage_length = await _count(connection, t.passages)
    return Size(documents, length, passage_length)


async def _count(connection: AsyncConnection, table: Any) -> tuple[int, float]:
    row = (
        await connection.execute(
            select(func.count(), func.avg(table.c.length)).where(table.c.tenant == "default")
        )
    ).one()
    return int(row[0]), max(1.0, float(row[1] or 0))


async def _having(connection: AsyncConnection, terms: Sequence[str]) -> dict[str, int]:
    rows = await connection.execute(_HAVING[connection.dialect.name], {"terms": list(terms)})
    return {term: int(count) for term, count in rows if count}


async def _rows(
    connection: AsyncConnection,
    terms: Sequence[str],
    having: Mapping[str, int],
    documents: int,
    *,
    where: Any,
    limit: int,
) -> list[Any]:
    if not terms:
        return []
    if connection.dialect.name == "sqlite":
        given: dict[str, Any] = {"words": " OR ".join(f'"{term}"' for term in terms)}
        hits = text(_SQLITE)
    else:
        weights = [math.log(1 + (documents + 0.5) / (having[term] + 0.5)) for term in terms]
        given, hits = {"terms": list(terms), "weights": weights}, text(_POSTGRES)
    given["most"] = limit * SPARE
    found = hits.columns(column("number"), column("place")).subquery("found")
    number = t.documents.c.number
    statement = (
        select(*_SHOWN, *_WEIGHED)
        .join_from(found, t.documents, number == found.c.number)
        .where(where)
        .order_by(found.c.place, number)
        .limit(limit)
    )
    return list(await connection.execute(statement, given))


async def _named(connection: AsyncConnection, numbers: Collection[int], where: Any) -> list[Any]:
    if not numbers:
        return []
    number = t.documents.c.number
    wanted = select(*_SHOWN, *_WEIGHED).where(number.in_(sorted(numbers)), where).order_by(number)
    return list(await connection.execute(wanted))


async def _passages(
    connection: AsyncConnection, numbers: Sequence[int]
) -> dict[int, tuple[Indexed, ...]]:
    if not numbers:
        return {}
    p = t.passages.c
    rows = await connection.execute(
        select(p.document, p.begins, p.ends, p.heading, p.terms)
        .where(p.document.in_(numbers))
        .order_by(p.document, p.place)
    )
    found: dict[int, list[Indexed]] = {}
    for document, begins, ends, heading, terms in rows:
        found.setdefault(document, []).append(Indexed(begins, ends, heading, terms))
    return {number: tuple(indexed) for number, indexed in found.items()}


def _candidate(row: Any, passages: Sequence[Indexed]) -> Candidate:
    return Candidate(
        number=row.number,
        id=row.id,
        kind=row.kind,
        title=row.title,
        url=row.url,
        date=row.date,
        service=row.service,
        incident=row.incident,
        length=row.length,
        title_terms=row.title_terms,
        passages=tuple(passages),
    )
