"""Who is on call now, and who is next."""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot.cards.names import person_name
from bot.domain.oncall import Shift
from bot.engine.oncall import OnCall
from handlers.web.shell import Shell


@dataclass(frozen=True, slots=True)
class Turn:
    """One line: whose turn, from when and until when; `mine` where it is the reader's own."""

    name: str
    shift: Shift
    mine: bool


@dataclass(frozen=True, slots=True)
class Rota:
    schedule: str
    zone: str
    teams: tuple[str, ...]
    now: Turn | None
    next: Turn | None
    starts: datetime


class OnCallPage:
    def __init__(self, shell: Shell, oncall: OnCall) -> None:
        self.shell, self.oncall = shell, oncall

    async def show(self, request: web.Request) -> web.StreamResponse:
        visitor = await self.shell.visitors.who(request)
        schedules = self.shell.policies().schedules
        return await self.shell.page(
            "oncall.html",
            visitor,
            title="On call",
            path="/oncall",
            rotas=[self._rota(name, visitor.id) for name in schedules],
        )

    def _rota(self, name: str, reader: str) -> Rota:
        policies = self.shell.policies()
        schedule = policies.schedules[name]
        now = self.oncall.shift(name)
        following = self.oncall.shift(name, now.ends_at) if now else None
        return Rota(
            schedule=name,
            zone=schedule.zone,
            teams=tuple(t.name or id for id, t in policies.teams.items() if t.schedule == name),
            now=self._turn(now, reader),
            next=self._turn(following, reader),
            starts=schedule.starts,
        )

    def _turn(self, shift: Shift | None, reader: str) -> Turn | None:
        if shift is None:
            return None
        people = self.shell.policies().people
        return Turn(person_name(people, shift.person), shift, shift.person == reader)
