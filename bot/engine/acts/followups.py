"""What outlives the incident: promised by somebody, until a day, with a ticket."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from bot.domain.entry import EntryType
from bot.domain.errors import Invalid, NotFound
from bot.domain.incident import Incident
from bot.domain.task import (
    PRIORITIES,
    Task,
    TaskState,
    next_number,
    task_field,
    task_of,
    tasks_of,
)
from bot.engine.acts.base import TEXT_LIMIT, TITLE_LIMIT, Acting, Ask, Done, check_text, check_url
from bot.engine.acts.tasks import ended
from bot.engine.postmortem.digest import arm_digest
from bot.ports.store import Unit

FOLLOWUPS: Final = 200
"""Tasks and follow-ups of one incident, together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a follow-up should be; None leaves it, an empty word takes it away.

    `due_on` and `snoozed_until` are ISO dates. Won't do needs a `reason`.
    """

    text: str | None = None
    owner: str | None = None
    due_on: str | None = None
    ticket: str | None = None
    priority: str | None = None
    state: TaskState | None = None
    reason: str = ""
    snoozed_until: str | None = None


class FollowupActs(Acting):
    """Follow-ups of an incident, whatever its state; each change is an entry."""

    async def add_followup(self, number: int, wish: Wish, ask: Ask) -> Done:
        """One more promise; its owner is told, and may see a private incident.

        Raises:
            Invalid: it says nothing, names nobody known, or has no such day.
        """
        wish = self._checked(replace(wish, text=wish.text or ""))

        def do(unit: Unit, incident: Incident) -> Done:
            blank = Task(
                incident=number,
                number=next_number(incident),
                text="",
                made_by=ask.actor.id,
                made_at=unit.now,
                follow_up=True,
            )
            if blank.number > FOLLOWUPS:
                raise Invalid(f"#{number} has {FOLLOWUPS} tasks, and more do not fit.")
            return self._keep_followup(unit, incident, ask, granted(blank, wish, ask, unit))

        return await self._act(number, ask, "followup", do)

    async def change_followup(self, number: int, followup: int, wish: Wish, ask: Ask) -> Done:
        """What is wished becomes so; what is so already changes nothing.

        Raises:
            NotFound: there is no such follow-up.
            Invalid: see `add_followup`.
        """
        wish = self._checked(wish)

        def do(unit: Unit, incident: Incident) -> Done:
            known = task_of(incident, followup)
            if known is None or not known.follow_up:
                raise NotFound(f"#{number} has no follow-up {followup}.")
            wanted = granted(known, wish, ask, unit)
            if wanted == known:
                return Done(incident, changed=False)
            return self._keep_followup(unit, incident, ask, wanted)

        return await self._act(number, ask, "followup", do)

    async def keep_as_followups(
        self, number: int, ask: Ask, tasks: Collection[int] | None = None
    ) -> Done:
        """Open tasks outlive the incident from now on: these, or all of them.

        Raises:
            NotFound: one is no open task of the incident.
        """

        def do(unit: Unit, incident: Incident) -> Done:
            opened = {task.number: task for task in tasks_of(incident) if task.open}
            wanted = sorted(opened) if tasks is None else list(tasks)
            if unknown := [one for one in wanted if one not in opened]:
                raise NotFound(f"#{number} has no open task {unknown[0]}.")
            done = Done(incident, changed=False)
            for one in wanted:
                kept = replace(opened[one], follow_up=True)
                done = self._keep_followup(unit, incident, ask, kept)
            return done

        return await self._act(number, ask, "followup", do)

    def _checked(self, wish: Wish) -> Wish:
        if wish.owner:
            self._known_person(wish.owner)
        for name in ("due_on", "snoozed_until"):
            _check_day(name, getattr(wish, name))
        if wish.priority is not None and wish.priority not in PRIORITIES:
            raise Invalid(f"A priority is one of {', '.join(PRIORITIES)}.", field="priority")
        needs_reason = wish.state is TaskState.WONT_DO
        text = wish.text
        return replace(
            wish,
            text=text if text is None else check_text("text", text, TITLE_LIMIT, required=True),
            ticket=check_url(wish.ticket) if wish.ticket else wish.ticket,
            reason=check_text("reason", wish.reason, TEXT_LIMIT, required=needs_reason),
        )

    def _keep_followup(self, unit: Unit, incident: Incident, ask: Ask, task: Task) -> Done:
        before = task_of(incident, task.number)
        values: dict[str, Any] = {task_field(task.number): task.kept()}
        new_owner = task.owner if before is None or before.owner != task.owner else None
        if new_owner and not incident.visible_to(new_owner):
            values["members"] = sorted({*incident.members, new_owner})
        added = before is None or not before.follow_up
        entry = unit.ledger.enter(
            incident,
            EntryType.FOLLOWUP_ADDED if added else EntryType.FOLLOWUP_CHANGED,
            ask.actor,
            text=task.text,
            set=values,
            metadata={"task": task.number},
        )
        if new_owner and new_owner != ask.actor.id:
            step = f"followup-{entry.seq}"
            self.life.tell_quietly(unit.ledger, incident, [new_owner], step, "followup")
        if task.open:
            arm_digest(unit.ledger, self.rules.policies, incident, task)
        return Done(incident, entry)


def granted(task: Task, wish: Wish, ask: Ask, unit: Unit) -> Task:
    """The follow-up as it was wished."""
    wanted = replace(
        task,
        text=task.text if wish.text is None else wish.text,
        owner=task.owner if wish.owner is None else wish.owner or None,
        due_on=task.due_on if wish.due_on is None else wish.due_on or None,
        ticket=task.ticket if wish.ticket is None else wish.ticket or None,
        priority=wish.priority or task.priority,
        snoozed_until=task.snoozed_until
        if wish.snoozed_until is None
        else wish.snoozed_until or None,
    )
    said = wish.state
    if said is not None and (said is not task.state or wish.reason != task.reason):
        wanted = ended(wanted, said, wish.reason, ask, unit.now)
    return wanted


def _check_day(name: str, said: str | None) -> None:
    try:
        known = not said or date.fromisoformat(said).isoformat() == said
    except ValueError:
        known = False
    if not known:
        raise Invalid(f"{said!r} is no day; write 2026-02-01.", field=name)
