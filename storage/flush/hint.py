"""What a commit tells the other replicas, in the same transaction: PostgreSQL's NOTIFY."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.engine import Dialect

from bot.domain.ledger import Ledger
from storage.driver import Statement
from storage.flush.together import Together

CHANNEL: Final = "muster"
NAMED: Final = 500
"""Incidents one hint names at most; a payload holds 8,000 bytes. Of a larger batch, the newest."""


class _Notify:
    """Rows of one payload each."""

    def ready_for(
        self, dialect: Dialect, rows: Sequence[Sequence[Any]], first: int = 1
    ) -> list[Statement]:
        if dialect.name != "postgresql":
            return []
        return [(f"SELECT pg_notify('{CHANNEL}', ${first})", tuple(row)) for row in rows]


_NOTIFY: Final = _Notify()
TIMERS: Final = "t"
EFFECTS: Final = "e"


@dataclass(frozen=True, slots=True)
class Hint:
    """What another process committed: which incidents changed, and what it armed or queued."""

    incidents: tuple[int, ...] = ()
    timers: bool = True
    effects: bool = True


def hint(together: Together, ledger: Ledger, sender: str) -> None:
    """With the commit, tells the other replicas what to look at; `sender` is this process."""
    changed = sorted({*ledger.touched, *ledger.refreshed})[-NAMED:]
    if changed or ledger.timers or ledger.effects:
        what = TIMERS * bool(ledger.timers) + EFFECTS * bool(ledger.effects)
        together.add(_NOTIFY, [(f"{sender} {what} {','.join(map(str, changed))}",)])


def read_hint(payload: str) -> tuple[str, Hint]:
    """Who says it, and what; one that cannot be read says that the loops must look."""
    sender, *said = payload.split(" ")
    if len(said) != 2:
        return "", Hint()
    what, numbers = said
    changed = tuple(int(number) for number in numbers.split(",") if number.isdigit())
    return sender, Hint(changed, timers=TIMERS in what, effects=EFFECTS in what)
