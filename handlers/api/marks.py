"""`/api/v1/incidents/{id}/marks`: when it really began, was noticed, mitigated and over."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from bot.domain.marks import Mark
from bot.engine.incidents import Incidents
from handlers.api.bodies import Marks
from handlers.api.finding import Finder, calling
from handlers.api.incidents import PATH
from handlers.api.operation import Asked, Operation, Reply
from handlers.api.shown.incident import IncidentShown
from handlers.api.versions import wanted_version

FIELDS: Final = {
    "impact_started_at": Mark.IMPACT,
    "detected_at": Mark.DETECTED,
    "mitigated_at": Mark.MITIGATED,
    "ended_at": Mark.ENDED,
}


class MarkSubject:
    def __init__(self, finder: Finder, incidents: Incidents) -> None:
        self.finder, self.incidents = finder, incidents

    def operations(self) -> Iterable[Operation]:
        return (
            Operation(
                method="PATCH",
                path=f"{PATH}/{{id}}/marks",
                name="mark_incident",
                about="Sets or takes away marks; every duration follows them.",
                do=self.mark,
                again=self.marked,
                body=Marks,
                examples=({},),
                shows=IncidentShown,
                refuses=(404, 412),
                if_match=True,
            ),
        )

    async def mark(self, asked: Asked) -> Reply:
        body: Marks = asked.body
        incident = await self.finder.incident(asked)
        times = {
            mark: getattr(body, name)
            for name, mark in FIELDS.items()
            if name in body.model_fields_set
        }
        ask = asked.ask(wanted_version(asked.if_match, incident))
        with calling(**{str(mark): name for name, mark in FIELDS.items()}):
            done = await self.incidents.mark(incident.number, times, ask)
        return await self.finder.show(done.incident, asked)

    async def marked(self, asked: Asked, moment: datetime) -> Reply:
        return await self.finder.show(await self.finder.incident(asked), asked)
