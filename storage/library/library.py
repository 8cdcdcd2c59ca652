"""The library of documents on SQL; see bot.ports.knowledge.Library."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports.knowledge import Asking, Candidates, Document
from bot.ports.queries import MUSTER, Viewer
from bot.ports.store import Lane
from storage import tables as t
from storage.flush import upserting
from storage.library import find
from storage.library.write import Prepared, forget, prepare, prepare_all, write
from storage.store import SqlStore
from storage.units import SqlUnit
from storage.writing import write as transact

TOGETHER: Final = 20
"""Documents written in one transaction, so that alerts need not wait long for theirs."""


SIZE_KEPT: Final = timedelta(seconds=5)
"""How large the library is changes slowly, and counting it takes longer than finding in it."""


@dataclass(slots=True)
class SqlLibrary:
    """`changed` is called after something was written down or taken away by this process."""

    store: SqlStore
    changed: Callable[[], None] = lambda: None
    _size: find.Size | None = None
    _size_at: datetime | None = None

    async def put(self, documents: Sequence[Document]) -> None:
        for begin in range(0, len(documents), TOGETHER):
            prepared = await asyncio.to_thread(prepare_all, documents[begin : begin + TOGETHER])
            await self._write(prepared)

    async def _write(self, prepared: Sequence[Prepared]) -> None:
        async def work(unit: SqlUnit) -> None:
            await write(unit.connection, prepared, unit.now)

        await transact(self.store, work, lane=Lane.INTAKE)
        self._size = None
        self.changed()

    async def candidates(
        self,
        terms: Sequence[str],
        others: Sequence[str],
        viewer: Viewer,
        *,
        kinds: Collection[str] = (),
        incidents: bool | None = None,
        near: Collection[int] = (),
        limit: int,
    ) -> Candidates:
        async with self.store.reading() as connection:
            return await find.candidates(
                connection,
                terms,
                others,
                viewer,
                kinds=kinds,
                incidents=incidents,
                near=near,
                limit=limit,
                size=await self._sized(connection),
            )

    async def _sized(self, connection: AsyncConnection) -> find.Size:
        now = self.store.now()
        if self._size is None or self._size_at is None or now - self._size_at > SIZE_KEPT:
            self._size, self._size_at = await find.size_of(connection), now
        return self._size

    async def digests(self, after: int, limit: int) -> Sequence[tuple[int, str]]:
        d = t.documents.c
        async with self.store.reading() as connection:
            rows = await connection.execute(
                select(d.number, d.digest)
                .where(d.number > after, find.exists_for(MUSTER))
                .order_by(d.number)
                .limit(limit)
            )
            return [(row.number, row.digest) for row in rows]

    async def newest(self) -> datetime | None:
        d = t.documents.c
        async with self.store.reading() as connection:
            newest: datetime | None = await connection.scalar(
                select(func.max(d.added_at)).where(d.tenant == "default")
            )
            return newest

    async def read(self, numbers: Collection[int], viewer: Viewer) -> Mapping[int, Document]:
        async with self.store.reading() as connection:
            rows = await connection.execute(
                select(t.documents).where(
                    t.documents.c.number.in_(sorted(numbers)), find.exists_for(viewer)
                )
            )
            return {row.number: document_from(row) for row in rows}

    async def empty(self) -> bool:
        async with self.store.reading() as connection:
            found = await connection.execute(select(t.documents.c.number).limit(1))
            return found.first() is None

    async def keep_asking(self, asking: Asking) -> None:
        async def work(unit: SqlUnit) -> None:
            await unit.connection.execute(
                insert(t.askings),
                {
                    "id": asking.id,
                    "actor": asking.actor,
                    "thread": asking.thread,
                    "question": asking.question,
                    "asked_at": asking.asked_at,
                    "documents": list(asking.documents),
                    "abstained": asking.abstained,
                },
            )

        await transact(self.store, work)

    async def last_asking(self, actor: str, thread: str, since: datetime) -> Asking | None:
        a = t.askings.c
        async with self.store.reading() as connection:
            found = await connection.execute(
                select(t.askings)
                .where(a.tenant == "default", a.actor == actor, a.thread == thread)
                .where(a.asked_at >= since)
                .order_by(a.asked_at.desc())
                .limit(1)
            )
            row = found.first()
        if row is None:
            return None
        return Asking(
            id=row.id,
            actor=row.actor,
            thread=row.thread,
            question=row.question,
            asked_at=row.asked_at,
            documents=tuple(row.documents),
            abstained=row.abstained,
        )

    async def rate(self, id: str, actor: str, rating: int) -> bool:
        async def work(unit: SqlUnit) -> bool:
            done = await unit.connection.execute(
                update(t.askings)
                .where(t.askings.c.id == id, t.askings.c.actor == actor)
                .values(rating=rating)
            )
            return bool(done.rowcount)

        return await transact(self.store, work)

    async def due(self, limit: int) -> Sequence[int]:
        async with self.store.reading() as connection:
            rows = await connection.execute(
                select(t.documents_due.c.incident).order_by(t.documents_due.c.incident).limit(limit)
            )
            return list(rows.scalars())

    async def settle(self, number: int, version: int, document: Document | None) -> None:
        prepared = await asyncio.to_thread(prepare, document) if document is not None else None

        async def work(unit: SqlUnit) -> None:
            due = t.documents_due.c.incident == number
            await unit.connection.execute(
                select(t.documents_due.c.incident).where(due).with_for_update()
            )
            now = select(t.incidents.c.version).where(t.incidents.c.number == number)
            if (await unit.connection.execute(now)).scalar_one_or_none() not in (None, version):
                return  # it changed meanwhile; it stays due
            await unit.connection.execute(delete(t.documents_due).where(due))
            if prepared is None:
                await forget(unit.connection, number)
            else:
                await write(unit.connection, [prepared], unit.now)

        await transact(self.store, work, lane=Lane.INTAKE)
        self._size = None
        self.changed()

    async def ask_for(self, number: int) -> bool:
        """Notes an incident as due; False where it was already."""

        async def work(unit: SqlUnit) -> bool:
            noted = await unit.connection.execute(
                upserting(unit.connection, t.documents_due)
                .on_conflict_do_nothing()
                .returning(t.documents_due.c.incident),
                {"incident": number, "tenant": "default"},
            )
            return noted.first() is not None

        return await transact(self.store, work, lane=Lane.INTAKE)

    async def everything(self) -> AsyncIterator[tuple[int, Document]]:
        """Every document with its number, a few at a time."""
        last = 0
        while True:
            async with self.store.reading() as connection:
                rows = list(
                    await connection.execute(
                        select(t.documents)
                        .where(t.documents.c.number > last)
                        .order_by(t.documents.c.number)
                        .limit(TOGETHER)
                    )
                )
            for row in rows:
                yield row.number, document_from(row)
            if not rows:
                return
            last = rows[-1].number


def document_from(row: Any) -> Document:
    return Document(
        id=row.id,
        kind=row.kind,
        title=row.title,
        text=row.text,
        url=row.url,
        date=row.date,
        tags=tuple(row.tags),
        service=row.service,
        incident=row.incident,
        version=row.version,
    )
