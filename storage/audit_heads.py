"""Comparing chains with what else knows their heads: incidents' rows, checkpoints."""

from collections.abc import AsyncIterator
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    String,
    Subquery,
    and_,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.entry import incident_stream
from storage import tables as t
from storage.facts import TENANT
from storage.findings import Finding
from storage.snapshot import rows_of

_STREAM: Final = literal(incident_stream(0)[:-1]) + cast(t.incidents.c.number, String)


def _known() -> Subquery:
    """Every chain as the incident's row or the row of `chains` knows it."""
    return union_all(
        select(
            _STREAM.label("stream"),
            t.incidents.c.version.label("count"),
            t.incidents.c.chain.label("head"),
        ),
        select(t.chains.c.stream, t.chains.c.count, t.chains.c.head),
    ).subquery()


async def unlike_rows(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """Rows that know another last entry than the record has."""
    known = _known()
    async for row in rows_of(connection, _differing(known)):
        yield Finding(
            row.stream,
            f"its row knows {row.count} entries, the record has {row.length or 'none'}"
            if row.hash is None
            else f"its row knows another entry {row.count} than the record has",
        )
    next_one = _entry(known, known.c.count + 1)
    async for row in rows_of(
        connection,
        select(known.c.stream, known.c.count, _length(known)).join(t.entries, next_one),
    ):
        yield Finding(row.stream, f"its row knows {row.count} entries, the record has {row.length}")


async def missing_streams(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """Chains whose incident has no row."""
    incident = exists().where(t.incidents.c.number == t.entries.c.incident)
    chain = exists().where(
        t.chains.c.tenant == t.entries.c.tenant, t.chains.c.stream == t.entries.c.stream
    )
    homeless = or_(
        and_(t.entries.c.incident.is_not(None), ~incident),
        and_(t.entries.c.incident.is_(None), ~chain),
    )
    async for row in rows_of(connection, select(t.entries.c.stream).where(homeless).distinct()):
        yield Finding(row.stream, "its row is missing, the record of it is there")


async def unlike_checkpoints(connection: AsyncConnection) -> AsyncIterator[Finding]:
    """Chains that are shorter than a checkpoint saw them, or not the same."""
    heads = t.checkpoint_heads.alias()
    told = ""
    statement = _differing(heads).add_columns(heads.c.checkpoint)
    async for row in rows_of(connection, statement.order_by(heads.c.stream, heads.c.checkpoint)):
        if row.stream == told:
            continue
        told = row.stream
        if row.length is None:
            what = f"it is gone with all of its {row.count} entries"
        elif row.hash is None:
            what = f"it had {row.count} entries, its end was cut off after {row.length}"
        else:
            what = f"its entry {row.count} was another one"
        yield Finding(row.stream, f"by checkpoint {row.checkpoint}, {what}")


def _differing(known: Any) -> Any:
    """(stream, count, hash, length) where the record's entry `count` is not what `known` says."""
    return (
        select(known.c.stream, known.c.count, t.entries.c.hash, _length(known))
        .outerjoin(t.entries, _entry(known, known.c.count))
        .where(known.c.count > 0, or_(t.entries.c.hash.is_(None), t.entries.c.hash != known.c.head))
    )


def _entry(known: Any, seq: Any) -> ColumnElement[bool]:
    return and_(
        t.entries.c.tenant == TENANT,
        t.entries.c.stream == known.c.stream,
        t.entries.c.seq == seq,
    )


def _length(known: Any) -> Any:
    """How many entries the record has of the stream, counted by the last one."""
    others = t.entries.alias()
    return (
        select(func.max(others.c.seq))
        .where(others.c.tenant == TENANT, others.c.stream == known.c.stream)
        .scalar_subquery()
        .label("length")
    )
