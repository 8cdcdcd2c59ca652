"""What is said where, derived from the entries of a transaction.

Where each kind of entry speaks is one table (BEHAVIOUR 4.1): the channel for what everybody must
notice, the card's thread for details, nowhere for the rest; the live card is refreshed by all.
The web room is told of commits and needs no rows. Rooms of chat platforms are opened, kept and
archived here, by capability and never by name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from bot.domain.effect import KEPT_FOR, TO_PEOPLE, Capabilities, Effect, EffectKind
from bot.domain.entry import Entry, EntryType
from bot.domain.incident import Incident, Visibility
from bot.domain.ledger import Ledger
from bot.engine.rules import Rules
from bot.ports.store import Unit


class Where(StrEnum):
    CHANNEL = "channel"
    THREAD = "thread"
    NOWHERE = "nowhere"


SPEAKS: Final[dict[EntryType, Where]] = {
    EntryType.INCIDENT_CREATED: Where.CHANNEL,
    EntryType.STATE_CHANGED: Where.CHANNEL,
    EntryType.ACKNOWLEDGED: Where.CHANNEL,
    EntryType.RELEASED: Where.CHANNEL,
    EntryType.ESCALATED: Where.CHANNEL,
    EntryType.RESOLVED: Where.CHANNEL,
    EntryType.CLOSED: Where.CHANNEL,
    EntryType.REOPENED: Where.CHANNEL,
    EntryType.REFIRED: Where.CHANNEL,
    EntryType.SEVERITY_CHANGED: Where.CHANNEL,
    EntryType.UPDATE_POSTED: Where.CHANNEL,
    EntryType.ASSIGNED: Where.THREAD,
    EntryType.ROLE_CHANGED: Where.THREAD,
    EntryType.ALERT_JOINED: Where.THREAD,
    EntryType.ALL_CLEAR: Where.THREAD,
    EntryType.COMMENT_ADDED: Where.THREAD,
    EntryType.LINK_ADDED: Where.THREAD,
    EntryType.PAGED: Where.THREAD,
    EntryType.NOTIFICATION_FAILED: Where.THREAD,
    EntryType.SLA_BREACHED: Where.THREAD,
    EntryType.REMINDED: Where.CHANNEL,
    EntryType.UNDONE: Where.THREAD,
}
"""Whoever is not named here says nothing; a lead's change of role speaks in the channel."""


INVITES: Final = frozenset({"paged", "loudness", "responders", "roles", "assigned_to"})
"""Fields whose change may bring people into the room."""

ANNOUNCEMENT: Final = "announcement"
ANNOUNCED: Final = frozenset(
    {"title", "status", "severity", "roles", "service", "next_update_at", "outcome", "visibility"}
)
"""Fields the announcement shows."""

NAMED_AFTER: Final = timedelta(seconds=5)
"""Until then most rooms are open, and the announcement can name them."""

UNSEEN: Final = frozenset({EntryType.NOTIFICATION_SENT, EntryType.NOTIFICATION_FAILED})
"""The live card shows nothing of these."""


@dataclass(frozen=True, slots=True)
class Hook:
    """A subscriber to the record: every entry of these types goes to `url`, signed."""

    name: str
    url: str
    events: frozenset[str] = frozenset()
    private: bool = False

    def wants(self, entry: Entry, incident: Incident) -> bool:
        if incident.visibility is Visibility.PRIVATE and not self.private:
            return False
        return not self.events or entry.type in self.events


