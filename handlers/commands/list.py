"""list: the open incidents, yours, or those that match."""

from bot.cards.listing import list_card
from bot.chat.command import Command, Says
from bot.chat.line import Line
from bot.domain.card import Card
from bot.domain.lifecycle import OPEN, State
from bot.domain.severity import Severity
from bot.ports.queries import IncidentFilter, Queries, Viewer

SHOWN = 20


async def list_incidents(line: Line, queries: Queries) -> Card:
    page = await queries.incidents(_filter(line), Viewer(line.actor.id), limit=SHOWN)
    return list_card(page.items, more=page.next_cursor is not None)


def _filter(line: Line) -> IncidentFilter:
    """`mine`, states, severities; any other word is searched for."""
    status: list[str] = []
    severity: list[str] = []
    text: list[str] = []
    mine = False
    for word in line.words:
        if word.lower() == "mine":
            mine = True
        elif word.upper() in set(State):
            status.append(word.upper())
        elif word.upper() in set(Severity):
            severity.append(word.upper())
        else:
            text.append(word)
    return IncidentFilter(
        status=tuple(status) or tuple(str(state) for state in OPEN),
        severity=tuple(severity),
        assigned_to=(line.actor.id,) if mine else (),
        text=" ".join(text),
    )


command = Command(
    verb="list",
    usage="list [mine] [P0…P4] [state] [words]",
    help="The open incidents.",
    says=(Says.SEVERITY,),
    handler=list_incidents,
)
