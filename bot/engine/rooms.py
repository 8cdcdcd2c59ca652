"""The room of an incident: opened or adopted, furnished, filled, renamed, archived, opened again.

What is queued here follows from entries alone; that a room cannot open yet, or will never, is
settled when the effects are done (`moves`).
"""

from collections.abc import Mapping
from typing import Final

from bot.domain.effect import EffectKind
from bot.domain.entry import Entry, EntryType
from bot.domain.incident import Incident, Visibility
from bot.domain.ledger import Ledger
from bot.domain.lifecycle import State
from bot.domain.postmortem import postmortem_of
from bot.engine.homes import Home, Homes
from bot.ports.store import Unit

INVITES: Final = frozenset(
    {"paged", "loudness", "responders", "roles", "assigned_to", "declared_by", "members"}
)
"""Fields whose change may bring people into the room."""

ADOPTS: Final = "adopts"
"""In an entry's metadata: the id of the channel that becomes the room."""

ANEW: Final = "room_anew"
"""In an entry's metadata: the archived room stays shut, and a new one was opened."""

ON_TOP: Final = frozenset({"call", "dashboard", "postmortem", "runbook", "status page"})
"""Labels of links that are worth a bookmark above the room."""


PUBLISHED: Final = {"title": "Postmortem", "page": "postmortem"}
"""The bookmark of what was published: a page of the incident's own."""


class Rooms:
    def __init__(self, homes: Homes) -> None:
        self.homes, self.rules = homes, homes.rules

    def follow(self, home: Home, entry: Entry) -> None:
        """What an entry means for the room of an incident that has one, or gets one."""
        if home.incident.loudness != "room":
            return
        changed = frozenset(change.field for change in entry.changes)
        if entry.type is EntryType.INCIDENT_CREATED or "loudness" in changed:
            self._open(home, entry)
            return
        if changed & {"title", "severity"}:
            home.queue(EffectKind.SET_TOPIC, f"topic:{entry.event_id}")
        if "title" in changed:
            home.queue(EffectKind.RENAME_ROOM, f"rename:{entry.event_id}")
        if _was_closed(entry):
            self._unarchive(home, entry)
        if entry.metadata.get(ANEW):
            self._move_in(home, entry)
        self._bookmark(home, entry)

    def _open(self, home: Home, entry: Entry) -> None:
        channel, key = entry.metadata.get(ADOPTS), f"room:{home.incident.number}"
        if channel and entry.origin.get("platform") == home.platform:
            home.queue(EffectKind.ADOPT_ROOM, key, {"channel": channel})
        else:
            home.queue(EffectKind.OPEN_ROOM, key)

    def furnish(self, home: Home, stamp: str = "") -> None:
        """What stands above a room: the card pinned, and where to look things up; and whole groups
        that come along. `stamp` tells a second room of the incident from the first."""
        number = f"{home.incident.number}{stamp}"
        if EffectKind.PIN in home.can.effects:  # instead of a pin nothing is said
            home.queue(EffectKind.PIN, f"pin:{number}", {"slot": "card"})
        for title, url in self._links(home.incident).items():
            key = f"bookmark:{number}:{title}"
            home.queue(EffectKind.BOOKMARK, key, {"title": title, "url": url})
        known = postmortem_of(home.incident)
        if known is not None and known.head.published:
            home.queue(EffectKind.BOOKMARK, f"bookmark:{number}:published", dict(PUBLISHED))
        if groups := self._groups(home.incident):
            home.queue(EffectKind.INVITE, f"groups:{number}", {"people": [], "groups": groups})

    def _links(self, incident: Incident) -> dict[str, str]:
        """Title → address; our own page has none yet."""
        service = self.rules.policies.services.get(incident.service or "")
        links = {"Muster": ""}
        if service is not None:
            links |= {"Runbook": service.runbook or "", "Dashboard": service.dashboard or ""}
        links |= {one["label"]: one["url"] for one in incident.links if _is_on_top(one)}
        return {title: url for title, url in links.items() if url or title == "Muster"}

    def _groups(self, incident: Incident) -> list[str]:
        """Groups of people that the route and the team bring along, but into no private room."""
        if incident.visibility is Visibility.PRIVATE or incident.test:
            return []
        policies = self.rules.policies
        route = policies.routes.get(incident.route or "")
        team = policies.teams.get(incident.team or "")
        named = [*(route.invite if route else ()), *(team.invite if team else ())]
        return list(dict.fromkeys(named))

    def _bookmark(self, home: Home, entry: Entry) -> None:
        """What was published, and a link whose label says that it belongs on top."""
        payload: dict[str, str] = {}
        if entry.type is EntryType.POSTMORTEM_PUBLISHED:
            payload = dict(PUBLISHED)
        elif entry.type is EntryType.LINK_ADDED and home.incident.links:
            link = home.incident.links[-1]
            payload = {"title": link["label"], "url": link["url"]} if _is_on_top(link) else {}
        if payload:
            home.queue(EffectKind.BOOKMARK, f"bookmark:{entry.event_id}", payload)

    def _unarchive(self, home: Home, entry: Entry) -> None:
        """Its room was archived, or is about to be."""
        home.ledger.withdraw(home.incident.number, EffectKind.ARCHIVE_ROOM)
        home.queue(EffectKind.UNARCHIVE_ROOM, f"unarchive:{entry.event_id}")

    def _move_in(self, home: Home, entry: Entry) -> None:
        """Everybody and everything comes along into the new room."""
        self.furnish(home, stamp=f":{entry.event_id}")
        if people := concerned(home.incident):
            home.queue(EffectKind.INVITE, f"invite:{entry.event_id}", {"people": people})

    def archive(self, ledger: Ledger, incident: Incident) -> None:
        """The room of a closed incident, some days later."""
        for home in self.homes.of(ledger, incident):
            home.queue(EffectKind.ARCHIVE_ROOM, f"archive:{incident.number}:{incident.version}")

    async def invite(self, unit: Unit, known: Mapping[int, Incident]) -> None:
        """Who is paged or has a part in it is invited once: as the room opens, or later."""
        stirred = {
            c.incident
            for c in unit.ledger.entries
            if c.incident is not None and INVITES & {d.field for d in c.entry.changes}
        }
        wanted = {n: concerned(known[n]) for n in stirred if known[n].loudness == "room"}
        before = await unit.invited({n for n, people in wanted.items() if people})
        for number in sorted(wanted):
            people = [id for id in wanted[number] if id not in before.get(number, ())]
            key = f"invite:{number}:{known[number].version}"
            for home in self.homes.of(unit.ledger, known[number]) if people else ():
                home.queue(EffectKind.INVITE, key, {"people": people})


def concerned(incident: Incident) -> list[str]:
    """Whom the incident concerns by name, each once; of a private one, all who may see it."""
    named = filter(None, (incident.assigned_to, incident.declared_by))
    private = incident.visibility is Visibility.PRIVATE
    everybody = (
        *incident.paged,
        *incident.responders,
        *incident.roles.values(),
        *named,
        *(incident.members if private else ()),
    )
    return list(dict.fromkeys(everybody))


def _was_closed(entry: Entry) -> bool:
    """It is open again after its end: the room may be archived."""
    closed = {"status": str(State.CLOSED)}
    before = {change.field: change.old for change in entry.changes if change.field == "status"}
    return entry.type is EntryType.REOPENED and before == closed


def _is_on_top(link: Mapping[str, str]) -> bool:
    return link["label"].strip().lower() in ON_TOP
