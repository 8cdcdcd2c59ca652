"""Full text over incidents: FTS5 on SQLite, tsvector on PostgreSQL. An index, never the truth."""

import re
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, Column, MetaData, Table, Text, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.entry import EntryType
from bot.domain.incident import Incident
from bot.domain.ledger import Ledger
from storage.bulk import Bulk

CREATE: Final[dict[str, tuple[str, ...]]] = {
    "sqlite": (
        "CREATE VIRTUAL TABLE incident_search USING fts5"
        "(title, body, tokenize='unicode61 remove_diacritics 2')",
        "CREATE VIRTUAL TABLE document_search USING fts5"
        "(title, body, tokenize=\"unicode61 tokenchars '.'\")",
        "CREATE VIRTUAL TABLE document_terms USING fts5vocab(document_search, row)",
    ),
    "postgresql": (
        "CREATE TABLE incident_search (incident BIGINT PRIMARY KEY,"
        " tenant VARCHAR(64) NOT NULL DEFAULT 'default', document TSVECTOR NOT NULL)",
        "CREATE INDEX ix_incident_search_document ON incident_search USING gin (document)",
        "CREATE TABLE document_search (document BIGINT PRIMARY KEY,"
        " tenant VARCHAR(64) NOT NULL DEFAULT 'default', terms TSVECTOR NOT NULL)",
        "CREATE INDEX ix_document_search_terms ON document_search USING gin (terms)",
    ),
}
SAYS_MORE: Final = frozenset({EntryType.COMMENT_ADDED, EntryType.UPDATE_POSTED, EntryType.RESOLVED})
"""Entries whose words are searched with the incident."""

_DOCUMENT: Final = Table(
    "incident_search",
    MetaData(),
    Column("rowid", BigInteger),
    Column("title", Text),
    Column("body", Text),
)
"""As SQLite has it; no migration knows it."""

_NEW: Final = {
    "sqlite": Bulk(_DOCUMENT, _DOCUMENT.c.keys()),
    "postgresql": Bulk(
        _DOCUMENT,
        _DOCUMENT.c.keys(),
        "INSERT INTO incident_search(incident, document) SELECT rowid,"
        " setweight(to_tsvector('simple', title), 'A') || to_tsvector('simple', body)"
        " FROM {new} WHERE true",
    ),
}
_RENAME: Final = {
    "sqlite": text(
        "UPDATE incident_search SET title = :title, body = body || :more WHERE rowid = :n"
    ),
    "postgresql": text(
        "UPDATE incident_search SET document ="
        " setweight(to_tsvector('simple', :title), 'A') || document"
        " || to_tsvector('simple', :more) WHERE incident = :n"
    ),
}
WORD_LIMIT: Final = 12
_WORDS: Final = re.compile(r"\w+")
_COMMON: Final = (
    "a an and are as at be but by for from has have how i if in is it its me my no not of on or "
    "our so that the their then there these this to was we were what when where which who why "
    "will with you your "
)
COMMON: Final = frozenset(_COMMON.split())
"""Words that find everything; people type them, an index chokes on them."""


def index_of(connection: AsyncConnection) -> Bulk:
    """What takes the documents of new incidents."""
    return _NEW[connection.dialect.name]


async def index_changes(connection: AsyncConnection, ledger: Ledger) -> None:
    """Adds new titles of older incidents and what was said about them."""
    more: dict[int, list[str]] = {}
    for chained in ledger.entries:
        number, entry = chained.incident, chained.entry
        if number is None or number in ledger.created:
            continue
        renamed = any(change.field == "title" for change in entry.changes)
        if renamed or (entry.type in SAYS_MORE and entry.text):
            more.setdefault(number, []).append("" if renamed else entry.text)
    if more:
        await connection.execute(
            _RENAME[connection.dialect.name],
            [
                {"n": n, "title": ledger.touched[n].title, "more": "\n" + "\n".join(texts)}
                for n, texts in sorted(more.items())
            ],
        )


def new_document(incident: Incident) -> tuple[int, str, str]:
    """A row of `index_of`."""
    parts = (
        incident.description,
        incident.service or "",
        incident.resource or "",
        incident.source,
        incident.id,
        incident.team or "",
    )
    return incident.number, incident.title, "\n".join(filter(None, parts))


def words_of(question: str) -> list[str]:
    """The words worth looking for, in order, without repeats."""
    words = dict.fromkeys(_WORDS.findall(question.lower()))
    telling = [word for word in words if word not in COMMON] or list(words)
    return telling[:WORD_LIMIT]


def matching(dialect: str, question: str) -> tuple[str, dict[str, Any]] | None:
    """A subquery that gives (number, rank) of what holds all the words; None without any word.

    The last word may be the beginning of one, as it is while somebody types.
    """
    words = words_of(question)
    if not words:
        return None
    if dialect == "sqlite":
        wanted = " ".join(f'"{word}"' for word in words) + "*"
        sql = (
            "SELECT rowid AS number, bm25(incident_search, 4.0, 1.0) AS rank"
            " FROM incident_search WHERE incident_search MATCH :words"
        )
    else:
        wanted = " & ".join([*(f"'{w}'" for w in words[:-1]), f"'{words[-1]}':*"])
        sql = (
            "SELECT incident AS number, -ts_rank(document, to_tsquery('simple', :words)) AS rank"
            " FROM incident_search WHERE document @@ to_tsquery('simple', :words)"
        )
    return sql, {"words": wanted}


def snippet(body: str, words: Sequence[str], around: int = 80) -> str:
    """A piece of the text near the first word found."""
    lowered = body.lower()
    place = next((p for word in words if (p := lowered.find(word)) >= 0), 0)
    start = max(0, place - around)
    piece = " ".join(body[start : place + around].split())
    return f"…{piece}" if start else piece


__all__ = ["CREATE", "index_changes", "index_of", "matching", "new_document", "snippet", "words_of"]
