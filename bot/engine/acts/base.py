"""What every act of a person shares: who asks, what it came to, and what is asked of words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from bot.domain.entry import NEWS, Entry
from bot.domain.errors import Conflict, Invalid, NotFound, Stale
from bot.domain.incident import Incident, Visibility
from bot.domain.people import SYSTEM, Actor
from bot.domain.visible import shows
from bot.engine.authorise import authorise
from bot.engine.life import Life
from bot.engine.rules import Rules
from bot.engine.work import Work
from bot.ports.failpoint import failpoint
from bot.ports.store import Cause, Lane, Unit

TITLE_LIMIT: Final = 500
TEXT_LIMIT: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Who asks, and what for: an invocation, or a suggestion that somebody presses.

    `version` must be the present one, `seen` is the one they looked at: what has changed since may
    make them mean something else. None: whichever.
    """

    actor: Actor
    call: Cause | None = None
    version: int | None = None
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What an act came to: the incident after it, its entry, and whether anything changed."""

    incident: Incident
    entry: Entry | None = None
    changed: bool = True


class Acting:
    """Each act is one transaction: the incident is read and locked, whether the actor may do this
    is asked of what is stored now, and what follows is written with it."""

    def __init__(self, work: Work, rules: Rules, life: Life) -> None:
        self.work, self.rules, self.life = work, rules, life

    async def _act(
        self, number: int, ask: Ask, verb: str, do: Callable[[Unit, Incident], Done]
    ) -> Done:
        """One act: not for your eyes is the same as not there, before anything else is said."""

        async def whole(unit: Unit) -> Done:
            incident = await self._seen(unit, number, ask)
            authorise(ask.actor, verb, incident)
            await check_fresh(unit, incident, ask)
            return do(unit, incident)

        done = await self.work(whole, lane=Lane.COMMANDS, call=ask.call)
        await failpoint("incidents.after_act")
        return done

    async def _seen(self, unit: Unit, number: int, ask: Ask) -> Incident:
        incident = await unit.incident(number)
        if not sees(ask.actor, incident):
            raise NotFound(f"There is no incident #{number}.")
        return incident

    async def _may_reopen(self, unit: Unit, incident: Incident, ask: Ask) -> None:
        holder = await unit.group_holder(incident.number)
        if holder is None:
            return
        if not sees(ask.actor, await unit.incident(holder)):
            raise Conflict("Its alerts belong to another open incident now, which you cannot see.")
        raise Conflict(
            f"Its alerts belong to #{holder} now, which is open. "
            f"Work there, or resolve #{holder} first."
        )

    def _joins(self, incident: Incident, person: str) -> dict[str, Any]:
        """Who is given something to do is a responder, and may see a private incident."""
        values: dict[str, Any] = {"responders": [*dict.fromkeys([*incident.responders, person])]}
        if incident.visibility is Visibility.PRIVATE:
            values["members"] = sorted({*incident.members, person})
        return values

    def _known_person(self, person: str) -> None:
        if person not in self.rules.policies.people:
            raise Invalid(f"I know nobody called {person!r}.", field="person")


def sees(actor: Actor, incident: Incident) -> bool:
    """Muster itself sees everything; everybody else what is public or theirs."""
    return actor.type is SYSTEM.type or incident.visible_to(actor.id)


async def check_fresh(unit: Unit, incident: Incident, ask: Ask) -> None:
    """Since the version they looked at nothing happened but news of what was sent.

    Raises:
        Stale: something did, or there was no such version.
    """
    if ask.version is None or ask.version == incident.version:
        return
    since = await unit.entries(incident.number, after=ask.version)
    if ask.version > incident.version or any(entry.type not in NEWS for entry in since):
        raise Stale(
            f"{incident.id} is at version {incident.version} by now, you looked at {ask.version}."
        )


def check_text(name: str, text: str, limit: int, *, required: bool = False) -> str:
    """The text without space around it.

    Raises:
        Invalid: it is needed and missing, or longer than `limit`.
    """
    text = text.strip()
    if required and not shows(text):
        raise Invalid(f"Say the {name}.", field=name)
    if len(text) > limit:
        raise Invalid(f"The {name} has {len(text)} characters; at most {limit} fit.", field=name)
    return text


def check_url(url: str) -> str:
    """An absolute http(s) address.

    Raises:
        Invalid: it is none.
    """
    url = url.strip()
    if not url.lower().startswith(("http://", "https://")) or any(c.isspace() for c in url):
        raise Invalid(f"{url[:80]!r} is no web address; it begins with https://.", field="url")
    return check_text("address", url, 2_000)
