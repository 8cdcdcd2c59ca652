"""Keeps the analyst's index like the library: by digests, a page at a time, again and again.

The index is never believed. Each round compares all of it with what is stored, tells it what it
lacks and takes out what it should not have. So it does not matter what was lost, by whom, or when.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import structlog

from bot.domain.errors import Away
from bot.domain.secrets import hide
from bot.engine.knowledge.passages import passages
from bot.ports.analyst import NOBODY, Ability, Analyst, Job, Refused, Unavailable
from bot.ports.knowledge import Document, Library
from bot.ports.queries import MUSTER

log = structlog.get_logger()

PAGE: Final = 500
"""Documents that are compared at once."""

TOGETHER: Final = 8
"""Passages in one job: as many as a slow embedding does in a few seconds."""

READ: Final = 20
"""Documents read at once."""

SECONDS: Final = 60.0
GLANCES_EVERY: Final = 2.0
"""Seconds; whether another process, such as `muster knowledge add`, wrote something down."""

COMPARES_EVERY: Final = 20.0
"""Seconds; for an index that was lost, and for what another process took away."""

PAUSE: Final = 2.0
"""Seconds between two rounds, so that many incidents that end together are one."""

MOST: Final = 2_000
"""Passages of a document that are told; the rest is found by its words."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Numbers of documents: what the index lacks or has wrong, and what it has too much."""

    missing: Sequence[int]
    surplus: Sequence[int]


def compare(stored: Mapping[int, str], held: Mapping[int, str]) -> Compared:
    return Compared(
        missing=sorted(n for n, digest in stored.items() if held.get(n) != digest),
        surplus=sorted(held.keys() - stored.keys()),
    )


@dataclass(slots=True)
class Keeping:
    library: Library
    analyst: Analyst = NOBODY
    page: int = PAGE
    glances_every: float = GLANCES_EVERY
    pause: float = PAUSE
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _newest: datetime | None = None

    def look(self) -> None:
        """Something was written down or taken away."""
        self._wake.set()

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            try:
                async with asyncio.timeout(COMPARES_EVERY):
                    await self._something_new()
            except TimeoutError:
                pass
            self._wake.clear()
            await self.round_or_later()
            await asyncio.sleep(self.pause)

    async def _something_new(self) -> None:
        while not self._wake.is_set() and not await self._changed():
            try:
                async with asyncio.timeout(self.glances_every):
                    await self._wake.wait()
            except TimeoutError:
                pass

    async def _changed(self) -> bool:
        """Whether anybody wrote something down since this was asked last."""
        try:
            newest = await self.library.newest()
        except Away:
            return False
        except Exception:
            log.exception("library_not_seen")
            return False
        before, self._newest = self._newest, newest
        return newest != before

    async def round_or_later(self) -> None:
        if self.analyst.facts(Ability.VECTORS) is None:
            return
        try:
            told, dropped = await self.round()
        except (Unavailable, Refused) as missing:
            log.info("vectors_wait", why=type(missing).__name__)
        except Away:
            return
        except Exception:
            log.exception("vectors_not_kept")
        else:
            if told or dropped:
                log.info("vectors_kept", told=told, dropped=dropped)

    async def round(self) -> tuple[int, int]:
        """Makes the index like the library; how many documents it was told, and how many to drop.

        What may not be there any more goes first, then what is newest: a slow embedding takes long
        for a thousand runbooks, and whoever asks wants today's incident. What comes meanwhile
        ends the round, so that the next one begins with it.

        Raises:
            Unavailable: the analyst is gone.
            Refused: it could not.
        """
        await self._changed()  # whatever comes from here on ends the round
        missing: list[int] = []
        surplus: list[int] = []
        after = 0
        while True:
            stored, held, last = await self._page(after)
            compared = compare(stored, held)
            missing = [*reversed(compared.missing), *missing]
            surplus += compared.surplus
            if last is None:
                break
            after = last
        for begin in range(0, len(surplus), PAGE):
            await self._do("drop", documents=surplus[begin : begin + PAGE])
        told = 0
        for begin in range(0, len(missing), READ):
            if begin and (self._wake.is_set() or await self._changed()):
                self._wake.set()
                break
            documents = await self.library.read(missing[begin : begin + READ], MUSTER)
            for number, document in sorted(documents.items(), reverse=True):
                await self._tell(number, document)
                told += 1
        return told, len(surplus)

    async def _page(self, after: int) -> tuple[dict[int, str], dict[int, str], int | None]:
        """What is stored and what is held of the numbers up to `last`; None at the end of both."""
        stored = dict(await self.library.digests(after, self.page))
        body = await self._do("listing", after=after, limit=self.page)
        held = {int(one["document"]): str(one["digest"]) for one in body["documents"]}
        ends = [max(page) for page in (stored, held) if len(page) == self.page]
        if not ends:
            return stored, held, None
        last = min(ends)
        return _up_to(last, stored), _up_to(last, held), last

    async def _tell(self, number: int, document: Document) -> None:
        texts = [
            f"{document.title}\n{one.heading}\n{document.text[one.start : one.end]}"
            for one in passages(document.text)
        ][:MOST] or [document.title]
        said = [
            {
                "document": number,
                "place": place,
                "of": len(texts),
                "digest": document.digest,
                "text": hide(text),
            }
            for place, text in enumerate(texts)
        ]
        for begin in range(0, len(said), TOGETHER):
            await self._do("put", passages=said[begin : begin + TOGETHER])

    async def _do(self, verb: str, **body: Any) -> Mapping[str, Any]:
        return await self.analyst.do(Job(kind=f"vectors.{verb}", body=body, seconds=SECONDS))


def _up_to(last: int, page: Mapping[int, str]) -> dict[int, str]:
    return {number: digest for number, digest in page.items() if number <= last}
