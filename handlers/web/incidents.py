"""The list of incidents, the room of one, and its brief."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import web

from bot.cards.names import person_name, state_name
from bot.domain.entry import Entry, EntryType
from bot.domain.errors import NotFound
from bot.domain.ids import read_incident_id
from bot.domain.incident import Incident
from bot.domain.lifecycle import OPEN, State
from bot.domain.severity import Severity
from bot.platforms.web.entry import entry_html
from bot.ports.queries import IncidentFilter, Viewer
from handlers.web.needs import Completes
from handlers.web.pages import age, html, render, see_other
from handlers.web.paint import Painter
from handlers.web.shell import Said, Shell
from handlers.web.visitor import Visitor

PAGE: Final = 50
LINES: Final = 300
"""Lines of a timeline that a page begins with; the others are a click away."""

VIEWS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "open": ("Open", tuple(map(str, OPEN))),
    "unanswered": ("Unanswered", (str(State.NEW), str(State.ESCALATED))),
    "resolved": ("Resolved", (str(State.RESOLVED),)),
    "closed": ("Closed", (str(State.CLOSED),)),
    "all": ("All", ()),
}
"""`?status=` → its name, and the states it shows."""

MORE: Final = (
    ("Post an update", "update"),
    ("Assign", "assign"),
    ("Role", "role"),
    ("Severity", "severity"),
    ("Page somebody", "page"),
    ("Give it back", "release"),
    ("Follow-up", "followup"),
    ("Times", "mitigated"),
    ("Postmortem", "postmortem"),
    ("Rename", "rename"),
    ("Add a link", "link"),
    ("Silence", "silence"),
    ("Summary", "summary"),
    ("Similar incidents", "similar"),
    ("Ask our records", "ask"),
    ("Undo", "undo"),
)
"""Under “More”: what the state machine has no button for. Each opens its form, or just acts."""


class IncidentPages:
    def __init__(self, shell: Shell, complete: Completes) -> None:
        self.shell, self.complete = shell, complete

    async def index(self, request: web.Request) -> web.StreamResponse:
        visitor = await self.shell.visitors.who(request)
        if request.query.get("part") == "list":
            return html(render("_list.html", **await self._listed(visitor, request.query)))
        return await self.show_list(visitor, request.query)

    async def show_list(
        self, visitor: Visitor, query: Mapping[str, str], said: Said | None = None
    ) -> web.Response:
        policies = self.shell.policies()
        return await self.shell.page(
            "incidents.html",
            visitor,
            title="Incidents",
            path="/",
            said=said,
            severities=policies.severities,
            teams={id: team.name or id for id, team in policies.teams.items()},
            services={id: service.name or id for id, service in policies.services.items()},
            sample=self.shell.sample if self.shell.visitors.dev else "",
            **await self._listed(visitor, query),
        )

    async def _listed(self, visitor: Visitor, query: Mapping[str, str]) -> dict[str, Any]:
        chosen = {
            name: query[name].strip()[:200]
            for name in ("status", "severity", "team", "service", "q")
            if query.get(name, "").strip()
        }
        view = chosen.get("status", "open")
        status = VIEWS.get(view, VIEWS["open"])[1]
        severity = (chosen["severity"],) if chosen.get("severity") in set(Severity) else ()
        found = await self.shell.queries.incidents(
            IncidentFilter(
                status=status,
                severity=severity,
                team=_one(chosen, "team"),
                service=_one(chosen, "service"),
                text=chosen.get("q", ""),
            ),
            visitor.viewer,
            limit=PAGE,
            cursor=query.get("cursor") or None,
        )
        counts = await self.shell.queries.counts(visitor.viewer)
        return {
            "incidents": found.items,
            "older": _address(chosen, cursor=found.next_cursor) if found.next_cursor else "",
            "newest": _address(chosen) if query.get("cursor") else "",
            "chosen": chosen,
            "view": view if view in VIEWS else "open",
            "views": [
                (name, label, _address(chosen, status=name), _counted(counts.by_status, states))
                for name, (label, states) in VIEWS.items()
            ],
            "by_severity": counts.by_severity,
            "any_at_all": bool(sum(counts.by_status.values())),
            "people": self.shell.policies().people,
            "policies": self.shell.policies(),
            "person_name": person_name,
            "state_name": state_name,
            "now": self.shell.clock.wall(),
            "age": age,
        }

    async def home(self, request: web.Request) -> web.StreamResponse:
        return see_other("/")

    async def back(self, request: web.Request) -> web.StreamResponse:
        """Whoever loads the address of a command again wants the room, not the command."""
        return see_other(f"/incidents/{number_in(request)}")

    async def room(self, request: web.Request) -> web.StreamResponse:
        visitor = await self.shell.visitors.who(request)
        everything = request.query.get("lines") == "all"
        return await self.show_room(visitor, number_in(request), everything=everything)

    async def show_room(
        self, visitor: Visitor, number: int, said: Said | None = None, *, everything: bool = False
    ) -> web.Response:
        incident = await self._incident(number, visitor)
        earlier = 0 if everything else max(0, incident.version - LINES)
        entries = await self._entries(number, visitor.viewer, earlier)
        alerts = await self.shell.queries.alerts_of(number, visitor.viewer)
        painter = Painter(self.shell, visitor, number)
        people = self.shell.policies().people
        mended = {entry.corrects for entry in entries}
        return await self.shell.page(
            "room.html",
            visitor,
            title=f"#{number} {incident.title}",
            path=f"/incidents/{number}",
            room=number,
            said=said,
            incident=incident,
            card=painter.card(incident, alerts),
            aside=await painter.aside(incident, alerts),
            more=self._more(number),
            lines=[
                entry_html(entry, people, corrected=entry.seq in mended)
                for entry in reversed(entries)
            ],
            cursor=max([earlier, *(entry.seq for entry in entries)]),
            earlier=earlier,
        )

    def _more(self, number: int) -> list[tuple[str, str]]:
        return [(label, f"{verb} #{number}") for label, verb in MORE if verb in self.complete.words]

    async def brief(self, request: web.Request) -> web.StreamResponse:
        """Updates only, for those who want to know how it stands."""
        visitor = await self.shell.visitors.who(request)
        number = number_in(request)
        incident = await self._incident(number, visitor)
        entries = await self._entries(number, visitor.viewer, 0)
        updates = [entry for entry in entries if entry.type is EntryType.UPDATE_POSTED]
        mended = {entry.corrects for entry in updates}
        policies = self.shell.policies()
        return await self.shell.page(
            "brief.html",
            visitor,
            title=f"#{number} in brief",
            path=f"/incidents/{number}/brief",
            room=number,
            incident=incident,
            severity=policies.severities[incident.severity],
            state=state_name(incident.status),
            updates=[
                entry_html(entry, policies.people, corrected=entry.seq in mended)
                for entry in reversed(updates)
            ],
        )

    async def _incident(self, number: int, visitor: Visitor) -> Incident:
        incident = await self.shell.queries.incident(number, visitor.viewer)
        if incident is None:
            raise NotFound(f"There is no incident #{number}.")
        return incident

    async def _entries(self, number: int, viewer: Viewer, after: int) -> Sequence[Entry]:
        """All of them, batch by batch."""
        found: list[Entry] = []
        while batch := await self.shell.queries.entries(number, viewer, after=after):
            found += batch
            after = batch[-1].seq
        return found


def number_in(request: web.Request) -> int:
    """`42`, `INC-20260105-00042` in the path.

    Raises:
        NotFound: it is no id, which is the same as an incident that is not there.
    """
    given = request.match_info["number"]
    number = read_incident_id(given, bare=True)
    if number is None:
        raise NotFound(f"There is no incident {given[:40]}.")
    return number


def _one(chosen: Mapping[str, str], name: str) -> tuple[str, ...]:
    return (chosen[name],) if name in chosen else ()


def _address(chosen: Mapping[str, str], **more: str | None) -> str:
    query = {name: value for name, value in {**chosen, **more}.items() if value}
    if query.get("status") == "open":
        del query["status"]
    return f"/?{urlencode(query)}" if query else "/"


def _counted(by_status: Mapping[str, int], states: Sequence[str]) -> int:
    return sum(count for state, count in by_status.items() if not states or state in states)
