"""`ask`, `search` and `incidents/{id}/similar`: what was written down, found again."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from bot.engine.knowledge.answering import Answer
from bot.engine.knowledge.asking import Asked as Question
from bot.engine.knowledge.asking import Hit, Knowledge
from bot.ports.queries import Found, Queries
from handlers.api.bodies import AskBody
from handlers.api.finding import Finder
from handlers.api.operation import PREFIX, Asked, Operation, Reply
from handlers.api.params import LIMIT, Kind, Param
from handlers.api.shown.found import FoundsShown, show_found
from handlers.api.shown.knowledge import AnswerShown, SimilarsShown, show_answer, show_similar

KINDS: Final = ("incident", "knowledge", "all")
SIMILAR: Final = 5


class KnowledgeSubject:
    """`address` makes a document's own link absolute."""

    def __init__(
        self,
        queries: Queries,
        finder: Finder,
        knowledge: Knowledge,
        address: Callable[[str], str],
    ) -> None:
        self.queries, self.finder, self.knowledge = queries, finder, knowledge
        self.address = address

    def operations(self) -> Iterable[Operation]:
        yield Operation(
            method="POST",
            path=f"{PREFIX}/ask",
            name="ask",
            about="Answers a question from runbooks and past incidents, with quotations.",
            do=self.ask,
            verb="ask",
            body=AskBody,
            examples=({"question": "have we seen the pool run full before?"},),
            shows=AnswerShown,
            refuses=(404,),
        )
        yield Operation(
            method="GET",
            path=f"{PREFIX}/search",
            name="search",
            about="Finds incidents and documents by words, best first.",
            do=self.search,
            verb="list",
            params=(
                Param(name="q", about="The words; the last may be half a word.", required=True),
                Param(
                    name="kind",
                    about="What to look through: incidents, documents that were added, or both.",
                    kind=Kind.CHOICE,
                    choices=KINDS,
                    default="all",
                ),
                LIMIT,
            ),
            shows=FoundsShown,
        )
        yield Operation(
            method="GET",
            path=f"{PREFIX}/incidents/{{id}}/similar",
            name="list_similar",
            about="Lists past incidents like this one, with what fixed them.",
            do=self.similar,
            verb="similar",
            shows=SimilarsShown,
            refuses=(404,),
        )

    async def ask(self, asked: Asked) -> Reply:
        incident = None
        if asked.body.incident_id is not None:
            incident = await self.finder.named(asked.body.incident_id, asked.viewer)
        answer: Answer = await self.knowledge.ask(
            Question(
                question=asked.body.question,
                actor=asked.actor.id,
                viewer=asked.viewer,
                thread=f"api:{incident.number if incident else ''}",
                incident=incident,
            )
        )
        return Reply(data=show_answer(answer, self.address))

    async def search(self, asked: Asked) -> Reply:
        words, kind, limit = asked.query["q"], asked.query["kind"], asked.query["limit"]
        found: Sequence[Found] = ()
        if kind != "knowledge":
            found = await self.queries.search(words, asked.viewer, limit=limit)
        hits: Sequence[Hit] = ()
        if kind != "incident":
            hits = await self.knowledge.search(words, asked.viewer, limit=limit, incidents=False)
        items = [show_found(one) for one in _merged(found, [_found(hit) for hit in hits])]
        shown: FoundsShown = {"items": items[:limit]}
        return Reply(data=shown)

    async def similar(self, asked: Asked) -> Reply:
        incident = await self.finder.incident(asked)
        found = await self.knowledge.similar(incident, asked.viewer, limit=SIMILAR)
        shown: SimilarsShown = {"items": [show_similar(one, self.address) for one in found]}
        return Reply(data=shown)


def _found(hit: Hit) -> Found:
    return Found(
        id=hit.document.id,
        kind=hit.document.kind,
        title=hit.document.title,
        snippet=hit.snippet,
        score=hit.score,
    )


def _merged(incidents: Sequence[Found], documents: Sequence[Found]) -> list[Found]:
    """In turn, incidents first: their scores are of different scales."""
    merged: list[Found] = []
    for place in range(max(len(incidents), len(documents))):
        merged += incidents[place : place + 1]
        merged += documents[place : place + 1]
    return merged
