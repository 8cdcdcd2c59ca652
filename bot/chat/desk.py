"""What a platform that listens is given, and what it is to the process that runs it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.chat.inbox import Inbox
from bot.engine.newcomers import Newcomers
from bot.engine.oncall import OnCall
from bot.engine.people import People
from bot.ports.clock import Clock
from bot.ports.queries import Queries, Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    inbox: Inbox
    queries: Queries
    oncall: OnCall
    people: People
    newcomers: Newcomers
    clock: Clock

    @property
    def keeps_any_talk(self) -> bool:
        """Some route keeps what people say to each other."""
        return any(route.keeps_talk for route in self.people.rules.policies.routes.values())

    async def keeps_talk(self, number: int) -> bool:
        """Whether what people say to each other in this incident's rooms is kept."""
        incident = await self.queries.incident(number, Viewer(everything=True))
        routes = self.people.rules.policies.routes
        route = routes.get((incident.route or "") if incident else "")
        return route is not None and route.keeps_talk


class Listens(Protocol):
    """A platform that hears people. `routes` are aiohttp's; `facts` are for the health page."""

    def routes(self) -> Sequence[Any]: ...
    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    def facts(self) -> Mapping[str, Any]: ...
