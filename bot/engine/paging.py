"""Telling people: who a level means, by which ways, loud or quiet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final

from bot.domain.effect import Capabilities, Effect, EffectKind
from bot.domain.incident import Incident
from bot.domain.ledger import Ledger
from bot.domain.policy import Escalation, Person, Target, TargetKind
from bot.domain.policy.escalation import Targets
from bot.engine.oncall import OnCall
from bot.engine.rules import Rules

SECOND_WAY: Final = timedelta(seconds=60)
"""A page that is not answered takes its second way after this, at the latest."""

PAGE_LIVES: Final = timedelta(hours=1)
"""A page that no further level supersedes is given up after this."""

ADDRESS_IN_KEY: Final = 200
"""Characters of an address that stand in a key as they are; a longer one is hashed."""


@dataclass(frozen=True, slots=True)
class Reached:
    """Whom a step tells: people by id, and addresses outside."""

    people: tuple[str, ...] = ()
    outside: tuple[Target, ...] = ()

    @property
    def nobody(self) -> bool:
        return not self.people and not self.outside


class Paging:
    """`channels`: what each enabled platform and one-way channel can do."""

    def __init__(self, rules: Rules, oncall: OnCall, channels: Mapping[str, Capabilities]) -> None:
        self.rules, self.oncall, self.channels = rules, oncall, channels

    def escalation(self, incident: Incident) -> Escalation:
        """The policy the incident was opened with; the first one, where that is gone."""
        known = self.rules.policies.escalations
        return known.get(incident.escalation or "") or next(iter(known.values()))

    def reach_level(self, incident: Incident, number: int) -> Reached:
        level = self.escalation(incident).level(number)
        return self._reach(incident, level.targets, level.fallback)

    def reach_manager(self, incident: Incident) -> Reached:
        manager = self.escalation(incident).manager
        return self._reach(incident, manager.targets, manager.fallback)

    def _reach(self, incident: Incident, targets: Targets, fallback: Targets) -> Reached:
        if incident.test:
            return Reached((incident.declared_by,) if incident.declared_by else ())
        found = self._resolve(incident, targets)
        return self._resolve(incident, fallback) if found.nobody and fallback else found

    def _resolve(self, incident: Incident, targets: Iterable[Target]) -> Reached:
        people: dict[str, None] = {}
        outside = []
        for target in targets:
            if target.kind in (TargetKind.EMAIL, TargetKind.WEBHOOK):
                if target.kind in self.channels:
                    outside.append(target)
            else:
                people.update(dict.fromkeys(self.oncall.people(target, incident.team)))
        return Reached(tuple(filter(self.has_way, people)), tuple(outside))

    def rings(self, reached: Reached) -> bool:
        """Whether anybody of these can be rung at all."""
        return bool(reached.outside) or any(map(self._ways, reached.people))

    def ring(self, ledger: Ledger, incident: Incident, reached: Reached, step: str) -> None:
        """Queues a page to everybody reached, by every way of their contact rule.

        Whom no way of theirs can ring is told quietly.
        """
        for id in reached.people:
            ways = self._ways(id)
            if not ways:
                self.tell_quietly(ledger, incident, Reached((id,)), step, "paged")
            for place, (channel, after) in enumerate(ways):
                wait = min(after, SECOND_WAY * place) if place < 2 else after
                self._page(ledger, incident, step, channel=channel, to=f"person:{id}", wait=wait)
        for target in reached.outside:
            self._page(ledger, incident, step, channel=str(target.kind), to=str(target))

    def _page(
        self,
        ledger: Ledger,
        incident: Incident,
        step: str,
        *,
        channel: str,
        to: str,
        wait: timedelta = timedelta(0),
    ) -> None:
        ledger.queue(
            Effect(
                key=f"page:{incident.number}:{incident.version}:{step}:{short(to)}:{channel}",
                kind=EffectKind.PAGE,
                destination=channel,
                ordering=f"page:{channel}:{short(to)}",
                payload={"to": to, "step": step, "round": incident.round},
                incident=incident.number,
                version=incident.version,
                due_at=ledger.now + wait,
                expires_at=ledger.now + wait + PAGE_LIVES,
            )
        )

    def tell_quietly(
        self, ledger: Ledger, incident: Incident, reached: Reached, step: str, why: str
    ) -> None:
        """Queues a notice that rings nobody: a direct message, and e-mail where there is one."""
        for id in reached.people:
            for channel, kind in self._quiet_ways(id):
                self._notice(
                    ledger, incident, step, why=why, channel=channel, kind=kind, to=f"person:{id}"
                )
        for target in reached.outside:
            if EffectKind.NOTIFY in self.channels[target.kind].effects:
                self._notice(
                    ledger,
                    incident,
                    step,
                    why=why,
                    channel=target.kind,
                    kind=EffectKind.NOTIFY,
                    to=str(target),
                )

    def _notice(
        self,
        ledger: Ledger,
        incident: Incident,
        step: str,
        *,
        why: str,
        channel: str,
        kind: EffectKind,
        to: str,
    ) -> None:
        ledger.queue(
            Effect(
                key=f"tell:{incident.number}:{incident.version}:{step}:{short(to)}:{channel}",
                kind=kind,
                destination=channel,
                ordering=f"tell:{channel}:{short(to)}",
                payload={"to": to, "step": step, "why": why},
                incident=incident.number,
                version=incident.version,
                due_at=ledger.now,
                expires_at=ledger.now + timedelta(days=1),
            )
        )

    def remind(self, ledger: Ledger, id: str, why: str, payload: Mapping[str, str]) -> None:
        """Queues a message to one person that is about no single incident."""
        for channel, kind in self._quiet_ways(id):
            ledger.queue(
                Effect(
                    key=f"{why}:{id}:{channel}:{ledger.new_id()}",
                    kind=kind,
                    destination=channel,
                    ordering=f"{why}:{channel}:person:{id}",
                    payload={"to": f"person:{id}", "step": why, "why": why, **payload},
                    due_at=ledger.now,
                    expires_at=ledger.now + timedelta(days=1),
                )
            )

    def _ways(self, id: str) -> list[tuple[str, timedelta]]:
        """The channels that can page this person, in the order of the contact rule."""
        person = self.rules.policies.people[id]
        return [
            (way.channel, way.after)
            for way in person.contact
            if way.channel in self.channels
            and EffectKind.PAGE in self.channels[way.channel].effects
            and reachable(person, way.channel)
        ]

    def _quiet_ways(self, id: str) -> list[tuple[str, EffectKind]]:
        person = self.rules.policies.people[id]
        ways: list[tuple[str, EffectKind]] = []
        for way in person.contact:
            known = self.channels.get(way.channel)
            if known is None or not reachable(person, way.channel):
                continue
            for kind in (EffectKind.DIRECT_MESSAGE, EffectKind.NOTIFY):
                if kind in known.effects:
                    ways.append((way.channel, kind))
                    break
        return ways

    def has_way(self, id: str) -> bool:
        """Whether anything of what is enabled finds this person, loud or quiet."""
        known = id in self.rules.policies.people
        return known and bool(self._ways(id) or self._quiet_ways(id))


def short(to: str) -> str:
    """Whom a page is for, as part of a key: an address outside may be longer than keys are."""
    if len(to) <= ADDRESS_IN_KEY:
        return to
    kind, _, address = to.partition(":")
    return f"{kind}:{sha256(address.encode()).hexdigest()}"


def reachable(person: Person, channel: str) -> bool:
    """Whether the person has what this channel needs to find them."""
    needed = {"email": person.email, "sms": person.phone, "voice": person.phone}
    return channel not in needed or needed[channel] is not None
