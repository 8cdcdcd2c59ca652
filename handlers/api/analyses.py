"""`incidents/{id}/analyses`, `suggestions/{id}`: what is made of an incident, and decided of it."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from bot.cards.plain_text import plain_text
from bot.chat.applying import Applying, Say
from bot.chat.call import Call
from bot.chat.call import Reply as Told
from bot.domain.errors import Conflict, Forbidden, Invalid, NotFound, UserError
from bot.domain.rights import ANALYSE
from bot.engine.analysis.kinds import Wanted
from bot.engine.authorise import authorise
from handlers.api.bodies import AnalysisWanted, Applied, Rated, Rejected
from handlers.api.finding import Finder
from handlers.api.operation import PREFIX, Asked, Operation, Reply
from handlers.api.shown.analysis import (
    AnalysesShown,
    AnalysisShown,
    SuggestionShown,
    show_finding,
    show_suggestion,
)

REFUSED: Final[dict[int, type[UserError]]] = {403: Forbidden, 404: NotFound, 409: Conflict}


class AnalysisSubject:
    """`say` carries out a command as whoever calls."""

    def __init__(
        self,
        finder: Finder,
        applying: Applying,
        say: Say,
        new_id: Callable[[], str],
    ) -> None:
        self.finder, self.analysing, self.applying = finder, applying.analysing, applying
        self.say, self.new_id = say, new_id

    def operations(self) -> Iterable[Operation]:
        path = f"{PREFIX}/incidents/{{id}}/analyses"
        yield Operation(
            method="GET",
            path=path,
            name="list_analyses",
            about="Lists what was made of an incident, newest first, with what is suggested.",
            do=self.list,
            verb="summary",
            shows=AnalysesShown,
            refuses=(404,),
        )
        yield Operation(
            method="POST",
            path=path,
            name="analyse_incident",
            about="Analyses an incident; most kinds need a model.",
            do=self.analyse,
            verb=ANALYSE,
            body=AnalysisWanted,
            examples=({"kind": "similarity"}, {"kind": "resolution_suggestion", "yes": True}),
            shows=AnalysisShown,
            refuses=(404, 409),
        )
        for what, about, body, do, examples in (
            ("apply", "Carries out what is suggested, as you.", Applied, self.apply, ({},)),
            ("reject", "Puts a suggestion away.", Rejected, self.reject, ({"reason": "no"},)),
            ("rate", "Says how good a suggestion is.", Rated, self.rate, ({"rating": 4},)),
        ):
            yield Operation(
                method="POST",
                path=f"{PREFIX}/suggestions/{{suggestion}}/{what}",
                name=f"{what}_suggestion",
                about=about,
                do=do,
                again=self.decided,
                body=body,
                examples=examples,
                shows=SuggestionShown,
                refuses=(404, 409),
            )

    async def list(self, asked: Asked) -> Reply:
        incident = await self.finder.incident(asked)
        found = await self.analysing.kept.of(incident, asked.actor)
        shown: AnalysesShown = {"items": [show_finding(one) for one in found]}
        return Reply(data=shown)

    async def analyse(self, asked: Asked) -> Reply:
        incident = await self.finder.incident(asked)
        body: AnalysisWanted = asked.body
        wanted = Wanted(incident=incident, actor=asked.actor, since=body.since, yes=body.yes)
        return Reply(data=show_finding(await self.analysing.run(body.kind, wanted)))

    async def apply(self, asked: Asked) -> Reply:
        call = Call(
            key=asked.call or f"rest:{self.new_id()}",
            platform="rest",
            actor=asked.actor,
            text="",
            interactive=False,
        )
        id = asked.path["suggestion"]
        told = await self.applying(id, call, self.say, instead=asked.body.instead or "")
        if not told.ok:
            raise REFUSED.get(told.status, Invalid)(_words(told))
        return await self._shown(asked)

    async def reject(self, asked: Asked) -> Reply:
        suggestion = await self.analysing.kept.suggestion(asked.path["suggestion"], asked.actor)
        authorise(asked.actor, ANALYSE, None)
        await self.analysing.kept.reject(suggestion.id, asked.actor, asked.body.reason or "")
        return await self._shown(asked)

    async def rate(self, asked: Asked) -> Reply:
        suggestion = await self.analysing.kept.suggestion(asked.path["suggestion"], asked.actor)
        authorise(asked.actor, ANALYSE, None)
        await self.analysing.kept.rate(suggestion.id, asked.body.rating)
        return await self._shown(asked)

    async def decided(self, asked: Asked, moment: datetime) -> Reply:
        return await self._shown(asked)

    async def _shown(self, asked: Asked) -> Reply:
        found = await self.analysing.kept.suggestion(asked.path["suggestion"], asked.actor)
        return Reply(data=show_suggestion(found))


def _words(told: Told) -> str:
    return plain_text(told.card).strip() if told.card else "That did not work."
