"""The postmortem of an incident as a page: read, edited section by section, exported."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from aiohttp import web
from markupsafe import Markup

from bot.cards.postmortem_html import html_page, linked
from bot.cards.postmortem_text import TIMES, about, facts_of, heading, markdown
from bot.domain.errors import Invalid, NotFound
from bot.domain.incident import Incident
from bot.domain.people import Right
from bot.domain.postmortem import PARTS, Postmortem, Question, Status, postmortem_of
from bot.domain.postmortem_document import Document
from bot.domain.postmortem_timeline import read_timeline
from bot.domain.rights import EDIT_POSTMORTEM, NEEDED, PUBLISH_POSTMORTEM
from bot.engine.authorise import right_in
from bot.engine.postmortem.document import document_of
from bot.platforms.web.forms import FormHtml
from bot.platforms.web.render import Posting
from bot.platforms.web.text import moment
from handlers.web.commands import Commands, fragment, wants_json
from handlers.web.incidents import number_in
from handlers.web.pages import SECURITY
from handlers.web.shell import Said, Shell
from handlers.web.visitor import Visitor
from handlers.words.postmortem import section_form

MEDIA: Final = {"markdown": ("text/markdown", "md"), "html": ("text/html", "html")}


class PostmortemPage:
    def __init__(self, shell: Shell, commands: Commands) -> None:
        self.shell, self.commands = shell, commands

    async def show(self, request: web.Request) -> web.StreamResponse:
        """`?format=markdown|html` downloads it, `?published=1` shows the frozen text."""
        visitor = await self.shell.visitors.who(request)
        number = number_in(request)
        if (said := request.query.get("format", "")) in MEDIA:
            return await self._file(visitor, number, said, request)
        return await self._page(visitor, number)

    async def act(self, request: web.Request) -> web.StreamResponse:
        """`postmortem #42 …`, with the answers of a section's form or without."""
        fields = await self.shell.visitors.form(request)
        visitor = await self.shell.visitors.who(request)
        number = number_in(request)
        await self.commands.must_exist(number, visitor)
        if not fields.get("text", "").startswith("postmortem"):
            raise Invalid("Only the postmortem is written here.")
        said = await self.commands.carry_out(visitor, fields, number)
        return fragment(said) if wants_json(request) else await self._page(visitor, number, said)

    async def _page(self, visitor: Visitor, number: int, said: Said | None = None) -> web.Response:
        incident = await self._incident(number, visitor)
        known = postmortem_of(incident)
        path = f"/incidents/{number}/postmortem"
        posting = Posting(path, visitor.csrf, self.shell.new_key)
        right = right_in(visitor.actor(number), incident)
        shown = self._shown(incident, known, posting, right) if known else {}
        return await self.shell.page(
            "postmortem.html",
            visitor,
            title=f"Postmortem of #{number}",
            path=path,
            room=number,
            said=said,
            incident=incident,
            known=known,
            here=posting,
            may_edit=right.reaches(NEEDED[EDIT_POSTMORTEM]),
            may_publish=right.reaches(NEEDED[PUBLISH_POSTMORTEM]),
            **{"document": None, "facts": (), "timeline": (), "sections": (), "items": (), **shown},
        )

    def _shown(
        self, incident: Incident, known: Postmortem, posting: Posting, right: Right
    ) -> dict[str, Any]:
        document = document_of(incident, known, self.shell.policies())
        may = right.reaches(NEEDED[EDIT_POSTMORTEM])
        return {
            "document": document,
            "facts": _facts(document),
            "timeline": _timeline(document),
            "published": known.head.status is Status.PUBLISHED,
            "sections": [
                {
                    "name": name,
                    "title": part.title,
                    "answers": [
                        (
                            heading(part, question),
                            _answer(document, name, question),
                            question.prompt,
                        )
                        for question in part.questions
                    ],
                    "proposed": known.sections[name].proposed,
                    "labels": {question.name: question.label for question in part.questions},
                    "form": FormHtml(posting, heading=3, scope=f"{name}-").form(
                        section_form(
                            incident.number,
                            part,
                            known.sections[name],
                            self.shell.policies().people,
                        )
                    )
                    if may
                    else "",
                }
                for name, part in PARTS.items()
            ],
            "items": [
                (item.description, about(item), item.tracking_url) for item in document.action_items
            ],
        }

    async def _file(
        self, visitor: Visitor, number: int, said: str, request: web.Request
    ) -> web.Response:
        incident = await self._incident(number, visitor)
        document = await self._document(incident, visitor, frozen="published" in request.query)
        text = markdown(document) if said == "markdown" else html_page(document)
        media, ending = MEDIA[said]
        name = f"postmortem-{number}.{ending}"
        headers = {**SECURITY, "Content-Disposition": f'attachment; filename="{name}"'}
        return web.Response(text=text, content_type=media, headers=headers)

    async def _document(self, incident: Incident, visitor: Visitor, *, frozen: bool) -> Document:
        known = postmortem_of(incident)
        if frozen:
            out = await self.shell.queries.published_postmortem(incident.number, visitor.viewer)
            if out is not None:
                return out
        if known is None:
            raise NotFound(f"#{incident.number} has no postmortem yet.")
        return document_of(incident, known, self.shell.policies())

    async def _incident(self, number: int, visitor: Visitor) -> Incident:
        incident = await self.shell.queries.incident(number, visitor.viewer)
        if incident is None:
            raise NotFound(f"There is no incident #{number}.")
        return incident


def _facts(document: Document) -> list[tuple[str, str, Markup | None]]:
    """(name, words, moment): a moment is shown in the reader's zone."""
    times = {
        TIMES[name]: moment(datetime.fromisoformat(said))
        for name, said in document.times.items()
        if said and name in TIMES
    }
    return [(name, words, times.get(name)) for name, words in facts_of(document)]


def _timeline(document: Document) -> list[tuple[Markup, str, Markup]]:
    """(moment, phase, what happened); nothing where somebody's lines are not of that form."""
    try:
        lines = read_timeline(document.answers("timeline")["lines"])
    except Invalid:
        return []
    return [(moment(line.at), str(line.phase), Markup(linked(line.text))) for line in lines]


def _answer(document: Document, name: str, question: Question) -> Sequence[Markup]:
    """Escaped lines or paragraphs; a bare address is a link that shows where it leads."""
    if question.listed:
        said = document.lines(name, question.name)
    else:
        whole = document.answers(name)[question.name]
        said = [whole] if whole else []
    return [Markup(linked(one)) for one in said]  # linked() escapes