class Announce:
    """`platforms`: the chat platforms with rooms, and what they can do."""

    def __init__(
        self,
        rules: Rules,
        platforms: Mapping[str, Capabilities],
        hooks: Iterable[Hook] = (),
    ) -> None:
        self.rules = rules
        self.platforms = {name: can for name, can in platforms.items() if can.rooms}
        self.hooks = tuple(hooks)

    async def follow(self, unit: Unit) -> None:
        """Queues what the entries mean outside; reads nothing where nobody listens."""
        ledger = unit.ledger
        if not self.platforms and not self.hooks:
            return
        refreshed = set(ledger.refreshed) - set(ledger.touched)
        known = {**ledger.touched, **await unit.incidents(refreshed)}
        for chained in list(ledger.entries):
            if chained.incident is not None:
                self._entry(ledger, known[chained.incident], chained.entry)
        if self.platforms:
            await self._invite(unit, known)
        seen = {c.incident for c in ledger.entries if c.entry.type not in UNSEEN} | refreshed
        for number in sorted(known):
            if number not in ledger.created and number in seen:
                self._edit_card(ledger, known[number], again=number in refreshed)
        for number in sorted(_noteworthy(ledger) - ledger.created.keys()):
            self._edit_announcement(ledger, known[number])

    def _entry(self, ledger: Ledger, incident: Incident, entry: Entry) -> None:
        if entry.type is EntryType.NOTIFICATION_FAILED and entry.metadata["kind"] not in TO_PEOPLE:
            return  # saying that something could not be said would fail the same way, for ever
        for hook in self.hooks:
            if hook.wants(entry, incident):
                self._hook(ledger, incident, entry, hook)
        if platform := self._home(incident):
            self._on_platform(ledger, incident, entry, platform)

    def _hook(self, ledger: Ledger, incident: Incident, entry: Entry, hook: Hook) -> None:
        ledger.queue(
            Effect(
                key=f"hook:{hook.name}:{entry.event_id}",
                kind=EffectKind.WEBHOOK,
                destination="webhook",
                ordering=f"webhook:{hook.name}",
                payload={"to": f"webhook:{hook.url}", "hook": hook.name, "seq": entry.seq},
                incident=incident.number,
                due_at=ledger.now,
                expires_at=ledger.now + KEPT_FOR,
            )
        )

    def _home(self, incident: Incident) -> str | None:
        """The one platform an incident lives on: its route's, its team's, or the only one."""
        if not self.platforms:
            return None
        policies = self.rules.policies
        route = policies.routes.get(incident.route or "")
        team = policies.teams.get(incident.team or "")
        wanted = (route.platform if route else None) or (team.platform if team else None)
        return wanted if wanted in self.platforms else next(iter(self.platforms))

    def _on_platform(self, ledger: Ledger, incident: Incident, entry: Entry, platform: str) -> None:
        changed = {change.field for change in entry.changes}
        if entry.type is EntryType.INCIDENT_CREATED or "loudness" in changed:
            self._opened(ledger, incident, platform)
        if incident.loudness == "quiet":
            return
        where = SPEAKS.get(entry.type, Where.NOWHERE)
        if entry.type is EntryType.ROLE_CHANGED and entry.metadata.get("role") == "lead":
            where = Where.CHANNEL
        if where is not Where.NOWHERE and entry.type is not EntryType.INCIDENT_CREATED:
            self._queue(
                ledger,
                incident,
                platform,
                kind=EffectKind.POST,
                key=f"post:{entry.event_id}",
                payload={"seq": entry.seq, "where": str(where)},
            )
        if changed & {"title", "severity"} and entry.type is not EntryType.INCIDENT_CREATED:
            self._queue(
                ledger,
                incident,
                platform,
                kind=EffectKind.SET_TOPIC,
                key=f"topic:{entry.event_id}",
                payload={},
            )

    def _opened(self, ledger: Ledger, incident: Incident, platform: str) -> None:
        """A room, a thread in the team's channel, or only a line in the digest: by loudness."""
        number = incident.number
        if incident.loudness == "room":
            self._queue(
                ledger,
                incident,
                platform,
                kind=EffectKind.OPEN_ROOM,
                key=f"room:{number}",
                payload={},
            )
        if incident.loudness != "quiet":
            self._queue(
                ledger,
                incident,
                platform,
                kind=EffectKind.POST,
                key=f"card:{number}",
                payload={"slot": "card", "where": str(Where.CHANNEL)},
            )
        if incident.loudness == "room":
            self._furnish(ledger, incident, platform)
            self._announce(ledger, incident, platform)

    def _announce(self, ledger: Ledger, incident: Incident, platform: str) -> None:
        """One post for everybody else, a little later: by then the room is there to be named."""
        if self.platforms[platform].announces:
            self._queue(
                ledger,
                incident,
                platform,
                kind=EffectKind.POST,
                key=f"announcement:{incident.number}",
                payload={"slot": ANNOUNCEMENT, "where": str(Where.CHANNEL)},
                order="announcement",
                after=NAMED_AFTER,
            )

    def _edit_announcement(self, ledger: Ledger, incident: Incident) -> None:
        platform = self._home(incident)
        if platform and incident.loudness == "room" and self.platforms[platform].announces:
            self._queue(
                ledger,
                incident,
                platform,
                kind=EffectKind.EDIT_CARD,
                key=f"announced:{incident.number}:{incident.version}",
                payload={"slot": ANNOUNCEMENT},
                order="announcement",
                after=NAMED_AFTER,
            )

    def _furnish(self, ledger: Ledger, incident: Incident, platform: str) -> None:
        """What stands above a room: the card pinned, and where to look things up."""
        number, can = incident.number, self.platforms[platform].effects
        if EffectKind.PIN in can:  # instead of a pin nothing is said
            self._queue(
                ledger,
                incident,
                platform,
                kind=EffectKind.PIN,
                key=f"pin:{number}",
                payload={"slot": "card"},
            )
        service = self.rules.policies.services.get(incident.service or "")
        links = {"Muster": ""}
        if service is not None:
            links |= {"Runbook": service.runbook or "", "Dashboard": service.dashboard or ""}
        for title, url in links.items():
            if url or title == "Muster":
                self._queue(
                    ledger,
                    incident,
                    platform,
                    kind=EffectKind.BOOKMARK,
                    key=f"bookmark:{number}:{title}",
                    payload={"title": title, "url": url},
                )

    async def _invite(self, unit: Unit, known: Mapping[int, Incident]) -> None:
        """Who is paged or has a part in it is invited once: as the room opens, or later."""
        stirred = {
            c.incident
            for c in unit.ledger.entries
            if c.incident is not None and INVITES & {d.field for d in c.entry.changes}
        }
        wanted = {n: _in_it(known[n]) for n in stirred if known[n].loudness == "room"}
        before = await unit.invited({n for n, people in wanted.items() if people})
        for number in sorted(wanted):
            people = [id for id in wanted[number] if id not in before.get(number, ())]
            platform = self._home(known[number])
            if platform and people:
                self._queue(
                    unit.ledger,
                    known[number],
                    platform,
                    kind=EffectKind.INVITE,
                    key=f"invite:{number}:{known[number].version}",
                    payload={"people": people},
                )

    def archive(self, ledger: Ledger, incident: Incident) -> None:
        """The room of a closed incident, some days later."""
        if platform := self._home(incident):
            self._queue(
                ledger,
                incident,
                platform,
                kind=EffectKind.ARCHIVE_ROOM,
                key=f"archive:{incident.number}:{incident.version}",
                payload={},
            )

    def _edit_card(self, ledger: Ledger, incident: Incident, *, again: bool) -> None:
        """`again`: only counts moved, so the version alone does not say that it is new."""
        if incident.loudness == "quiet":
            return
        if platform := self._home(incident):
            stamp = f"{incident.version}:{ledger.new_id()}" if again else str(incident.version)
            self._queue(
                ledger,
                incident,
                platform,
                kind=EffectKind.EDIT_CARD,
                key=f"edit:{incident.number}:{stamp}",
                payload={"again": True} if again else {},
            )

    def _queue(
        self,
        ledger: Ledger,
        incident: Incident,
        platform: str,
        *,
        kind: EffectKind,
        key: str,
        payload: Mapping[str, Any],
        order: str = "incident",
        after: timedelta = timedelta(0),
    ) -> None:
        """Queues what the platform can do, its declared substitute, or nothing."""
        chosen = self.platforms[platform].choose(kind)
        if chosen is None:
            return
        ledger.queue(
            Effect(
                key=f"{platform}:{key}",
                kind=chosen,
                destination=platform,
                ordering=f"{platform}:{order}:{incident.number}",
                payload=payload,
                incident=incident.number,
                version=incident.version,
                due_at=ledger.now + after,
                expires_at=ledger.now + KEPT_FOR,
            )
        )


def _noteworthy(ledger: Ledger) -> set[int]:
    """Incidents of which the announcement says something else now."""
    return {
        c.incident
        for c in ledger.entries
        if c.incident is not None
        and (
            c.entry.type is EntryType.UPDATE_POSTED
            or ANNOUNCED & {change.field for change in c.entry.changes}
        )
    }


def _in_it(incident: Incident) -> list[str]:
    """Whom the incident concerns by name, each once."""
    assigned = filter(None, (incident.assigned_to,))
    everybody = (*incident.paged, *incident.responders, *incident.roles.values(), *assigned)
    return list(dict.fromkeys(everybody))


def as_markdown() -> str:
    """The noise table for the docs; a golden test keeps the page in step."""
    lines = [
        "# Where Muster speaks",
        "",
        "Printed from `bot/engine/announce.py`. Whatever is not named here says nothing in a room;"
        " the live card is refreshed by every entry, and reads and errors go to the asker alone.",
        "",
        "| entry | speaks in |",
        "|---|---|",
        *(f"| `{type}` | the {where} |" for type, where in SPEAKS.items()),
        "| `role_changed` of the lead | the channel |",
        "",
    ]
    return "\n".join(lines)
