"""Carries letters to the app, and carries events again that were not taken."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from tests.fakes.slack.app import App
from tests.fakes.slack.outward.by_http import ByHttp
from tests.fakes.slack.outward.by_socket import BySocket
from tests.fakes.slack.outward.letter import WAITS, Ack, Letter, Sort
from tests.fakes.slack.state import Json
from tests.fakes.slack.time import Time


@dataclass(frozen=True)
class Owed:
    letter: Letter
    due: float


class Postman:
    """`sent` are all letters with their acks; `owed`, the events that will come again."""

    def __init__(
        self, app: App, time: Time, http: ByHttp, socket: BySocket, stir: Callable[[], None]
    ) -> None:
        self.app = app
        self.time = time
        self.http = http
        self.socket = socket
        self.sent: list[tuple[Letter, Ack]] = []
        self.owed: list[Owed] = []
        self.holds: list[Letter] | None = None
        self._stir = stir
        self._under_way: set[asyncio.Task[Ack]] = set()

    @property
    def reaches_app(self) -> bool:
        return bool(self.app.events_url) or self.socket.ever_connected

    async def send(self, letter: Letter) -> Ack:
        """One try; the ack tells of it. An event that is not taken is owed."""
        line = self.http if self.app.events_url else self.socket
        ack = await line.send(letter)
        self.sent.append((letter, ack))
        if letter.sort is Sort.EVENT and not ack.ok:
            self._owe(letter, ack)
        self._stir()
        return ack

    def _owe(self, letter: Letter, ack: Ack) -> None:
        if ack.headers.get("X-Slack-No-Retry") == "1" or letter.retry_num >= len(WAITS):
            return
        due = self.time.now() + WAITS[letter.retry_num]
        self.owed.append(Owed(letter.again(ack.reason), due))

    def send_later(self, payload: Json) -> None:
        """An event, without waiting for it; see `settled`. While `holds` is a list, it waits there,
        so that a test can send what it holds in another order."""
        letter = Letter(Sort.EVENT, payload)
        if self.holds is not None:
            self.holds.append(letter)
            return
        task = asyncio.create_task(self.send(letter))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def settled(self) -> None:
        """Everything that was under way arrived, or did not."""
        while self._under_way:
            await asyncio.wait(set(self._under_way))

    async def redeliver(self) -> list[Ack]:
        """Sends again what is due by the clock."""
        due = [owed for owed in self.owed if owed.due <= self.time.now()]
        self.owed = [owed for owed in self.owed if owed not in due]
        return [await self.send(owed.letter) for owed in due]

    async def close(self) -> None:
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await self.socket.close()
