"""`POST /api/v1/incidents/{id}/{action}`: exactly what the state machine allows."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Final

from bot.domain.errors import IllegalTransition
from bot.domain.lifecycle import Action, State, path
from bot.engine.incidents import Incidents
from handlers.api.bodies import Assignment, Comment, Reason, Resolution
from handlers.api.finding import Finder, calling
from handlers.api.incidents import PATH
from handlers.api.operation import Asked, Operation, Reply
from handlers.api.shown.incident import IncidentShown
from handlers.api.versions import wanted_version

MOVES: Final[tuple[tuple[Action, str], ...]] = (
    (Action.ACKNOWLEDGE, "Says that somebody has it, while it is new; stops the paging."),
    (Action.TAKE, "Says that somebody has it, later on; stops the paging."),
    (Action.START_WORK, "Says that work has begun."),
    (Action.ESCALATE, "Calls the next level."),
    (Action.RAISE, "Calls the next level of what is escalated already."),
    (Action.DEESCALATE, "Takes the escalation back."),
    (Action.RELEASE, "Gives an acknowledgement back, and pages again."),
    (Action.REOPEN, "Takes it up again after it was resolved or closed."),
    (Action.CLOSE, "Closes what is resolved."),
)


class ActionSubject:
    def __init__(self, finder: Finder, incidents: Incidents) -> None:
        self.finder, self.incidents = finder, incidents

    def operations(self) -> Iterable[Operation]:
        row = partial(
            Operation,
            method="POST",
            again=self.acted,
            shows=IncidentShown,
            refuses=(404, 409, 412),
            if_match=True,
        )
        for action, about in MOVES:
            yield row(
                path=_path(action),
                name=f"{action}_incident",
                about=about,
                do=partial(self.move, action),
                body=Reason,
                examples=({}, {"text": "as agreed on the phone"}),
            )
        yield row(
            path=_path(Action.RESOLVE),
            name="resolve_incident",
            about="Resolves what is being worked on.",
            do=self.resolve,
            body=Resolution,
            examples=({}, {"outcome": "fixed", "notes": "Rolled back."}),
        )
        yield row(
            path=_path("assign"),
            name="assign_incident",
            about="Gives it to a person.",
            do=self.assign,
            body=Assignment,
            examples=({"to": "ben"},),
        )
        yield row(
            path=_path("comment"),
            name="comment_incident",
            about="Adds a note to its timeline.",
            do=self.comment,
            body=Comment,
            examples=({"text": "The queue is draining."},),
        )

    async def move(self, action: Action, asked: Asked) -> Reply:
        body: Reason = asked.body
        incident = await self.finder.incident(asked)
        ask = asked.ask(wanted_version(asked.if_match, incident))
        done = await self.incidents.act(incident.number, action, ask, text=body.text or "")
        return await self.finder.show(done.incident, asked)

    async def resolve(self, asked: Asked) -> Reply:
        body: Resolution = asked.body
        incident = await self.finder.incident(asked)
        ask = asked.ask(wanted_version(asked.if_match, incident))
        notes = body.notes or ""
        try:
            done = await self.incidents.act(
                incident.number,
                Action.RESOLVE,
                ask,
                text=notes,
                values={"outcome": body.as_outcome, "resolution": notes},
            )
        except IllegalTransition as refusal:
            raise await self._with_the_way(refusal, asked) from None
        return await self.finder.show(done.incident, asked)

    async def _with_the_way(self, refusal: IllegalTransition, asked: Asked) -> IllegalTransition:
        """The refusal, and how to get there nevertheless."""
        incident = await self.finder.incident(asked)
        if not incident.open:
            return refusal
        way = ", ".join(path(incident.status, State.RESOLVED))
        return IllegalTransition(
            f"{refusal} The way there: {way}. A person goes it in one press, with the Resolve "
            f'button or "resolve #{incident.number}".',
            allowed=refusal.allowed,
        )

    async def assign(self, asked: Asked) -> Reply:
        body: Assignment = asked.body
        incident = await self.finder.incident(asked)
        ask = asked.ask(wanted_version(asked.if_match, incident))
        with calling(person="to"):
            done = await self.incidents.assign(incident.number, body.to, ask)
        return await self.finder.show(done.incident, asked)

    async def comment(self, asked: Asked) -> Reply:
        body: Comment = asked.body
        incident = await self.finder.incident(asked)
        ask = asked.ask(wanted_version(asked.if_match, incident))
        with calling(note="text"):
            done = await self.incidents.note(incident.number, body.text, ask)
        return await self.finder.show(done.incident, asked)

    async def acted(self, asked: Asked, moment: datetime) -> Reply:
        return await self.finder.show(await self.finder.incident(asked), asked)


def _path(action: str) -> str:
    return f"{PATH}/{{id}}/{action}"
