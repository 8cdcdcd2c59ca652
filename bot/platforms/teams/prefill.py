"""A form that is opened on somebody's message begins with its words."""

from collections.abc import Mapping
from typing import Final

from bot.cards.clean import first_line
from bot.domain.form import FieldKind, Form
from bot.platforms.teams.heard import Message, Where
from bot.platforms.teams.timeline import Timeline

TITLE: Final = 200
BEGUN: Final = "title"
QUOTING: Final = "description"


class Prefill:
    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline

    async def __call__(self, form: Form, about: Message, where: Where) -> dict[str, str]:
        """A title takes the first line, a description who said it and where; else the first field
        that takes words has them all."""
        kinds: Mapping[str, FieldKind] = {field.name: field.kind for field in form.fields}
        quote = await self.timeline.quote(about.by, about.text, about.link, where)
        if BEGUN in kinds:
            begun = {BEGUN: first_line(about.text, TITLE)}
            return begun | ({QUOTING: quote} if QUOTING in kinds else {})
        typed = (FieldKind.LINE, FieldKind.TEXT)
        name = next((name for name, kind in kinds.items() if kind in typed), None)
        return {name: about.text} if name else {}
