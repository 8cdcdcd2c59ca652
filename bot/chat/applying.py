"""A suggestion, decided by a person: what it proposes is a command, and they give it.

It goes the way of every command, with their rights and under their name. A model has no part in it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from bot.chat.call import Call, Reply
from bot.domain.card import say
from bot.domain.errors import Invalid
from bot.domain.severity import Category
from bot.engine.acts.base import Ask
from bot.engine.amend import Amend
from bot.engine.analysis.analysing import Analysing
from bot.ports.analyses import DECIDED, Suggestion, SuggestionKind, SuggestionStatus
from bot.ports.store import Decision

Say = Callable[[Call], Awaitable[Reply]]

CATEGORY: Final = SuggestionKind.CATEGORY_CHANGE


@dataclass(frozen=True, slots=True)
class Applying:
    """What deciding about a suggestion needs."""

    analysing: Analysing
    amend: Amend

    async def __call__(self, id: str, call: Call, say: Say, *, instead: str = "") -> Reply:
        """Carries it out as the caller; `instead`: in other words than were suggested.

        It is decided in the transaction of the act: of two who press at once one acts, and what
        could not be done may be tried again.

        Raises:
            NotFound: there is none for the caller.
            Invalid: it was decided before.
        """
        suggestion = await self.analysing.kept.suggestion(id, call.actor)
        if suggestion.status is not SuggestionStatus.PENDING:
            raise Invalid(DECIDED)
        command = _command(suggestion, instead)
        decides = Decision(
            suggestion=id,
            status=str(SuggestionStatus.MODIFIED if instead else SuggestionStatus.APPLIED),
            by=call.actor.id,
            reason=command[:500] if instead else "",
            call=call.key,
        )
        if suggestion.kind is CATEGORY:
            return await self._categorize(suggestion, command, Ask(actor=call.actor, call=decides))
        return await say(
            replace(call, text=command, answers=None, interactive=False, seen=None, decides=decides)
        )

    async def _categorize(self, suggestion: Suggestion, command: str, ask: Ask) -> Reply:
        """No verb changes a category; the REST API's own act does."""
        value = command.split(maxsplit=2)[2]
        if value not in set(Category):
            raise Invalid(f"A category is one of {', '.join(Category)}.")
        done = await self.amend(suggestion.incident, {"category": value}, ask)
        number = done.incident.number
        return Reply(card=say(f"#{number} is of the category {value} now."), incident=number)


def _command(suggestion: Suggestion, instead: str) -> str:
    if not instead:
        return suggestion.command
    verb, number, *_ = suggestion.command.split()
    said = " ".join(instead.split()).removeprefix(f"{verb} ").removeprefix(f"{number} ")
    return f"{verb} {number} {said}"
