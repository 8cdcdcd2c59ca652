"""Taking back, for ten minutes."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from bot.domain.entry import Change, Entry, EntryType
from bot.domain.errors import Conflict, Invalid
from bot.domain.incident import Incident, frozen, revive
from bot.domain.people import Actor
from bot.engine.acts.base import Acting, Ask, Done
from bot.engine.authorise import authorise
from bot.ports.store import Lane, Unit

UNDOABLE: Final = frozenset(
    {
        EntryType.SEVERITY_CHANGED,
        EntryType.ASSIGNED,
        EntryType.ROLE_CHANGED,
        EntryType.RENAMED,
        EntryType.LINK_ADDED,
        EntryType.COMMENT_ADDED,
        EntryType.TASK_ADDED,
        EntryType.TASK_CHANGED,
        EntryType.FOLLOWUP_ADDED,
        EntryType.FOLLOWUP_CHANGED,
        EntryType.MARKED,
        EntryType.RESOLVED,
    }
)

_WHO: Final = frozenset({"members", "responders"})
"""Who was paged or has it by now stays among these, whatever is taken back."""


class Undoing(Acting):
    """The inverse of a person's last act."""

    async def undo(self, number: int, ask: Ask, *, seq: int | None = None) -> Done:
        """Takes back the asker's last undoable act of the last ten minutes, or exactly `seq`.

        Raises:
            Invalid: there is no such act of theirs, or it was taken back.
            Conflict: somebody has changed the same thing since.
        """

        async def whole(unit: Unit) -> Done:
            incident = await self._seen(unit, number, ask)
            authorise(ask.actor, "undo", incident)
            entries = await unit.entries(number)
            since = unit.now - self.rules.undo_within
            entry = last_undoable(entries, ask.actor, since, seq)
            if entry is None:
                raise Invalid("There is nothing of yours to undo from the last 10 minutes.")
            if entry.type is EntryType.RESOLVED:
                await self._may_reopen(unit, incident, ask)
            return Done(incident, self._inverse(unit, incident, entry, entries, ask.actor))

        return await self.work(whole, lane=Lane.COMMANDS, call=ask.call)

    def _inverse(
        self,
        unit: Unit,
        incident: Incident,
        entry: Entry,
        entries: Sequence[Entry],
        actor: Actor,
    ) -> Entry:
        if entry.type is EntryType.SEVERITY_CHANGED:
            back = before(incident, [c for c in entry.changes if c.field == "severity"])
            free = any(c.field == "severity_by_person" for c in entry.changes)
            undone = self.life.change_severity(
                unit.ledger,
                incident,
                back["severity"],
                actor,
                text="undone",
                corrects=entry.seq,
                by_person=False if free else None,
            )
        elif entry.type is EntryType.RESOLVED:
            undone = self.life.unresolve(unit.ledger, incident, entry, entries, actor)
        else:
            back = before(incident, entry.changes)
            undone = unit.ledger.enter(
                incident,
                EntryType.UNDONE,
                actor,
                text=entry.text,
                set=back,
                metadata={"undid": str(entry.type)},
                corrects=entry.seq,
            )
        return undone


def before(incident: Incident, changes: Iterable[Change]) -> dict[str, Any]:
    """The fields as they were before these changes, without taking back what others did since.

    Raises:
        Conflict: somebody has changed one of them since.
    """
    back: dict[str, Any] = {}
    for name, old, new in changes:
        now = frozen(incident.value(name))
        if old is None or now is None:
            _must_stand(now, new, name)
            back[name] = revive(name, old)
        elif isinstance(new, list):
            was = old or []
            gone, added = [x for x in was if x not in new], [x for x in new if x not in was]
            stays = [*incident.paged, incident.acknowledged_by] if name in _WHO else []
            left = [x for x in now if x not in added or x in stays]
            back[name] = left + [x for x in gone if x not in now]
        elif isinstance(new, dict):
            was = old or {}
            ours = {k for k in {*was, *new} if was.get(k) != new.get(k)}
            _must_stand({k: now.get(k) for k in ours}, {k: new.get(k) for k in ours}, name)
            others = {k: v for k, v in now.items() if k not in ours}
            back[name] = others | {k: was[k] for k in ours if k in was}
        else:
            _must_stand(now, new, name)
            back[name] = revive(name, old)
    return back


def _must_stand(now: Any, ours: Any, name: str) -> None:
    if now != ours:
        raise Conflict(f"Somebody has changed the {_called(name)} since; it stays as it is.")


def _called(name: str) -> str:
    """`assigned_to` → assigned to, `tasks.3` → task 3."""
    return name.replace("tasks.", "task ").replace("_", " ")


def last_undoable(
    entries: Sequence[Entry], actor: Actor, since: datetime, seq: int | None = None
) -> Entry | None:
    """The actor's newest undoable entry since then (or the one of this `seq`) that still stands."""
    gone = {entry.corrects for entry in entries if entry.corrects is not None}
    for entry in reversed(entries):
        mine = entry.actor_id == actor.id and entry.recorded_at >= since
        mine = mine and seq in (None, entry.seq)
        if mine and entry.type in UNDOABLE and entry.seq not in gone and entry.corrects is None:
            return entry
    return None
