"""ask: have we seen this before, and what fixed it?"""

from bot.cards.knowledge import answer_card, no_answer_card
from bot.chat.command import Command, Takes
from bot.chat.line import Line
from bot.domain.card import Card, say
from bot.domain.errors import Invalid, NotFound
from bot.domain.form import Field, FieldKind, Form
from bot.engine.authorise import authorise
from bot.engine.knowledge.asking import Asked, Knowledge
from bot.ports.queries import Queries, Viewer

LONGEST = 2_000


async def ask(line: Line, knowledge: Knowledge, queries: Queries) -> Card:
    authorise(line.actor, "ask", None)
    for flag, rating in (("up", 1), ("down", -1)):
        if flag in line.flags:
            return await _rated(line, knowledge, flag, rating)
    question = line.answer("question") if line.answers is not None else line.text
    if not question:
        raise Invalid("Ask something: ask has the pool run full before?", field="question")
    if len(question) > LONGEST:
        raise Invalid(f"A question has at most {LONGEST} characters.", field="question")
    viewer = Viewer(line.actor.id)
    incident = await queries.incident(line.number, viewer) if line.number is not None else None
    answer = await knowledge.ask(
        Asked(
            question=question,
            actor=line.actor.id,
            viewer=viewer,
            thread=f"{line.call.platform}:{line.number or ''}",
            incident=incident,
        )
    )
    if answer.abstained:
        return no_answer_card(answer.text, answer.nearest)
    quotes = [(one.document, one.quote) for one in answer.citations]
    worded = answer.text if answer.worded else ""
    return answer_card(quotes, id=answer.id, confidence=answer.confidence, worded=worded)


async def _rated(line: Line, knowledge: Knowledge, flag: str, rating: int) -> Card:
    if not await knowledge.rate(line.flags[flag], line.actor.id, rating):
        raise NotFound("I gave you no such answer.")
    return say("Thanks, that is kept.")


async def form(line: Line) -> Form:
    question = Field("question", "What do you want to know?", FieldKind.TEXT, required=True)
    command = f"ask #{line.number}" if line.number is not None else "ask"
    return Form("Ask our records", command, (question,), submit="Ask")


command = Command(
    verb="ask",
    usage="ask [#id] question",
    help="Look it up in runbooks and past incidents; the answer is quoted, or there is none.",
    takes=Takes.OPTIONAL,
    free_text=True,
    flags={"up": True, "down": True},
    handler=ask,
    form=form,
)
