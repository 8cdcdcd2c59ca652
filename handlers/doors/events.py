"""`/api/v1/events`: neutral events, one by one or up to 100 in a batch, and what became of one."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import orjson
from aiohttp import web

from bot.domain.alert import Alert
from bot.domain.errors import NotFound, TooLarge, WrongShape
from bot.domain.people import Right
from bot.engine.arrival import Arrival
from bot.ports.failpoint import failpoint
from handlers.alerts import Source
from handlers.alerts.muster import parse_one
from handlers.credentials import Credentials
from handlers.doors.at_once import answer_at_once
from handlers.doors.body import BATCH_CAP, read_body
from handlers.doors.directory import Directory, Entrance
from handlers.doors.letters import Buried, read_or_bury
from handlers.doors.limits import Limits
from handlers.doors.needs import FindsEvents, Intaking
from handlers.doors.replies import rejection, reply
from handlers.http import answer
from handlers.shapes import fields
from handlers.strict_json import decode

KIND: Final = "muster"
BATCH: Final = 100
PER_MINUTE: Final = 1_000


class Events:
    """`strict`: unknown fields are refused. `per_minute`: requests of one sender; 0 is no limit."""

    def __init__(
        self,
        *,
        intake: Intaking,
        finds: FindsEvents,
        directory: Directory,
        credentials: Credentials,
        limits: Limits,
        new_id: Callable[[], str],
        strict: bool = False,
        per_minute: int = PER_MINUTE,
    ) -> None:
        self.intake, self.finds, self.new_id = intake, finds, new_id
        self.directory, self.credentials = directory, credentials
        self.limits, self.per_minute = limits, per_minute
        source = Source(name=KIND, kind=KIND, strict=strict)
        self.neutral = Entrance(source=source, parse=parse_one)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/api/v1/events", self.take),
            web.post("/api/v1/events/batch", self.take_batch),
            web.get("/api/v1/events/{id}", self.show),
        ]

    async def take(self, request: web.Request) -> web.StreamResponse:
        await self._admit(request, Right.RESPONDER)
        body = await read_body(request)
        event = decode(body)
        (alert,) = await self._read(event, body)
        (verdict,) = await self.intake.submit(_arrival([alert], body))
        await failpoint("doors.before_reply")
        return answer_at_once(request, reply(verdict))

    async def take_batch(self, request: web.Request) -> web.StreamResponse:
        await self._admit(request, Right.RESPONDER)
        body = await read_body(request, BATCH_CAP)
        batch = decode(body)
        events = await self._events(batch, body)
        alerts: list[Alert] = []
        rejected: dict[int, dict[str, Any]] = {}
        for place, event in enumerate(events):
            try:
                alerts += await self._read(event, orjson.dumps(event))
            except Buried as wrong:  # alone; the others are good
                rejected[place] = rejection(_id_of(event), str(wrong), wrong.dead_letter)
        verdicts = await self.intake.submit(_arrival(alerts, body)) if alerts else []
        await failpoint("doors.before_reply")
        accepted = iter(verdicts)
        results = [
            rejected[place] if place in rejected else reply(next(accepted))
            for place in range(len(events))
        ]
        return answer_at_once(
            request,
            {
                "batch_id": fields.key(batch.get("batch_id")) or self.new_id(),
                "accepted": len(verdicts),
                "rejected": len(rejected),
                "results": results,
            },
        )

    async def show(self, request: web.Request) -> web.Response:
        await self._admit(request, Right.VIEWER)
        id = request.match_info["id"]
        found = await self.finds.find_event(id)
        if found is None:
            raise NotFound(f"There is no event {id[:100]!r}.")
        return answer(found)

    async def _admit(self, request: web.Request, needed: Right) -> None:
        sender = await self.credentials.admit_events(request, self.directory, needed)
        self.limits.take(f"events:{sender}", self.per_minute)

    async def _read(self, event: Any, body: bytes) -> list[Alert]:
        """The alert of one event, as a list of one."""
        return await read_or_bury(self.neutral, event, body, self.intake)

    async def _events(self, batch: Any, body: bytes) -> list[Any]:
        events = batch.get("events") if isinstance(batch, dict) else None
        if not isinstance(events, list):
            wrong = WrongShape("A batch must be an object with a list `events`.")
            letter = await self.intake.bury(KIND, body, str(wrong))
            raise Buried(str(wrong), dead_letter=letter)
        if len(events) > BATCH:
            raise TooLarge(f"A batch holds at most {BATCH} events; this one has {len(events)}.")
        return events


def _arrival(alerts: Sequence[Alert], body: bytes) -> Arrival:
    """Named after the door, which can read it again; its alerts are named after their producers."""
    return Arrival(source=KIND, alerts=alerts, body=body, deduplicates_events=True)


def _id_of(event: Any) -> str | None:
    return fields.key(event.get("event_id")) if isinstance(event, dict) else None
