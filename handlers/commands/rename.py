"""rename: a better title."""

from bot.chat.command import Command, Takes
from bot.chat.line import Line
from bot.domain.card import Card
from bot.domain.form import Field, Form
from bot.engine.incidents import Incidents
from bot.ports.queries import Queries, Viewer
from handlers.words.replies import done_card


async def rename(line: Line, incidents: Incidents) -> Card:
    title = line.answer("title") or line.text
    done = await incidents.rename(line.incident, title, line.ask)
    number = done.incident.number
    return done_card(done, f"#{number} is called {done.incident.title} now.", undo=True)


async def form(line: Line, queries: Queries) -> Form:
    incident = await queries.incident(line.incident, Viewer(line.actor.id))
    title = incident.title if incident else ""
    field = Field("title", "Title", required=True, value=title)
    return Form(f"Rename #{line.incident}", f"rename #{line.incident}", (field,))


command = Command(
    verb="rename",
    usage="rename [#id] new title",
    help="Give it a better title.",
    takes=Takes.INCIDENT,
    free_text=True,
    handler=rename,
    form=form,
)
