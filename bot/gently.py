"""Imports what need not be there before the doors open: a piece at a time, and alerts go first.

Importing holds the loop. Registries say by themselves what will be imported; LARGE names the other
large pieces. One that is missing here is imported all the same, in one go with its neighbours.
"""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib import import_module
from typing import Final, Protocol

from handlers.commands import COMMANDS
from handlers.jobs import JOBS

LARGE: Final = (
    "bot.cards.incident",
    "bot.chat.router",
    "bot.engine.jobs",
    "bot.engine.delivery",
    "bot.engine.knowledge.ranking",
    "bot.engine.knowledge.asking",
    "bot.engine.knowledge.suggesting",
    "storage.library.library",
    "handlers.api.bodies",
    "handlers.api.rest",
    "handlers.web.shell",
    "handlers.web.room",
    "handlers.vitals",
    "apscheduler.schedulers.base",
    "bot.schedule",
)
ASIDE: Final = 0.003
"""Seconds without work before a large piece: who just connected is read, and then waited for."""

PATIENCE: Final = 0.25
"""Seconds that a piece waits for alerts at most, so that a flood cannot hold the rest up."""


class Intaking(Protocol):
    async def idle(self) -> None:
        """Until nobody waits for an answer."""


async def import_gently(intake: Intaking, *, pieces: Iterable[str] | None = None) -> None:
    """Imports modules by their names; where none are given, everything.

    Raises:
        ImportError: or whatever else a broken module raises.
    """
    for module in pieces or all_pieces():
        await asyncio.sleep(ASIDE if module in LARGE else 0)
        await _let_pass(intake)
        import_module(module)


def all_pieces() -> Iterator[str]:
    """The modules that are imported behind the doors, by name."""
    yield from LARGE
    for path in (*COMMANDS.values(), *JOBS.values()):
        yield path.partition(":")[0]
    yield "bot.app"


async def _let_pass(intake: Intaking) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            await intake.idle()
