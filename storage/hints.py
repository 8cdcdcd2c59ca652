"""Replicas tell each other what changed: PostgreSQL's LISTEN/NOTIFY, as a hint and no more.

Whoever is told reads the database again; a hint that is lost costs a page its liveliness until it
looks by itself, and nothing else. https://www.postgresql.org/docs/current/sql-notify.html
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import structlog
from sqlalchemy.engine import Dialect

from bot.domain.ledger import Ledger
from storage.database import Database
from storage.driver import Statement
from storage.flush.together import Together

log = structlog.get_logger()

CHANNEL: Final = "muster"
NAMED: Final = 500
"""Incidents one hint names at most; a payload holds 8,000 bytes. Of a larger batch, the newest."""


class _Notify:
    """Rows of one payload each."""

    def ready_for(
        self, dialect: Dialect, rows: Sequence[Sequence[Any]], first: int = 1
    ) -> list[Statement]:
        if dialect.name != "postgresql":
            return []
        return [(f"SELECT pg_notify('{CHANNEL}', ${first})", tuple(row)) for row in rows]


_NOTIFY: Final = _Notify()
TIMERS: Final = "t"
EFFECTS: Final = "e"


@dataclass(frozen=True, slots=True)
class Hint:
    """What another process committed: which incidents changed, and what it armed or queued."""

    incidents: tuple[int, ...] = ()
    timers: bool = True
    effects: bool = True


def hint(together: Together, ledger: Ledger, sender: str) -> None:
    """With the commit, tells the other replicas what to look at; `sender` is this process."""
    changed = sorted({*ledger.touched, *ledger.refreshed})[-NAMED:]
    if changed or ledger.timers or ledger.effects:
        what = TIMERS * bool(ledger.timers) + EFFECTS * bool(ledger.effects)
        together.add(_NOTIFY, [(f"{sender} {what} {','.join(map(str, changed))}",)])


def _read(payload: str) -> tuple[str, Hint]:
    """Who says it, and what; one that cannot be read says to look at everything."""
    sender, *said = payload.split(" ")
    if len(said) != 2:
        return "", Hint()
    what, numbers = said
    changed = tuple(int(number) for number in numbers.split(",") if number.isdigit())
    return sender, Hint(changed, timers=TIMERS in what, effects=EFFECTS in what)


class Listener:
    """Hears the hints of all other processes, on a connection of its own.

    Our own, those of `sender`, say what our loops know since the commit.
    """

    def __init__(
        self, database: Database, tell: Callable[[Hint], None], *, sender: str = ""
    ) -> None:
        self.database, self.tell, self.sender = database, tell, sender

    async def run(self, *, again_after: float = 1.0) -> None:
        """Until cancelled; a lost connection is made anew."""
        if self.database.is_sqlite:
            return
        while True:
            try:
                await self._listen()
            except Exception as lost:
                log.warning("hints_lost", reason=repr(lost))
            await asyncio.sleep(again_after)

    async def _listen(self) -> None:
        async with self.database.reader.connect() as connection:
            raw = await connection.get_raw_connection()
            driver: Any = raw.driver_connection
            gone = asyncio.Event()
            driver.add_termination_listener(lambda _: gone.set())
            await driver.add_listener(CHANNEL, self._heard)
            try:
                await gone.wait()
            finally:
                with suppress(Exception):
                    await driver.remove_listener(CHANNEL, self._heard)

    def _heard(self, driver: Any, pid: int, channel: str, payload: str) -> None:
        sender, said = _read(payload)
        if not sender or sender != self.sender:
            self.tell(said)
