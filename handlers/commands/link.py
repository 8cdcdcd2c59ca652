"""link: a dashboard, a document, a ticket."""

from bot.chat.command import Command, Takes
from bot.chat.line import Line
from bot.domain.card import Card
from bot.domain.form import Field, Form
from bot.engine.incidents import Incidents
from handlers.words.replies import done_card


async def link(line: Line, incidents: Incidents) -> Card:
    if line.answers is not None:
        url, label = line.answer("url"), line.answer("label")
    else:
        url, label = (line.words[0] if line.words else ""), " ".join(line.words[1:])
    done = await incidents.link(line.incident, url, label, line.ask)
    if not done.changed:
        return done_card(done, "That link is there already.")
    return done_card(done, f"Link added to #{done.incident.number}.", undo=True)


async def form(line: Line) -> Form:
    return Form(
        f"Link for #{line.incident}",
        f"link #{line.incident}",
        (
            Field("url", "Address", required=True, limit=2_000, hint="https://…"),
            Field("label", "What it is"),
        ),
    )


command = Command(
    verb="link",
    usage="link [#id] https://… [label]",
    help="Add a link to the card.",
    takes=Takes.INCIDENT,
    free_text=True,
    handler=link,
    form=form,
)
