"""Replicas tell each other what changed: PostgreSQL's LISTEN/NOTIFY, as a hint and no more.

Whoever is told reads the database again; a hint that is lost costs a page its liveliness until it
looks by itself, and nothing else. https://www.postgresql.org/docs/current/sql-notify.html
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog

from storage.away import is_away
from storage.database import Database
from storage.flush.hint import CHANNEL, Hint, read_hint

log = structlog.get_logger()


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
                if is_away(lost):
                    self.database.reach.lost(lost)
                else:
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
        sender, said = read_hint(payload)
        if not sender or sender != self.sender:
            self.tell(said)
