"""Silences: made, looked at before they are made, ended early or by their timer."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.domain.alert import digest
from bot.domain.entry import EntryType
from bot.domain.errors import Forbidden, Invalid, NotFound
from bot.domain.incident import Incident
from bot.domain.matcher import Matcher
from bot.domain.rights import LONG_SILENCE
from bot.domain.silence import (
    DEFAULT_LENGTH,
    GROUP_LABEL,
    RESPONDER_LONGEST,
    Silence,
    check_length,
    check_matchers,
)
from bot.engine.acts.base import TEXT_LIMIT, Ask, check_text, sees
from bot.engine.authorise import authorise, right_in
from bot.engine.work import Work
from bot.ports.store import Lane, Unit

LOOKS_BACK: Final = timedelta(hours=24)
"""What a new silence would have hit is shown for this long a past."""


class Silences:
    def __init__(self, work: Work) -> None:
        self.work = work

    async def add(
        self,
        ask: Ask,
        matchers: Sequence[Matcher],
        *,
        starts_at: datetime | None = None,
        ends_at: datetime | None = None,
        length: timedelta = DEFAULT_LENGTH,
        comment: str = "",
    ) -> Silence:
        """Hides matching alerts from now (or `starts_at`) until `ends_at`, or for the `length`.

        Raises:
            Invalid: it would hide everything, or does not end in time.
            Forbidden: longer than four hours without the right.
        """

        async def do(unit: Unit) -> Silence:
            silence = draft(
                unit.now,
                ask,
                tuple(matchers),
                starts_at=starts_at,
                ends_at=ends_at,
                length=length,
                comment=comment,
            )
            return await self._keep(unit, silence)

        return await self.work(do, lane=Lane.COMMANDS, call=ask.call)

    async def of_incident(
        self, number: int, ask: Ask, *, length: timedelta = DEFAULT_LENGTH, comment: str = ""
    ) -> Silence:
        """Covers exactly the incident's groups."""

        async def do(unit: Unit) -> Silence:
            silence = await self._of_incident(unit, number, ask, length, comment)
            made = await self._keep(unit, silence)
            unit.ledger.enter(
                await unit.incident(number),
                EntryType.SILENCED,
                ask.actor,
                text=comment,
                metadata={"silence": made.id, "until": silence.ends_at.isoformat()},
            )
            return made

        return await self.work(do, lane=Lane.COMMANDS, call=ask.call)

    def look(
        self,
        ask: Ask,
        matchers: Sequence[Matcher],
        *,
        length: timedelta = DEFAULT_LENGTH,
        comment: str = "",
    ) -> Silence:
        """What `add` would make now; nothing is kept.

        Raises:
            Invalid, Forbidden: see `add`.
        """
        now = self.work.store.now()
        return draft(now, ask, tuple(matchers), length=length, comment=comment)

    async def look_at_incident(
        self, number: int, ask: Ask, *, length: timedelta = DEFAULT_LENGTH, comment: str = ""
    ) -> Silence:
        """What `of_incident` would make now; nothing is kept."""

        async def do(unit: Unit) -> Silence:
            return await self._of_incident(unit, number, ask, length, comment)

        return await self.work(do, lane=Lane.COMMANDS)

    async def _of_incident(
        self, unit: Unit, number: int, ask: Ask, length: timedelta, comment: str
    ) -> Silence:
        incident = await unit.incident(number)
        if not sees(ask.actor, incident):
            raise NotFound(f"There is no incident #{number}.")
        authorise(ask.actor, "silence", incident)
        keys = await unit.group_keys(number)
        if incident.declared or not keys:
            raise Invalid("It was declared by a person; there are no alerts to silence.")
        matchers = group_matchers(keys)
        return draft(unit.now, ask, matchers, length=length, comment=comment, incident=incident)

    async def _keep(self, unit: Unit, silence: Silence) -> Silence:
        made = await unit.add_silence(silence)
        unit.ledger.arm(f"silence:{made.id}", "silence_end", 0, made.ends_at)
        return made

    async def end(self, id: int, ask: Ask) -> Silence:
        """Ends it now; what still fires is looked at once more."""

        async def do(unit: Unit) -> Silence:
            silence = await unit.silence(id)
            incident = await unit.incident(silence.incident) if silence.incident else None
            if incident is not None and not sees(ask.actor, incident):
                raise NotFound(f"There is no silence {id}.")
            authorise(ask.actor, "silence", incident)
            if silence.ended_at is None:
                await unit.end_silence(id)
                unit.ledger.arm(f"silence:{id}", "silence_end", 0, unit.now)
            return silence

        return await self.work(do, lane=Lane.COMMANDS, call=ask.call)


def draft(
    now: datetime,
    ask: Ask,
    matchers: tuple[Matcher, ...],
    *,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    length: timedelta = DEFAULT_LENGTH,
    comment: str = "",
    incident: Incident | None = None,
) -> Silence:
    """The silence as asked for, checked; the lead of its `incident` may do what commanders may.

    Raises:
        Invalid, Forbidden: see `Silences.add`.
    """
    authorise(ask.actor, "silence", incident)
    starts = starts_at or now
    ends = ends_at or starts + length
    check_matchers(matchers)
    check_length(starts, ends)
    if ends <= now:
        raise Invalid("A silence must end in the future.", field="ends_at")
    long = ends - starts > RESPONDER_LONGEST
    if long and not right_in(ask.actor, incident).reaches(LONG_SILENCE):
        raise Forbidden(
            f"A silence of more than 4 hours needs the right {LONG_SILENCE}; make it shorter."
        )
    return Silence(
        id=0,
        matchers=matchers,
        starts_at=starts,
        ends_at=ends,
        created_by=ask.actor.id,
        created_by_name=ask.actor.name,
        comment=check_text("comment", comment, TEXT_LIMIT),
        incident=incident.number if incident is not None else None,
    )


def group_matchers(keys: Sequence[str]) -> tuple[Matcher, ...]:
    """One matcher that holds for exactly these groups.

    Raises:
        Invalid: they are more than fit.
    """
    digests = [digest(key) for key in keys]
    try:
        return (Matcher.of(GROUP_LABEL, "=~" if digests[1:] else "=", "|".join(digests)),)
    except ValueError:
        raise Invalid(
            f"It has {len(keys)} alert groups, too many for one silence; silence them by a label."
        ) from None
