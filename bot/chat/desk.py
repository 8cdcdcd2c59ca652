"""What a platform that listens is given, and what it is to the process that runs it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.chat.inbox import Inbox
from bot.engine.newcomers import Newcomers
from bot.engine.oncall import OnCall
from bot.engine.people import People
from bot.ports.clock import Clock
from bot.ports.queries import Queries


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    inbox: Inbox
    queries: Queries
    oncall: OnCall
    people: People
    newcomers: Newcomers
    clock: Clock


class Listens(Protocol):
    """A platform that hears people. `routes` are aiohttp's; `facts` are for the health page."""

    def routes(self) -> Sequence[Any]: ...
    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    def facts(self) -> Mapping[str, Any]: ...
