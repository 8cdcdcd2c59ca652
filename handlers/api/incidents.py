"""`/api/v1/incidents`: declared, listed, shown, amended."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from bot.domain.errors import NotFound, Stale
from bot.domain.lifecycle import State
from bot.domain.severity import Severity
from bot.engine.amend import Amend
from bot.engine.incidents import Incidents
from bot.ports.queries import IncidentFilter, Queries
from handlers.api.bodies import Amended, Declared
from handlers.api.finding import Finder, calling
from handlers.api.operation import PREFIX, Asked, Operation, Reply
from handlers.api.params import CURSOR, LIMIT, Kind, Param
from handlers.api.shown.incident import (
    IncidentShown,
    IncidentsShown,
    neighbours,
    show_incident,
)
from handlers.api.versions import wanted_version

PATH: Final = f"{PREFIX}/incidents"

FILTERS: Final = (
    Param(
        name="status",
        about="States, by commas.",
        kind=Kind.CHOICES,
        choices=tuple(State),
        default=(),
    ),
    Param(
        name="severity",
        about="Severities, by commas.",
        kind=Kind.CHOICES,
        choices=tuple(Severity),
        default=(),
    ),
    Param(name="source", about="Sources, by commas.", kind=Kind.WORDS, default=()),
    Param(name="team", about="Teams, by commas.", kind=Kind.WORDS, default=()),
    Param(name="assigned_to", about="Ids of people, by commas.", kind=Kind.WORDS, default=()),
    Param(name="service", about="Services, by commas.", kind=Kind.WORDS, default=()),
    Param(name="start", about="Opened at this time or later.", kind=Kind.MOMENT),
    Param(name="end", about="Opened before this time.", kind=Kind.MOMENT),
    Param(name="q", about="Words to find in title, description and notes.", default=""),
)


class IncidentSubject:
    def __init__(
        self, queries: Queries, finder: Finder, incidents: Incidents, amend: Amend
    ) -> None:
        self.queries, self.finder = queries, finder
        self.incidents, self.amend = incidents, amend

    def operations(self) -> Iterable[Operation]:
        return (
            Operation(
                method="POST",
                path=PATH,
                name="declare_incident",
                about="Declares an incident.",
                do=self.declare,
                again=self.declared,
                body=Declared,
                examples=(
                    {"title": "Checkout is slow"},
                    {"title": "Payments are down", "severity": "P0", "category": "availability"},
                ),
                shows=IncidentShown,
                status=201,
            ),
            Operation(
                method="GET",
                path=PATH,
                name="list_incidents",
                about="Lists incidents, newest first.",
                do=self.list,
                verb="list",
                params=(*FILTERS, LIMIT, CURSOR),
                shows=IncidentsShown,
            ),
            Operation(
                method="GET",
                path=f"{PATH}/{{id}}",
                name="show_incident",
                about="Shows one incident.",
                do=self.show,
                verb="status",
                shows=IncidentShown,
                refuses=(404,),
                if_none_match=True,
            ),
            Operation(
                method="PATCH",
                path=f"{PATH}/{{id}}",
                name="amend_incident",
                about="Changes fields of an incident.",
                do=self.change,
                again=self.changed,
                body=Amended,
                examples=({}, {"title": "Checkout is down", "impact": "high"}),
                shows=IncidentShown,
                refuses=(404, 409, 412),
                if_match=True,
            ),
        )

    async def declare(self, asked: Asked) -> Reply:
        body: Declared = asked.body
        with calling(person="assigned_to"):
            done = await self.incidents.declare(
                asked.ask(),
                title=body.title,
                severity=body.severity,
                description=body.description or "",
                category=body.category,
                service=body.service,
                assigned_to=body.assigned_to,
                private=body.private,
            )
        return await self.finder.show(done.incident, asked, status=201)

    async def declared(self, asked: Asked, moment: datetime) -> Reply:
        number = await self.queries.declared_at(asked.actor.id, moment)
        found = await self.queries.incident(number, asked.viewer) if number is not None else None
        if found is None:
            raise NotFound("The incident that this made does not exist for you any more.")
        return await self.finder.show(found, asked, status=201)

    async def list(self, asked: Asked) -> Reply:
        query = dict(asked.query)
        limit, cursor, text = query.pop("limit"), query.pop("cursor"), query.pop("q")
        wanted = IncidentFilter(**query, text=text)
        page = await self.queries.incidents(wanted, asked.viewer, limit=limit, cursor=cursor)
        ids = await self.queries.ids(neighbours(page.items), asked.viewer)
        shown: IncidentsShown = {
            "items": [show_incident(incident, ids) for incident in page.items],
            "next_cursor": page.next_cursor,
        }
        return Reply(data=shown)

    async def show(self, asked: Asked) -> Reply:
        incident = await self.finder.incident(asked)
        reply = await self.finder.show(incident, asked)
        if asked.if_none_match is not None and incident.version in asked.if_none_match:
            return Reply(status=304, headers=reply.headers)
        return reply

    async def change(self, asked: Asked) -> Reply:
        body: Amended = asked.body
        incident = await self.finder.incident(asked)
        version = wanted_version(asked.if_match, incident)
        if body.version is not None and version not in (None, body.version):
            raise Stale("The body and If-Match name different versions.")
        values: dict[str, Any] = {
            name: getattr(body, name) for name in body.model_fields_set if name != "version"
        }
        ask = asked.ask(body.version if version is None else version)
        done = await self.amend(incident.number, values, ask)
        return await self.finder.show(done.incident, asked)

    async def changed(self, asked: Asked, moment: datetime) -> Reply:
        return await self.finder.show(await self.finder.incident(asked), asked)
