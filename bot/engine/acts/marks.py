"""When it really began, was noticed, was stopped and was over."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from bot.domain.entry import Entry, EntryType
from bot.domain.errors import Invalid
from bot.domain.incident import Incident
from bot.domain.marks import NAMES, Mark, out_of_order
from bot.engine.acts.base import Acting, Ask, Done
from bot.ports.store import Unit

OLDEST: Final = timedelta(days=366)
AHEAD: Final = timedelta(minutes=1)
"""Clocks of other machines may be this much before ours."""


class MarkActs(Acting):
    """Each mark that is set, corrected or taken away is an entry at its own time."""

    async def mark(self, number: int, times: Mapping[Mark, datetime | None], ask: Ask) -> Done:
        """Sets these marks (aware), or takes them away (None); the others stay.

        Raises:
            Invalid: one lies in the future, more than a year back, or before one it follows.
        """

        def do(unit: Unit, incident: Incident) -> Done:
            for mark, at in times.items():
                _check(mark, at, unit.now)
            whole = {mark: getattr(incident, mark.field) for mark in Mark} | dict(times)
            if wrong := out_of_order(whole):
                before, after = wrong
                raise Invalid(
                    f"It cannot be {NAMES[after]} before it was {NAMES[before]}."
                    if before is not Mark.IMPACT
                    else f"It cannot be {NAMES[after]} before its impact began.",
                    field=str(after if after in times else before),
                )
            entry = self._write(unit, incident, times, ask)
            return Done(incident, entry, changed=entry is not None)

        return await self._act(number, ask, "mitigated", do)

    def _write(
        self, unit: Unit, incident: Incident, times: Mapping[Mark, datetime | None], ask: Ask
    ) -> Entry | None:
        """The last entry made; None where everything was so already."""
        entry: Entry | None = None
        for mark, at in times.items():
            values: dict[str, Any] = {mark.field: at}
            if incident.diff(values):
                entry = unit.ledger.enter(
                    incident,
                    EntryType.MARKED,
                    ask.actor,
                    set=values,
                    occurred_at=at,
                    metadata={"mark": str(mark), **({} if at else {"cleared": True})},
                )
        return entry


def _check(mark: Mark, at: datetime | None, now: datetime) -> None:
    if at is not None and not now - OLDEST <= at <= now + AHEAD:
        when = "in the future" if at > now else "more than a year ago"
        raise Invalid(f"{NAMES[mark].capitalize()}: {at:%Y-%m-%d %H:%M} UTC is {when}.", field=mark)
