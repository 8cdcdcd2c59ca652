"""What a model made of an incident, and what may be pressed. Its words are foreign words."""

from collections.abc import Sequence
from typing import Final, Protocol

from bot.domain.card import (
    Button,
    Buttons,
    Card,
    Element,
    Foreign,
    Item,
    Items,
    Style,
    Text,
    Tone,
)

TITLES: Final = {
    "categorization": "How it may be sorted",
    "similarity": "Past incidents like it",
    "resolution_suggestion": "What may help",
    "root_cause": "What the record says of the cause",
    "impact_assessment": "What the record says of the impact",
    "service_trends": "How its service has been",
    "summary": "What happened",
    "status_update": "A draft of an update",
}
UNVERIFIED: Final = "(unverified)"
"""Behind a sentence that no line of the record says in these words."""

LEGEND: Final = (
    "*(unverified): its words stand in the lines it names, put together by the model. Read them.*"
)
NOTHING: Final = "Nothing in the record bears it out, so nothing is said."


class Sentence(Protocol):
    @property
    def text(self) -> str: ...
    @property
    def sources(self) -> Sequence[str]: ...


class Suggested(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def incident(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def command(self) -> str: ...
    @property
    def status(self) -> str: ...


def analysis_card(
    kind: str,
    number: int,
    sentences: Sequence[Sentence],
    suggestions: Sequence[Suggested] = (),
    *,
    model: str = "",
    confidence: float = 0.0,
    buttons: Sequence[Button] = (),
) -> Card:
    """Sentences with the lines they are from, then what may be pressed."""
    body: list[Element] = [Foreign(_said(one)) for one in sentences]
    if not sentences and not suggestions:
        body.append(Text(NOTHING))
    body += legend(sentences)
    if model:
        body.append(Text(f"*By a model, from the record. Confidence: {confidence:.0%}.*"))
    body += suggestion_elements(suggestions)
    if buttons:
        body.append(Buttons(tuple(buttons)))
    return Card(f"#{number}: {TITLES.get(kind, kind)}", tuple(body), Tone.CALM)


def legend(sentences: Sequence[Sentence]) -> list[Element]:
    """What the mark means, where one is shown."""
    marked = any(one.text.endswith(UNVERIFIED) for one in sentences)
    return [Text(LEGEND)] if marked else []


def suggestion_elements(suggestions: Sequence[Suggested]) -> list[Element]:
    """What is suggested and not decided yet, with its buttons. Pressing one is a person's act."""
    pending = [one for one in suggestions if one.status == "pending"]
    if not pending:
        return []
    items = tuple(Item(Foreign(one.text), one.command) for one in pending)
    body: list[Element] = [Items(items, "Suggested; nothing happens unless you press")]
    for place, one in enumerate(pending, 1):
        many = f" {place}" if len(pending) > 1 else ""
        apply = f"summary #{one.incident} --apply {one.id}"
        reject = f"summary #{one.incident} --reject {one.id}"
        body.append(Buttons((Button(f"Do it{many}", apply, Style.PRIMARY), Button("No", reject))))
    return body


def _said(one: Sentence) -> str:
    return f"{one.text} [{', '.join(one.sources)}]" if one.sources else one.text
