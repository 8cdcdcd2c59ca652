"""Silences: those in force, and a new one, which first shows what it would have hidden."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from aiohttp import web

from bot.domain.alert import AlertRecord
from bot.domain.duration import parse_duration
from bot.domain.errors import Invalid
from bot.domain.form import Field, FieldKind, Form
from bot.domain.silence import DEFAULT_LENGTH, Silence, check_length, check_matchers
from bot.platforms.web.forms import FormHtml
from bot.platforms.web.render import Posting
from handlers.web.commands import Commands, fragment, wants_json
from handlers.web.shell import Said, Shell
from handlers.web.visitor import Visitor
from handlers.words.silences import confirmed_line, read_matchers

LOOKS_BACK: Final = timedelta(hours=24)
SHOWN: Final = 20

ASKS: Final = Form(
    "A new silence",
    "silence",
    (
        Field(
            "matchers",
            "Which alerts",
            required=True,
            hint='Conditions on labels that must all hold: service="api" severity=~"warning|info"',
        ),
        Field(
            "length",
            "For how long",
            FieldKind.DURATION,
            value="1h",
            hint="At most 7d; more than 4h needs the right commander.",
        ),
        Field("comment", "Why"),
    ),
    submit="Show what it would hide",
)


class SilencePages:
    def __init__(self, shell: Shell, commands: Commands) -> None:
        self.shell, self.commands = shell, commands

    async def show(self, request: web.Request) -> web.StreamResponse:
        """With `?f.matchers=…`, what such a silence would have hidden in the last day."""
        visitor = await self.shell.visitors.who(request)
        return await self._page(visitor, request.query)

    async def act(self, request: web.Request) -> web.StreamResponse:
        """`silence` with the answers, or `silence end 7`."""
        fields = await self.shell.visitors.form(request)
        visitor = await self.shell.visitors.who(request)
        if not fields.get("text", "").startswith("silence"):
            raise Invalid("Only silences are made and ended here.")
        said = await self.commands.carry_out(visitor, fields, None)
        return fragment(said) if wants_json(request) else await self._page(visitor, {}, said)

    async def _page(
        self, visitor: Visitor, query: Mapping[str, str], said: Said | None = None
    ) -> web.Response:
        answers = {field.name: query.get(f"f.{field.name}", "") for field in ASKS.fields}
        asked = bool(answers["matchers"].strip())
        wrong: dict[str, str] = {}
        hit: Sequence[AlertRecord] = ()
        draft: Silence | None = None
        if asked:
            try:
                draft = self._draft(answers, visitor)
                since = self.shell.clock.now() - LOOKS_BACK
                hit = await self.shell.queries.would_hit(draft, since, visitor.viewer)
            except Invalid as no:
                wrong = {no.field or "matchers": str(no)}
        posting = Posting("/silences", visitor.csrf, self.shell.new_key)
        return await self.shell.page(
            "silences.html",
            visitor,
            title="Silences",
            path="/silences",
            said=said,
            silences=await self.shell.queries.silences(visitor.viewer),
            form=FormHtml(posting).form(ASKS, answers if asked else None, wrong, reads=True),
            here=posting,
            draft=draft,
            confirmed=draft
            and confirmed_line(draft.matchers, answers["length"].strip(), draft.comment),
            hit=len(hit),
            shown=hit[:SHOWN],
        )

    def _draft(self, answers: Mapping[str, str], visitor: Visitor) -> Silence:
        """Raises Invalid: it is no silence; the field is named."""
        matchers = tuple(read_matchers(answers["matchers"]))
        check_matchers(matchers)
        try:
            length = parse_duration(answers["length"]) if answers["length"] else DEFAULT_LENGTH
        except ValueError as wrong:
            raise Invalid(str(wrong), field="length") from None
        now = self.shell.clock.now()
        try:
            check_length(now, now + length)
        except (Invalid, OverflowError) as wrong:
            raise Invalid(str(wrong), field="length") from None
        return Silence(
            id=0,
            matchers=matchers,
            starts_at=now,
            ends_at=now + length,
            created_by=visitor.id,
            comment=answers["comment"],
        )
