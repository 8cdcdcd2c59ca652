"""What this process uses of its machine, for the metrics; zeros where a system does not tell."""

import os
import resource
from dataclasses import dataclass
from pathlib import Path
from typing import Final

STATM: Final = Path("/proc/self/statm")
NETWORK: Final = Path("/proc/self/net/dev")
RECEIVED, SENT = 0, 8
"""Columns of /proc/net/dev behind the colon (proc(5))."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """CPU in seconds, the rest in bytes."""

    cpu_seconds: float
    memory: int
    disk: int
    network: int


def look(database: Path | None) -> Machine:
    """Reads it now; `database` is an SQLite file, None for a server elsewhere."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return Machine(
        cpu_seconds=used.ru_utime + used.ru_stime,
        memory=_resident() or used.ru_maxrss * 1024,
        disk=_size(database),
        network=_network(),
    )


def _resident() -> int:
    try:
        pages = int(STATM.read_text("ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _size(database: Path | None) -> int:
    """The file and its write-ahead log."""
    if database is None:
        return 0
    files = (database, database.with_name(f"{database.name}-wal"))
    return sum(file.stat().st_size for file in files if file.exists())


def _network() -> int:
    try:
        lines = NETWORK.read_text("ascii").splitlines()[2:]
    except OSError:
        return 0
    counts = [line.partition(":")[2].split() for line in lines]
    return sum(int(row[RECEIVED]) + int(row[SENT]) for row in counts if len(row) > SENT)
