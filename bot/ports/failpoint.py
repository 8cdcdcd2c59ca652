"""Places where a test may make the process die, fail or wait; silent unless told so in dev."""

import asyncio
import os
import signal
from collections import Counter
from dataclasses import dataclass
from typing import Final

import structlog

from bot.domain.errors import ConfigError

log = structlog.get_logger()

DEEDS: Final = ("kill", "raise", "sleep")


class FailpointHit(RuntimeError):
    """The failure that was asked for."""


@dataclass(frozen=True, slots=True)
class Failpoint:
    name: str
    nth: int
    deed: str


_armed: dict[str, list[Failpoint]] = {}
_passed: Counter[str] = Counter()


def arm(spec: str) -> None:
    """Reads `name:n:kill|raise|sleep`, several by commas; the empty string disarms all.

    Raises:
        ConfigError: the text is none.
    """
    _armed.clear()
    _passed.clear()
    for part in filter(None, (piece.strip() for piece in spec.split(","))):
        try:
            name, nth, deed = part.split(":")
            point = Failpoint(name, int(nth), deed)
        except ValueError:
            raise ConfigError(f"{part!r} is no failpoint; write name:n:kill|raise|sleep.") from None
        if deed not in DEEDS:
            raise ConfigError(f"{deed!r} is none of {', '.join(DEEDS)}.")
        _armed.setdefault(name, []).append(point)


async def failpoint(name: str) -> None:
    """Passes, unless this is the n-th time here and something was asked for."""
    if not _armed:
        return
    _passed[name] += 1
    for point in _armed.get(name, ()):
        if point.nth == _passed[name]:
            await _do(point)


async def _do(point: Failpoint) -> None:
    log.warning("failpoint", name=point.name, deed=point.deed)
    if point.deed == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if point.deed == "raise":
        raise FailpointHit(point.name)
    await asyncio.sleep(5)
