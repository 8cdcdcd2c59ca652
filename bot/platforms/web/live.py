"""What an open page is told: JSON messages `{"type", "seq", "data"}`.

For an incident: `entry` (every entry after the cursor, once, in order of seq), `card` and `alerts`
(whole, whenever they differ from what was sent last), `ping` (nothing happened for a while). For a
person: `notices`, whole. All of it is read from the database at each wake-up, so a page that comes
back with its cursor has lost nothing, and a slow one costs no memory.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import orjson

from bot.domain.alert import AlertRecord
from bot.domain.entry import Entry
from bot.domain.incident import Incident
from bot.ports.hub import Hub, Wake
from bot.ports.notices import Notices, Waiting
from bot.ports.presence import Presence
from bot.ports.queries import Queries, Viewer

BATCH: Final = 200
"""Entries read at once."""


@dataclass(frozen=True, slots=True)
class Message:
    type: str
    seq: int
    data: Any = None

    def encode(self) -> str:
        return orjson.dumps({"type": self.type, "seq": self.seq, "data": self.data}).decode()


class NotYours(Exception):
    """The page shows what is not for this person any more; to them it is not there."""


class Ahead(Exception):
    """The page knows more than the database does, which was restored: it must load again."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the page; equal marks look equal."""

    mark: str
    html: str

    def data(self, **more: Any) -> dict[str, Any]:
        return {"mark": self.mark, "html": self.html, **more}


class Paint(Protocol):
    """Turns what is known into pieces of one person's page."""

    def entry(self, entry: Entry) -> dict[str, Any]: ...
    def card(self, incident: Incident, alerts: Sequence[AlertRecord]) -> Panel: ...
    async def aside(self, incident: Incident, alerts: Sequence[AlertRecord]) -> Panel: ...
    def notices(self, waiting: Sequence[Waiting]) -> dict[str, Any]: ...


Whoever = Callable[[], Awaitable[Viewer | None]]
"""Who looks at the page, asked anew each time; None once they are signed out."""


class Live:
    """`heartbeat`: seconds of silence after which the page hears a ping and rights are asked again.

    `gap`: changes within so many seconds are read together.
    """

    def __init__(
        self,
        queries: Queries,
        notices: Notices,
        hub: Hub,
        *,
        presence: Presence | None = None,
        heartbeat: float = 15.0,
        gap: float = 0.1,
    ) -> None:
        self.queries, self.notices, self.hub = queries, notices, hub
        self.presence = presence
        self.heartbeat, self.gap = heartbeat, gap

    async def incident(
        self, number: int, whoever: Whoever, paint: Paint, after: int
    ) -> AsyncIterator[Message]:
        """Everything after the cursor, then whatever comes.

        Raises:
            NotYours: it is not, or not any more, for the viewer's eyes.
            Ahead: the cursor is newer than the incident.
        """
        shown: dict[str, str] = {}
        with self.hub.subscribe(number) as wake:
            while True:
                wake.clear()
                viewer = await self._still(whoever)
                incident = await self.queries.incident(number, viewer)
                if incident is None:
                    raise NotYours
                if after > incident.version:
                    raise Ahead
                async for entry in self._entries(number, viewer, after):
                    after = entry.seq
                    yield Message("entry", entry.seq, paint.entry(entry))
                alerts = await self.queries.alerts_of(number, viewer)
                panels = {
                    "card": paint.card(incident, alerts),
                    "alerts": await paint.aside(incident, alerts),
                }
                for name in [n for n, panel in panels.items() if shown.get(n) != panel.mark]:
                    shown[name] = panels[name].mark
                    yield Message(name, after, panels[name].data(version=incident.version))
                async for ping in self._rest(wake, after):
                    yield ping

    async def _entries(self, number: int, viewer: Viewer, after: int) -> AsyncIterator[Entry]:
        while True:
            entries = await self.queries.entries(number, viewer, after=after, limit=BATCH)
            for entry in entries:
                after = entry.seq
                yield entry
            if len(entries) < BATCH:
                return

    async def list(self, whoever: Whoever) -> AsyncIterator[Message]:
        """A `list` message whenever any incident changed; the page fetches what it shows.

        Raises:
            NotYours: the person is signed out.
        """
        with self.hub.subscribe_list() as wake:
            while True:
                wake.clear()
                await self._still(whoever)
                yield Message("list", 0)
                async for ping in self._rest(wake, 0):
                    yield ping

    async def person(self, person: str, whoever: Whoever, paint: Paint) -> AsyncIterator[Message]:
        """What waits for this person, whole, now and whenever it changes.

        A page stops ringing when its incident is acknowledged, by whomever; so the incidents that
        ring are listened to as well.

        Raises:
            NotYours: the person is signed out.
        """
        shown: tuple[tuple[int, bool], ...] | None = None
        heard: set[int] = set()
        with self.hub.subscribe_person(person) as wake:
            while True:
                with self.hub.also(wake, heard):
                    wake.clear()
                    await self._still(whoever)
                    if self.presence is not None:
                        await self.presence.note(person)
                    waiting = await self.notices.waiting(person)
                    now = tuple((one.notice.id, one.rings) for one in waiting)
                    if now != shown:
                        shown = now
                        newest = max((one.notice.id for one in waiting), default=0)
                        yield Message("notices", newest, paint.notices(waiting))
                    ringing = {
                        one.notice.incident
                        for one in waiting
                        if one.rings and one.notice.incident is not None
                    }
                    if ringing <= heard:  # else read once more, now that they are listened to
                        async for ping in self._rest(wake, 0):
                            yield ping
                    heard = ringing

    async def _still(self, whoever: Whoever) -> Viewer:
        viewer = await whoever()
        if viewer is None:
            raise NotYours
        return viewer

    async def _rest(self, wake: Wake, seq: int) -> AsyncIterator[Message]:
        """Waits for a change; a ping where none comes."""
        if not await wake.wait(self.heartbeat):
            yield Message("ping", seq)
        else:
            await asyncio.sleep(self.gap)
