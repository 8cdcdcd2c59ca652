"""A room of its own for an incident that has none: a new one, or a channel that was there."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.entry import QUOTES, UNHEARD, EntryType
from bot.domain.errors import Conflict, Invalid
from bot.domain.incident import Incident, Visibility
from bot.domain.people import SYSTEM, Actor
from bot.engine.acts.base import Acting, Ask, Done
from bot.engine.authorise import authorise
from bot.engine.rooms import ADOPTS
from bot.ports.existing import HERE, LOOKS_BACK, Existing
from bot.ports.store import Lane, Unit


class Rooming(Acting):
    """What was handled in a thread or quietly moves into a room."""

    async def room(self, number: int, ask: Ask, *, here: Existing | None = None) -> Done:
        """`here`: the channel that becomes the room, with what was said there lately.

        Raises:
            Conflict: it is over, or has a room.
            Invalid: what is said in the channel is for other eyes than the incident.
        """

        async def whole(unit: Unit) -> Done:
            incident = await self._seen(unit, number, ask)
            authorise(ask.actor, "room", incident)
            _may_have_room(incident)
            values = self._joins(incident, ask.actor.id) if ask.actor.is_person else {}
            values["loudness"] = "room"
            if here is None:
                entry = unit.ledger.enter(
                    incident,
                    EntryType.INCIDENT_UPDATED,
                    ask.actor,
                    text="opened a room for it",
                    set=values,
                )
                return Done(incident, entry)
            _fits(incident, here)
            if incident.visibility is Visibility.PRIVATE:
                values["members"] = sorted({*values.get("members", incident.members), *here.people})
            await self._take(unit, incident, here, ask.actor)
            entry = await adopt(unit, incident, here, ask.actor, values=values)
            return Done(incident, entry)

        return await self.work(whole, lane=Lane.COMMANDS, call=ask.call)

    async def _take(self, unit: Unit, incident: Incident, here: Existing, actor: Actor) -> None:
        """Of several who want one channel at once, one gets it.

        Raises:
            Invalid: it is another incident's room, or this one does not live on that platform.
        """
        platform = actor.origin.get("platform", "")
        homes = [home.platform for home in self.work.announce.homes.of(unit.ledger, incident)]
        if platform not in homes:
            lives = " and ".join(name.capitalize() for name in homes) or "the web room"
            raise Invalid(
                f"By its route this incident lives in {lives}; a channel of another platform cannot"
                " become its room.",
                field=HERE,
            )
        other = await unit.take_channel(platform, here.channel, incident.number)
        if other is not None:
            raise Invalid(f"This channel is the room of #{other} already.", field=HERE)


def _may_have_room(incident: Incident) -> None:
    if not incident.open:
        raise Conflict(f"#{incident.number} is over; reopen it first.")
    if incident.loudness == "room":
        raise Conflict(f"#{incident.number} has a room already, or is about to get it.")


def _fits(incident: Incident, here: Existing) -> None:
    private = incident.visibility is Visibility.PRIVATE
    if private and not here.private:
        raise Invalid("A private incident needs a private channel; this one is open to everybody.")
    if here.private and not private:
        raise Invalid(
            f"This channel is private and #{incident.number} is not: what is said here would stand "
            "in a timeline that everybody reads."
        )


async def adopt(
    unit: Unit,
    incident: Incident,
    here: Existing,
    actor: Actor,
    *,
    values: dict[str, Any] | None = None,
) -> Any:
    """The entry that says so in the channel, and what was said there, each at its own time; its
    edits and deletions are followed."""
    entry = unit.ledger.enter(
        incident,
        EntryType.ROOM_ADOPTED,
        actor,
        text=here.name,
        set=values,
        metadata={
            ADOPTS: here.channel,
            "lines": len(here.said),
            "hours": LOOKS_BACK // timedelta(hours=1),
        },
    )
    scribe = replace(SYSTEM, origin=actor.origin)
    for line in here.said:
        unit.ledger.enter(
            incident,
            EntryType.COMMENT_ADDED,
            scribe,
            text=line.text,
            occurred_at=line.at,
            metadata={UNHEARD: True, QUOTES: line.where},
        )
    await unit.set_quoted([line.where for line in here.said], incident.number)
    return entry
