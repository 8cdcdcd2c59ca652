"""Every chain computed anew, and every incident folded from its entries."""

from collections.abc import Iterator
from typing import Any

from bot.domain.entry import GENESIS, Envelope, body_digest, link
from bot.domain.incident import comparable
from storage.rows import INCIDENT_FIELDS, incident_from
from storage.units.incidents import entry_from
from tests.chaos.oracle.stored import Stored


def broken(stored: Stored) -> Iterator[str]:
    """Chains with a gap, a changed entry, or an end that nobody knows."""
    heads = {f"incident:{row.number}": (row.version, row.chain) for row in stored.incidents}
    heads |= {row.stream: (row.count, row.head) for row in stored.chains}
    for stream, rows in stored.entries.items():
        yield from _follow(stream, rows)
        if heads.get(stream) != (rows[-1].seq, rows[-1].hash):
            yield f"chain {stream} ends at {rows[-1].seq}, its row knows {heads.get(stream)}"
    for stream in heads.keys() - stored.entries.keys():
        yield f"chain {stream} has no entries"


def _follow(stream: str, rows: list[Any]) -> Iterator[str]:
    previous = GENESIS
    for place, row in enumerate(rows, 1):
        if row.seq != place or row.previous != previous:
            yield f"chain {stream} has a gap before {row.seq}"
        if row.body is None or body_digest(row.salt, row.body) != row.digest:
            yield f"chain {stream}: the body of {row.seq} is not what was digested"
        elif link(row.previous, Envelope.of(entry_from(row)), row.digest) != row.hash:
            yield f"chain {stream}: entry {row.seq} is not what was hashed"
        previous = row.hash


def unlike_entries(stored: Stored) -> Iterator[str]:
    """Incidents whose row is not what their entries make of them."""
    for row in stored.incidents:
        states = stored.life(row.number).states
        if not states:
            yield f"#{row.number} has no entries"
            continue
        row_says = comparable(incident_from({n: row._mapping[n] for n in INCIDENT_FIELDS}))
        entries_say = comparable(states[-1][1])
        differ = [name for name, said in row_says.items() if entries_say[name] != said]
        if differ:
            yield f"#{row.number}: the row and its entries differ in {differ}"
