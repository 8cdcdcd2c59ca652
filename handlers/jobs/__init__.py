"""What is done now and then, woken by APScheduler. Each asks the database what there is to do."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Job:
    """`every` so many seconds; `run` gets the running Muster."""

    every: float
    run: Callable[[Any], Awaitable[object]]


JOBS: Final[dict[str, str]] = {
    "recover": "handlers.jobs.recover:job",
    "newcomers": "handlers.jobs.newcomers:job",
    "clock": "handlers.jobs.clock:job",
    "checkpoint": "handlers.jobs.checkpoint:job",
    "digest": "handlers.jobs.digest:job",
    "reach": "handlers.jobs.reach:job",
    "prune": "handlers.jobs.prune:job",
}
"""Name → where the Job stands."""
