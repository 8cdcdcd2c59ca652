"""How the incidents of a service change: counted from the record, without a model."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from bot.domain.duration import say_duration
from bot.domain.marks import durations
from bot.engine.analysis.shapes import Traced
from bot.ports.queries import IncidentRow

SPAN: Final = timedelta(days=30)
"""Two of them are compared: the one that ends now with the one before it."""

NAMED: Final = 8
"""Incidents that a sentence names at most."""

RECURRING: Final = 3
"""What came more than once, and is told."""

_NUMBER: Final = re.compile(r"\d+")

Rows = Sequence[IncidentRow]


def service_trends(service: str, rows: Rows, now: datetime, *, more: bool = False) -> list[Traced]:
    """Sentences, each with the incidents it is of (`#12`).

    `rows` are the service's incidents that opened in the last two spans, newest first; `more`:
    there are others, too many to be read, so that nothing is compared with what was before.
    """
    late = [row for row in rows if row.opened_at > now - SPAN]
    early = [] if more else rows[len(late) :]
    said = [_too_many(service, late) if more else _counted(service, late, early)]
    said += _lasting("Acknowledged", late, early, lambda row: durations(row).mtta)
    said += _lasting("Over", late, early, lambda row: durations(row).mttr)
    said += _recurring(rows)
    said += _some("missed a service level", [row for row in late if _breached(row)])
    said += _some("reached nobody", [row for row in late if row.unreached])
    said += _some("not over yet", [row for row in rows if row.open])
    return said


def _counted(service: str, late: Rows, early: Rows) -> Traced:
    by_severity = Counter(str(row.severity) for row in late)
    each = ", ".join(f"{name}: {many}" for name, many in sorted(by_severity.items()))
    before = f"{len(early)} in the {SPAN.days} days before."
    these = f"{service}: {_incidents(len(late))} in {SPAN.days} days"
    return Traced(text=f"{these}{f' ({each})' if each else ''}; {before}", sources=_named(late))


def _too_many(service: str, late: Rows) -> Traced:
    these = f"{service}: at least {_incidents(len(late))} in {SPAN.days} days"
    return Traced(text=f"{these}; only these are looked at.", sources=_named(late))


def _lasting(
    what: str, late: Rows, early: Rows, measure: Callable[[IncidentRow], float | None]
) -> list[Traced]:
    spans, before = (
        [s for row in rows if (s := measure(row)) is not None] for rows in (late, early)
    )
    if not spans:
        return []
    than = f"; {_middle(before)} in the {SPAN.days} days before" if before else ""
    told = [row for row in late if measure(row) is not None]
    return [
        Traced(text=f"{what} after {_middle(spans)}, by the median{than}.", sources=_named(told))
    ]


def _middle(seconds: Sequence[float]) -> str:
    return say_duration(timedelta(seconds=round(median(seconds))))


def _recurring(rows: Rows) -> list[Traced]:
    """Titles that are the same but for their numbers, the most frequent first."""
    same: dict[str, list[IncidentRow]] = {}
    for row in rows:
        same.setdefault(_NUMBER.sub("#", row.title.casefold()), []).append(row)
    often = sorted((some for some in same.values() if len(some) > 1), key=len, reverse=True)
    return [
        Traced(
            text=f"{len(some)} times in {2 * SPAN.days} days, last on "
            f"{some[0].opened_at:%Y-%m-%d}: {some[0].title}",
            sources=_named(some),
        )
        for some in often[:RECURRING]
    ]


def _breached(row: IncidentRow) -> bool:
    return bool(row.sla_acknowledge_breached_at or row.sla_resolve_breached_at)


def _some(what: str, rows: Rows) -> list[Traced]:
    return [Traced(text=f"{_incidents(len(rows))} {what}.", sources=_named(rows))] if rows else []


def _incidents(many: int) -> str:
    return f"{many or 'no'} incident{'' if many == 1 else 's'}"


def _named(rows: Rows) -> list[str]:
    return [f"#{row.number}" for row in rows[:NAMED]]
