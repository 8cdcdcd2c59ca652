"""What is said: notes and status updates."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.entry import BEGAN, QUOTES, UNHEARD, Entry, EntryType, incident_stream
from bot.domain.errors import Invalid
from bot.domain.incident import Incident
from bot.domain.lifecycle import Timer
from bot.engine.acts.base import TEXT_LIMIT, Acting, Ask, Done, check_text
from bot.engine.authorise import authorise
from bot.ports.store import Lane, Unit


class Sayings(Acting):
    """Words for the record, and for everybody who waits for news."""

    async def note(
        self,
        number: int,
        text: str,
        ask: Ask,
        *,
        occurred_at: datetime | None = None,
        corrects: int | None = None,
    ) -> Done:
        """A line for the record. `corrects` is the seq of the line that this one mends."""
        text = check_text("note", text, TEXT_LIMIT, required=True)

        def do(unit: Unit, incident: Incident) -> Done:
            if corrects is not None and not 0 < corrects <= incident.version:
                raise Invalid(f"#{number} has no line {corrects}.")
            entry = unit.ledger.enter(
                incident,
                EntryType.COMMENT_ADDED,
                ask.actor,
                text=text,
                occurred_at=occurred_at,
                corrects=corrects,
            )
            return Done(incident, entry)

        return await self._act(number, ask, "note", do)

    async def talk(
        self,
        number: int,
        where: str,
        text: str,
        ask: Ask,
        *,
        occurred_at: datetime | None = None,
        mends: bool = False,
    ) -> Done:
        """What somebody said to the others at `where`, once; erased after a while.

        `mends`: it says something else now. What was never kept is not begun by that.
        """
        text = check_text("what was said", text, TEXT_LIMIT, required=True)

        async def whole(unit: Unit) -> Done:
            incident = await self._seen(unit, number, ask)
            authorise(ask.actor, "status", incident)
            standing = _quoting(await unit.entries(number), where, EntryType.SAID)
            if mends is (standing is None) or (standing is not None and standing.text == text):
                return Done(incident, standing, changed=False)
            began = {BEGAN: standing.metadata.get(BEGAN, standing.seq)} if standing else {}
            entry = unit.ledger.enter(
                incident,
                EntryType.SAID,
                ask.actor,
                text=text,
                occurred_at=occurred_at,
                metadata={QUOTES: where, **began},
                corrects=standing.seq if standing else None,
            )
            return Done(incident, entry)

        return await self.work(whole, lane=Lane.COMMANDS, call=ask.call)

    async def quote(
        self,
        number: int,
        where: str,
        text: str,
        ask: Ask,
        *,
        occurred_at: datetime | None = None,
        follows: bool = False,
    ) -> Done:
        """The note that quotes what stands at `where`, once: made, mended where the words are
        others by now, taken back where there are none.

        `follows`: the message itself was edited, deleted or brought back. A note that a person
        took back is not there any more, and is made anew by a person only.
        """
        text = check_text("note", text, TEXT_LIMIT)

        async def whole(unit: Unit) -> Done:
            incident = await self._seen(unit, number, ask)
            authorise(ask.actor, "note", incident)
            entries = await unit.entries(number)
            standing = _quoting(entries, where)
            deleted = _deleted(entries, where) if follows and standing is None else None
            if text == (standing.text if standing else "") or (
                follows and standing is None and deleted is None
            ):
                return Done(incident, standing, changed=False)
            kept = {QUOTES: where} | _unheard(standing or deleted)
            gone = {"undid": str(EntryType.COMMENT_ADDED), "deleted": follows}
            entry = unit.ledger.enter(
                incident,
                EntryType.COMMENT_ADDED if text else EntryType.UNDONE,
                ask.actor,
                text=text or standing.text if standing else text,
                occurred_at=occurred_at,
                metadata=kept if text else kept | gone,
                corrects=standing.seq if standing else None,
            )
            if text:
                await unit.set_quoted([where], number)
            return Done(incident, entry)

        return await self.work(whole, lane=Lane.COMMANDS, call=ask.call)

    async def update(
        self,
        number: int,
        ask: Ask,
        *,
        known: str,
        doing: str = "",
        next_in: timedelta | None = None,
        corrects: int | None = None,
    ) -> Done:
        """A status update: what we know, what we do, when the next one comes.

        `next_in` None leaves the severity's own cadence; zero stops the reminders. `corrects` is
        the seq of the update this one mends; the old text stays on the record.
        """
        known = check_text("what we know", known, TEXT_LIMIT, required=True)
        doing = check_text("what we do", doing, TEXT_LIMIT)

        def do(unit: Unit, incident: Incident) -> Done:
            cadence = next_in
            if cadence is None:
                cadence = self.rules.policies.severities[incident.severity].update_every
            due = unit.now + cadence if cadence and incident.open else None
            entry = unit.ledger.enter(
                incident,
                EntryType.UPDATE_POSTED,
                ask.actor,
                text=known,
                set={"next_update_at": due},
                metadata={"doing": doing},
                corrects=corrects,
            )
            subject = incident_stream(incident.number)
            unit.ledger.disarm(subject, [Timer.UPDATE_DUE])
            if due is not None:
                unit.ledger.arm(subject, Timer.UPDATE_DUE, incident.round, due)
            return Done(incident, entry)

        return await self._act(number, ask, "update", do)


def _unheard(entry: Entry | None) -> dict[str, bool]:
    """What was brought along by an adoption is said nowhere again, however it changes."""
    return {UNHEARD: True} if entry is not None and entry.metadata.get(UNHEARD) else {}


def _deleted(entries: Sequence[Entry], where: str) -> Entry | None:
    """What was said when the message at `where` was deleted, if that was the last of it."""
    mine = [entry for entry in entries if entry.metadata.get(QUOTES) == where]
    return mine[-1] if mine and mine[-1].metadata.get("deleted") else None


def _quoting(
    entries: Sequence[Entry], where: str, type: EntryType = EntryType.COMMENT_ADDED
) -> Entry | None:
    """The line that quotes what stands there, if it still stands itself."""
    gone = {entry.corrects for entry in entries if entry.corrects is not None}
    for entry in reversed(entries):
        quotes = entry.type is type and entry.metadata.get(QUOTES) == where
        if quotes and entry.seq not in gone:
            return entry
    return None
