"""`/api/v1/incidents/{id}/postmortem`: drafted, read, edited by section, reviewed, published."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Final

from bot.cards.postmortem_html import html_page
from bot.cards.postmortem_text import markdown
from bot.domain.errors import Invalid, NotFound, Stale
from bot.domain.incident import Incident
from bot.domain.policy import Policies
from bot.domain.postmortem import postmortem_of
from bot.domain.postmortem_document import Document
from bot.engine.acts.postmortems import found
from bot.engine.incidents import Incidents
from bot.engine.postmortem.document import document_of
from bot.engine.postmortem.wording import Wording
from bot.ports.queries import Queries
from handlers.api.bodies import Nothing, Publication, Review, SectionPatch
from handlers.api.finding import Finder
from handlers.api.incidents import PATH
from handlers.api.operation import Asked, Operation, Reply
from handlers.api.params import Kind, Param
from handlers.api.shown.postmortem import PostmortemShown, show_frozen, show_postmortem
from handlers.api.versions import etag

HERE: Final = f"{PATH}/{{id}}/postmortem"
FORMATS: Final = {"markdown": "text/markdown", "html": "text/html"}


class PostmortemSubject:
    def __init__(
        self,
        queries: Queries,
        finder: Finder,
        incidents: Incidents,
        policies: Callable[[], Policies],
        wording: Wording,
    ) -> None:
        self.queries, self.finder = queries, finder
        self.incidents, self.policies, self.wording = incidents, policies, wording

    def operations(self) -> Iterable[Operation]:
        row = partial(Operation, again=self.again, shows=PostmortemShown)
        return (
            row(
                method="GET",
                path=HERE,
                name="show_postmortem",
                about="Shows the postmortem as it stands, or as it was published.",
                do=self.show,
                again=None,
                verb="postmortem",
                params=(
                    Param(
                        name="format",
                        about="JSON, or the whole text to keep elsewhere.",
                        kind=Kind.CHOICE,
                        choices=("json", *FORMATS),
                        default="json",
                    ),
                    Param(
                        name="published",
                        about="The text as it was last published.",
                        kind=Kind.CHOICE,
                        choices=("true", "false"),
                        default="false",
                    ),
                ),
                also=tuple(FORMATS.values()),
                refuses=(404,),
            ),
            row(
                method="POST",
                path=HERE,
                name="draft_postmortem",
                about="Drafts it; once people have edited it, a new draft only proposes changes.",
                do=self.draft,
                body=Nothing,
                examples=({},),
                refuses=(404,),
            ),
            row(
                method="PATCH",
                path=HERE,
                name="edit_postmortem",
                about="Saves a section, unless somebody has saved it since: then both texts.",
                do=self.edit,
                body=SectionPatch,
                examples=(
                    {"section": "root_cause", "values": {"description": "No limit."}},
                    {"section": "lessons", "values": {"lessons_learned": "Set limits."}},
                ),
                refuses=(404, 412),
                if_match=True,
            ),
            row(
                method="POST",
                path=f"{HERE}/review",
                name="review_postmortem",
                about="Asks for a review, or says that you have made one.",
                do=self.review,
                body=Review,
                examples=({}, {"done": True}),
                refuses=(404, 409),
            ),
            row(
                method="POST",
                path=f"{HERE}/publish",
                name="publish_postmortem",
                about="Freezes a version and tells everybody; closes it where the policy says so.",
                do=self.publish,
                body=Publication,
                examples=({"anyway": True},),
                refuses=(404, 409, 412),
                if_match=True,
            ),
        )

    async def show(self, asked: Asked) -> Reply:
        incident = await self.finder.incident(asked)
        frozen = asked.query["published"] == "true"
        document = await self._document(incident, asked, frozen=frozen)
        said = asked.query["format"]
        if said in FORMATS:
            text = markdown(document) if said == "markdown" else html_page(document)
            return Reply(text=text, media=FORMATS[said])
        if frozen:
            known = postmortem_of(incident)
            return Reply(data=show_frozen(document, known.head.published if known else None))
        return self._shown(incident)

    async def _document(self, incident: Incident, asked: Asked, *, frozen: bool) -> Document:
        if not frozen:
            return document_of(incident, found(incident), self.policies())
        document = await self.queries.published_postmortem(incident.number, asked.viewer)
        if document is None:
            raise NotFound(f"The postmortem of #{incident.number} is not published.")
        return document

    def _shown(self, incident: Incident) -> Reply:
        known = found(incident)
        document = document_of(incident, known, self.policies())
        headers = {"ETag": etag(known.head.version)}
        return Reply(data=show_postmortem(incident, known, document), headers=headers)

    async def draft(self, asked: Asked) -> Reply:
        incident = await self.finder.incident(asked)
        done = await self.incidents.draft_postmortem(incident.number, asked.ask())
        if not done.changed:
            self.wording.want(incident.number, asked.actor)
        return self._shown(done.incident)

    async def edit(self, asked: Asked) -> Reply:
        body: SectionPatch = asked.body
        incident = await self.finder.incident(asked)
        if (body.proposal is None) is (not body.values):
            raise Invalid("Give `values` of the section, or say `proposal`.", field="values")
        if body.proposal is not None:
            done = await self.incidents.settle_proposal(
                incident.number, body.section, asked.ask(), take=body.proposal == "accept"
            )
        else:
            done = await self.incidents.save_section(
                incident.number,
                body.section,
                body.values,
                asked.ask(),
                version=body.version,
                document=self._wanted(asked, incident),
            )
        return self._shown(done.incident)

    def _wanted(self, asked: Asked, incident: Incident) -> int | None:
        """The version of the document that If-Match names; None where any will do."""
        named, now = asked.if_match, found(incident).head.version
        if named is None or named.any:
            return None
        if now not in named:
            raise Stale(f"The postmortem is at version {now} by now.")
        return now

    async def review(self, asked: Asked) -> Reply:
        body: Review = asked.body
        incident = await self.finder.incident(asked)
        done = await self.incidents.review_postmortem(incident.number, asked.ask(), done=body.done)
        return self._shown(done.incident)

    async def publish(self, asked: Asked) -> Reply:
        body: Publication = asked.body
        incident = await self.finder.incident(asked)
        wanted = self._wanted(asked, incident) if asked.if_match is not None else body.version
        done = await self.incidents.publish_postmortem(
            incident.number, asked.ask(), version=wanted, anyway=body.anyway
        )
        return self._shown(done.incident)

    async def again(self, asked: Asked, moment: datetime) -> Reply:
        return self._shown(await self.finder.incident(asked))
