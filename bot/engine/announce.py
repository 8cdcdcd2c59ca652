"""What is said where, derived from the entries of a transaction.

`speaks` is the table of it; rooms of chat platforms are kept by `rooms`. The web room is told of
commits and needs no rows. Everything goes by capability and never by a platform's name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.domain.effect import (
    KEEPS,
    KEPT_FOR,
    MENDS,
    TO_PEOPLE,
    Capabilities,
    Effect,
    EffectKind,
    talk_slot,
)
from bot.domain.entry import BEGAN, NEWS, Entry, EntryType
from bot.domain.incident import Incident, Visibility
from bot.domain.ledger import Ledger
from bot.engine.homes import Home, Homes
from bot.engine.moves import ANNOUNCEMENT
from bot.engine.rooms import ANEW, Rooms
from bot.engine.rules import Rules
from bot.engine.speaks import Where, where
from bot.ports.store import Unit

ANNOUNCED: Final = frozenset(
    {"title", "status", "severity", "roles", "service", "next_update_at", "outcome", "visibility"}
)
"""Fields the announcement shows."""

NAMED_AFTER: Final = timedelta(seconds=5)
"""Until then most rooms are open, and the announcement can name them."""


@dataclass(frozen=True, slots=True)
class Hook:
    """A subscriber to the record: every entry of these types goes to `url`, signed."""

    name: str
    url: str
    events: frozenset[str] = frozenset()
    private: bool = False

    def wants(self, entry: Entry, incident: Incident) -> bool:
        """People's own talk only where it was asked for by name."""
        if entry.type is EntryType.SAID and EntryType.SAID not in self.events:
            return False
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
        self.homes = Homes(rules, platforms)
        self.rooms = Rooms(self.homes)
        self.hooks = tuple(hooks)

    async def follow(self, unit: Unit) -> None:
        """Queues what the entries mean outside; reads nothing where nobody listens."""
        ledger = unit.ledger
        if not self.homes and not self.hooks:
            return
        refreshed = set(ledger.refreshed) - set(ledger.touched)
        known = {**ledger.touched, **await unit.incidents(refreshed)}
        for chained in list(ledger.entries):
            if chained.incident is not None:
                self._entry(ledger, known[chained.incident], chained.entry)
        if self.homes:
            await self.rooms.invite(unit, known)
        seen = {c.incident for c in ledger.entries if c.entry.type not in NEWS} | refreshed
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
        for home in self.homes.of(ledger, incident):
            if entry.type is EntryType.SAID:
                self._mirror(home, entry)
            else:
                self._at_home(home, entry)

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

    def _at_home(self, home: Home, entry: Entry) -> None:
        if home.incident.loudness == "quiet":
            return
        self.rooms.follow(home, entry)
        created = entry.type is EntryType.INCIDENT_CREATED
        if created or any(change.field == "loudness" for change in entry.changes):
            self._show(home)
        said_in = where(entry)
        if not created and said_in is not Where.NOWHERE:
            payload = {"seq": entry.seq, "where": str(said_in)}
            home.queue(EffectKind.POST, f"post:{entry.event_id}", payload)
        public = home.incident.visibility is Visibility.PUBLIC
        if entry.type is EntryType.POSTMORTEM_PUBLISHED and public and home.can.announces:
            payload = {"seq": entry.seq, "where": str(Where.ANNOUNCEMENTS)}
            key = f"published:{entry.event_id}"
            home.queue(EffectKind.POST, key, payload, order=ANNOUNCEMENT)

    def _mirror(self, home: Home, entry: Entry) -> None:
        """What was said in another room of it; a message that changed is changed here too."""
        route = self.homes.rules.policies.routes.get(home.incident.route or "")
        if route is None or not route.mirror or home.incident.loudness == "quiet":
            return
        if entry.origin.get("platform") in (None, home.platform):
            return
        began = entry.metadata.get(BEGAN)
        about = {MENDS: talk_slot(began)} if began else {KEEPS: talk_slot(entry.seq)}
        payload = {"seq": entry.seq, "where": str(Where.THREAD), **about}
        home.queue(EffectKind.POST, f"post:{entry.event_id}", payload)

    def _show(self, home: Home) -> None:
        """The card, in the room or in the team's channel; for everybody else an announcement, a
        little later: by then the room is there to be named."""
        number = home.incident.number
        payload = {"slot": "card", "where": str(Where.CHANNEL)}
        home.queue(EffectKind.POST, f"card:{number}", payload)
        if home.incident.loudness != "room":
            return
        self.rooms.furnish(home)
        if home.can.announces:
            payload = {"slot": ANNOUNCEMENT, "where": str(Where.CHANNEL)}
            key, order = f"announcement:{number}", ANNOUNCEMENT
            home.queue(EffectKind.POST, key, payload, order=order, after=NAMED_AFTER)

    def _edit_announcement(self, ledger: Ledger, incident: Incident) -> None:
        if incident.loudness != "room":
            return
        key, payload = f"announced:{incident.number}:{incident.version}", {"slot": ANNOUNCEMENT}
        for home in self.homes.of(ledger, incident):
            if home.can.announces:
                kind = EffectKind.EDIT_CARD
                home.queue(kind, key, payload, order=ANNOUNCEMENT, after=NAMED_AFTER)

    def _edit_card(self, ledger: Ledger, incident: Incident, *, again: bool) -> None:
        """`again`: only counts moved, so the version alone does not say that it is new."""
        if incident.loudness == "quiet":
            return
        for home in self.homes.of(ledger, incident):
            stamp = f"{incident.version}:{ledger.new_id()}" if again else str(incident.version)
            payload = {"again": True} if again else {}
            home.queue(EffectKind.EDIT_CARD, f"edit:{incident.number}:{stamp}", payload)


def _noteworthy(ledger: Ledger) -> set[int]:
    """Incidents of which the announcement says something else now."""
    return {
        c.incident
        for c in ledger.entries
        if c.incident is not None
        and (
            c.entry.type is EntryType.UPDATE_POSTED
            or c.entry.metadata.get(ANEW)
            or ANNOUNCED & {change.field for change in c.entry.changes}
        )
    }
