"""A postmortem as Markdown (CommonMark). Words of others cannot become a tag, a picture, a link
that says one thing and leads to another, or a heading of ours."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from bot.cards.plain_text import one_line, visible
from bot.domain.duration import say_duration
from bot.domain.errors import Invalid
from bot.domain.postmortem import PARTS, Part, Question
from bot.domain.postmortem_document import ActionItem, Document
from bot.domain.postmortem_timeline import read_timeline

UNWRITTEN: Final = "Not written."
DURATIONS: Final = {
    "mttd": "Time to detect",
    "mtta": "Time to acknowledge",
    "mttm": "Time to mitigate",
    "mttr": "Time to resolve",
}
TIMES: Final = {
    "impact_began": "Impact began",
    "detected": "Detected",
    "opened": "Opened",
    "acknowledged": "Acknowledged",
    "mitigated": "Mitigated",
    "ended": "Ended",
}
STATES: Final = {"open": "open", "done": "done", "wont_do": "won't do"}
_RISKY: Final = re.compile(r"[\\<>\[\]`|&]")
_HEADS: Final = re.compile(
    r"""^([ \t]*\d*?) (?: (?=[#=~+>])                          # a heading, a fence, a quotation
                      | (?=([-*_])[ \t]*(?:\2[ \t]*)*$)       # a rule, or the line under a heading
                      | (?<=\d)(?=[.)](?:[ \t]|$)) )          # a list that counts by itself""",
    re.MULTILINE | re.VERBOSE,
)
"""Where a line would begin something; a backslash stands before it."""


def markdown(document: Document) -> str:
    """The whole document; ends with a line feed."""
    blocks = [f"# {_safe(one_line(document.title))}", *_head(document)]
    for name, part in PARTS.items():
        blocks.append(f"## {part.title}")
        blocks += [
            block
            for question in part.questions
            if question.name != "title"
            for block in _answer(document, name, question, heading(part, question))
        ]
    blocks += ["## Action items", *_items(document.action_items)]
    return "\n\n".join(blocks) + "\n"


def facts_of(document: Document) -> list[tuple[str, str]]:
    """(name, value): what stands above the text, without what is not known."""
    facts = [
        ("Incident", f"#{document.number} ({document.incident_id})"),
        ("Severity", document.severity),
        ("Service", document.service or ""),
        ("Team", document.team or ""),
        ("Status", _status(document)),
        ("Reviewed by", ", ".join(document.reviewed_by)),
    ]
    facts += [(label, say_moment(document.times.get(name))) for name, label in TIMES.items()]
    facts += [(label, say_span(document.durations.get(n))) for n, label in DURATIONS.items()]
    facts.append(("People", "; ".join(f"{p.name} ({', '.join(p.parts)})" for p in document.people)))
    return [(name, one_line(value)) for name, value in facts if value]


def say_moment(said: str | None) -> str:
    """`2026-01-05T09:00:00Z` → `2026-01-05 09:00 UTC`."""
    return f"{said[:10]} {said[11:16]} UTC" if said else ""


def say_span(seconds: float | None) -> str:
    return say_duration(timedelta(seconds=seconds)) if seconds is not None else ""


def about(item: ActionItem) -> str:
    """Whose it is, by when, and how it stands."""
    due = f"due {item.due_date}" if item.due_date else ""
    said = (STATES[item.status], item.owner_name or "nobody's yet", item.priority, due)
    return ", ".join(filter(None, said))


def _status(document: Document) -> str:
    if not document.version:
        return document.status
    return (
        f"published, version {document.version}, {say_moment(document.published_at)},"
        f" by {document.published_by}"
    )


def _head(document: Document) -> Iterator[str]:
    yield "\n".join(f"- **{name}:** {_safe(value)}" for name, value in facts_of(document))


def heading(part: Part, question: Question) -> str:
    """What stands above an answer; nothing where the section says the same already."""
    alone = len(part.questions) == 1 or question.label == part.title
    return "" if alone else question.label


def lines_of(document: Document, name: str, question: Question) -> list[str]:
    """The lines of an answer that is a list; a moment says its phase in brackets."""
    lines = document.lines(name, question.name)
    return list(map(_moment, lines)) if question.name == "lines" else lines


def _moment(line: str) -> str:
    try:
        (moment,) = read_timeline(line)
    except (Invalid, ValueError):
        return line
    return f"{moment.at:%Y-%m-%d %H:%M:%S} UTC ({moment.phase}): {moment.text}"


def _answer(document: Document, name: str, question: Question, above: str) -> Iterator[str]:
    if above:
        yield f"### {above}"
    if question.listed:
        lines = [f"- {_safe(one_line(line))}" for line in lines_of(document, name, question)]
        yield "\n".join(lines) or UNWRITTEN
    else:
        yield _safe(document.answers(name)[question.name]) or UNWRITTEN


def _items(items: Sequence[ActionItem]) -> Iterator[str]:
    lines = [
        f"- [{'x' if item.status != 'open' else ' '}] {_safe(one_line(item.description))}"
        f" ({_safe(about(item))}){f' {_safe(item.tracking_url)}' if item.tracking_url else ''}"
        for item in items
    ]
    yield "\n".join(lines) or "None."


def _safe(text: str) -> str:
    """The same words as CommonMark text: https://spec.commonmark.org/0.31.2/#backslash-escapes"""
    escaped = _RISKY.sub(lambda risky: f"\\{risky[0]}", visible(text))
    return _HEADS.sub(r"\1\\", escaped)
