"""A postmortem on a card: where it stands, and what can be pressed now."""

from bot.cards.postmortem_text import facts_of
from bot.domain.card import (
    Button,
    Buttons,
    Card,
    Element,
    Fact,
    Facts,
    Foreign,
    Item,
    Items,
    Ref,
    Style,
    Text,
    plain,
    say,
)
from bot.domain.entry import Entry
from bot.domain.postmortem import PARTS, Postmortem, Status
from bot.domain.postmortem_document import Document

SUMMARY: int = 1_000
"""Characters of the summary on a card."""


def no_postmortem_card(number: int) -> Card:
    return say(
        f"#{number} has no postmortem yet.", Button("Draft one", f"postmortem #{number} draft")
    )


def postmortem_card(document: Document, postmortem: Postmortem, *, url: str = "") -> Card:
    """Each section with what is still open in it; `url` is its page."""
    number, status = document.number, postmortem.head.status
    body: list[Element] = [_facts(document), *_summary(document)]
    for name, part in PARTS.items():
        section = postmortem.sections[name]
        left = [q.label.lower() for q in part.questions if not section.values.get(q.name)]
        said = f"Still open: {', '.join(left)}." if left else "Written."
        if section.proposed:
            said += " A new draft proposes changes."
        body.append(Text(f"**{part.title}**: {plain(said)}"))
    body += [_edit_buttons(number, postmortem), *_proposal_buttons(number, postmortem)]
    if status is not Status.PUBLISHED:
        body.append(_forward_buttons(number, postmortem))
    if url:
        body.append(Items((Item(Ref("Read and edit it on its page", url)),)))
    return Card(f"Postmortem of #{number}: {status}", tuple(body))


def _facts(document: Document) -> Facts:
    shown = ("Status", "Reviewed by", "Time to detect", "Time to acknowledge", "Time to mitigate")
    wanted = {*shown, "Severity", "Service", "Time to resolve"}
    return Facts(tuple(Fact(n, Foreign(v)) for n, v in facts_of(document) if n in wanted))


def _summary(document: Document) -> list[Element]:
    said = document.answers("summary")["summary"]
    return [Foreign(said[:SUMMARY])] if said else []


def _edit_buttons(number: int, postmortem: Postmortem) -> Buttons:
    return Buttons(
        tuple(
            Button(f"Edit {part.title.lower()}", f"postmortem #{number} edit {name}")
            for name, part in PARTS.items()
        )
    )


def _proposal_buttons(number: int, postmortem: Postmortem) -> list[Element]:
    buttons = [
        Button(f"{label}: {PARTS[name].title.lower()}", f"postmortem #{number} {do} {name}")
        for name, section in postmortem.sections.items()
        if section.proposed
        for label, do in (("Take changes", "accept"), ("Dismiss changes", "dismiss"))
    ]
    return [Buttons(tuple(buttons))] if buttons else []


def _forward_buttons(number: int, postmortem: Postmortem) -> Buttons:
    buttons = [Button("I have reviewed it", f"postmortem #{number} reviewed")]
    if postmortem.head.status is Status.DRAFT:
        buttons.insert(0, Button("Ask for a review", f"postmortem #{number} review"))
    publish = f"postmortem #{number} publish --version {postmortem.head.version}"
    buttons.append(Button("Publish", publish, Style.PRIMARY, confirm="Publish it to everybody?"))
    return Buttons(tuple(buttons))


def drafted_card(document: Document, entry: Entry, *, url: str) -> Card:
    """For the room, within seconds of the resolution."""
    number = document.number
    buttons = (
        Button("Edit the summary", f"postmortem #{number} edit summary"),
        Button("Show it", f"postmortem #{number}"),
    )
    what = "was drafted anew" if entry.metadata.get("again") else "is drafted"
    title = f"The postmortem of #{number} {what}"
    if entry.metadata.get("worded"):
        title = f"A model proposes words for the postmortem of #{number}"
    body = (*_summary(document), Buttons(buttons), Items((Item(Ref("Its page", url)),)))
    return Card(title, body, fallback=f"{title}: {url}")


def published_card(document: Document, *, url: str) -> Card:
    """For the room, the announcement channel and the mail."""
    lessons = document.lines("lessons", "lessons_learned")
    items = tuple(Item(Foreign(i.description), i.owner_name) for i in document.action_items[:10])
    body: list[Element] = [_facts(document), *_summary(document)]
    if lessons:
        body.append(Items(tuple(Item(Foreign(line)) for line in lessons[:10]), "Lessons learned"))
    if items:
        body.append(Items(items, "Action items"))
    body.append(Items((Item(Ref("Read it", url)),)))
    title = f"Postmortem of #{document.number} is published: {document.title}"
    return Card(title, tuple(body), fallback=f"{title} {url}")
