"""Sources that send alerts over real sockets, as sources do: again, until somebody says 202.

Each group of alerts belongs to one worker, which sends one request at a time, so the order in which
a group's requests were accepted is known. Every attempt carries an id of its own in its body.
"""

import asyncio
import random
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

import aiohttp

from tests.chaos.config import WORDS, team_of
from tests.chaos.sources import Group, alerts, enqueue, mark, read_json, timestamp

DOORS: Final = {
    "alertmanager": "/webhooks/alertmanager",
    "events": "/api/v1/events",
    "enqueue": "/v2/enqueue",
    "command": "/command",
    "comment": "/api/v1/incidents/{incident}/comment",
}
ON_ITS_WAY: Final = "on its way already"
"""What a command is told that was kept before its server died."""

PAUSE: Final = (0.01, 0.06)
ACTIVE: Final = 5
"""Groups that a worker keeps busy; each lives for some steps and is then left alone."""


@dataclass(slots=True)
class Sent:
    """One attempt, and what came back; `status` None: nothing did."""

    attempt: str
    door: str
    group: str
    body: Mapping[str, Any]
    at: float
    status: int | None = None
    reply: Any = None

    @property
    def accepted(self) -> bool:
        return self.status == (200 if self.door in {"command", "comment"} else 202)


@dataclass
class Load:
    """`urls`: the replicas; an attempt goes to any of them.

    `fresh`: how often a worker begins a new group where it has room; `talk`: how often somebody
    says something to an incident instead.
    """

    urls: list[str]
    seed: int = 7
    workers: int = 3
    fresh: float = 0.04
    talk: float = 0.05
    sent: list[Sent] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    refused: int = 0
    _over: bool = False
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _session: aiohttp.ClientSession | None = None
    _csrf: str = ""
    _cookies: dict[str, str] = field(default_factory=dict)

    # its life

    async def __aenter__(self) -> "Load":
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=15),
            connector=aiohttp.TCPConnector(limit=0),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        async with self._session.get(self.urls[0]) as page:
            self._csrf = (await page.text()).split('data-csrf="')[1].split('"')[0]
            self._cookies = {name: cookie.value for name, cookie in page.cookies.items()}
        self._tasks = [
            asyncio.create_task(self._work(random.Random(self.seed * 100 + number)))
            for number in range(self.workers)
        ]
        return self

    async def __aexit__(self, *wrong: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        assert self._session is not None
        await self._session.close()

    async def finish(self) -> None:
        """No new steps; what got no 202 is still sent again until it does. Then all is cleared."""
        self._over = True
        await asyncio.gather(*self._tasks)
        dice = random.Random(self.seed)
        for group in self.groups:
            if group.firing and group.door != "events":
                await self._until_accepted(group.door, group, self._clear(group, dice), dice)

    def broken(self) -> None:
        """Raises what a worker fell over, so that a test does not wait for nothing."""
        for task in self._tasks:
            if task.done() and not task.cancelled() and (wrong := task.exception()):
                raise wrong

    @property
    def accepted(self) -> list[Sent]:
        return [sent for sent in self.sent if sent.accepted]

    # one worker

    async def _work(self, dice: random.Random) -> None:
        mine: list[Group] = []
        while not self._over:
            mine = [group for group in mine if group.steps < dice.randint(6, 40)]
            if not mine or (len(mine) < ACTIVE and dice.random() < self.fresh):
                mine.append(self._new_group(dice))
            await self._step(dice.choice(mine), dice)
            await asyncio.sleep(dice.uniform(*PAUSE))

    def _new_group(self, dice: random.Random) -> Group:
        number = len(self.groups)
        door = dice.choice(["alertmanager"] * 3 + ["enqueue", "events"])
        severities = ["P0", "P1"] if door == "events" else ["P0", "P0", "P1", "P2", "P3", "P4"]
        group = Group(f"g{number:05}", number, door, dice.choice(severities))
        self.groups.append(group)
        return group

    async def _step(self, group: Group, dice: random.Random) -> None:
        group.steps += 1
        if group.incident and dice.random() < self.talk:
            await self._command(group, dice)
        elif group.door == "alertmanager":
            ends = group.firing and dice.random() < 0.15
            body = self._clear(group, dice) if ends else self._fire(group, dice)
            await self._until_accepted(group.door, group, body, dice)
        elif group.door == "enqueue":
            await self._until_accepted(group.door, group, self._event_v2(group, dice), dice)
        else:
            await self._until_accepted(group.door, group, self._neutral(group, dice), dice)

    # bodies

    def _fire(self, group: Group, dice: random.Random) -> dict[str, Any]:
        names = [f"{group.name}-{n}" for n in range(dice.choice([1, 1, 2, 3]))]
        for name in names:
            group.firing.setdefault(name, timestamp())
        return alerts(group, dict.fromkeys(names, "firing"))

    def _clear(self, group: Group, dice: random.Random) -> dict[str, Any]:
        if group.door == "enqueue":
            group.firing.clear()
            return enqueue(group, "resolve")
        names = sorted(group.firing)
        if not self._over:
            names = dice.sample(names, dice.randint(1, len(names)))
        body = alerts(group, dict.fromkeys(names, "resolved"))
        for name in names:
            del group.firing[name]
        return body

    def _event_v2(self, group: Group, dice: random.Random) -> dict[str, Any]:
        if group.firing and (what := dice.choice(["trigger", "acknowledge", "resolve"])):
            if what == "resolve":
                group.firing.clear()
            return enqueue(group, what)
        group.firing[group.name] = timestamp()
        return enqueue(group, "trigger")

    def _neutral(self, group: Group, dice: random.Random) -> dict[str, Any]:
        again = group.event_id and dice.random() < 0.3
        group.event_id = group.event_id if again else uuid4().hex
        group.firing[group.name] = group.firing.get(group.name) or timestamp()
        return {
            "event_id": group.event_id,
            "source": "probe",
            "timestamp": group.firing[group.name],
            "title": group.name,
            "severity": WORDS[group.severity],
            "tags": {"team": team_of(group.number)},
            "payload": {},
        }

    async def _command(self, group: Group, dice: random.Random) -> None:
        """A person in the web room, or a program by REST."""
        key, number = uuid4().hex, int(str(group.incident).rsplit("-", 1)[1])
        if dice.random() < 0.3:
            body = {"key": key, "incident": group.incident, "text": f"looking {key}"}
            await self._until_accepted("comment", group, body, dice)
            return
        text = dice.choice([f"ack #{number}", f"note #{number} looking {key}", f"status #{number}"])
        await self._until_accepted("command", group, {"key": key, "text": text}, dice)

    # on the wire

    async def _until_accepted(
        self, door: str, group: Group, body: dict[str, Any], dice: random.Random
    ) -> None:
        while True:
            sent = await self._send(door, group, body, dice)
            if sent.accepted:
                self._learn(group, sent)
                return
            if sent.status is not None and sent.status < 500:
                raise AssertionError(f"{door} answered {sent.status}: {sent.reply} to {body}")
            if door == "command" and isinstance(sent.reply, dict):
                return  # a person is told that it broke, and reads it
            await asyncio.sleep(dice.uniform(0.02, 0.08))

    async def _send(
        self, door: str, group: Group, body: dict[str, Any], dice: random.Random
    ) -> Sent:
        attempt = uuid4().hex
        mark(door, body, attempt)
        sent = Sent(attempt, door, group.name, {**body}, time.time())
        assert self._session is not None
        url = dice.choice(self.urls) + DOORS[door].format_map(body)
        try:
            async with self._session.post(url, **self._said(door, body)) as said:
                reply = await said.read()
                sent.status, sent.reply = said.status, read_json(reply)
        except aiohttp.ClientConnectorError:
            self.refused += 1
            return sent  # it never left, so nobody needs to remember it
        except (aiohttp.ClientError, OSError, TimeoutError):
            pass
        self.sent.append(sent)
        return sent

    def _said(self, door: str, body: dict[str, Any]) -> dict[str, Any]:
        if door == "command":
            headers = {"X-Muster-Csrf": self._csrf, "Accept": "application/json"}
            return {"data": body, "headers": headers, "cookies": self._cookies}
        if door == "comment":
            return {"json": {"text": body["text"]}, "headers": {"Idempotency-Key": body["key"]}}
        return {"json": body}

    def _learn(self, group: Group, sent: Sent) -> None:
        with suppress(TypeError, KeyError, IndexError):
            said = sent.reply["events"][0] if "events" in sent.reply else sent.reply
            group.incident = said["incident_id"] or group.incident
