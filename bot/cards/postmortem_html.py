"""A postmortem as one HTML page without script, style sheet or picture from anywhere."""

import re
from collections.abc import Iterator
from html import escape
from typing import Final

from bot.cards.plain_text import one_line, visible
from bot.cards.postmortem_text import UNWRITTEN, about, facts_of, heading, lines_of
from bot.domain.postmortem import PARTS, Question
from bot.domain.postmortem_document import ActionItem, Document

_PAGE: Final = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
</head><body style="margin:0 auto;max-width:760px;padding:24px;font:16px/1.5 sans-serif">
<h1>{title}</h1>
{body}
</body></html>
"""
_URL: Final = re.compile(r"https?://[^\s<>\"'`\\]+[^\s<>\"'`\\.,;:!?)\]}]")


def html_page(document: Document) -> str:
    """The whole page; times in UTC."""
    return _PAGE.format(title=_safe(one_line(document.title)), body="\n".join(_body(document)))


def _body(document: Document) -> Iterator[str]:
    rows = "".join(
        f'<tr><th align="left" valign="top">{_safe(name)}</th><td>{_safe(value)}</td></tr>'
        for name, value in facts_of(document)
    )
    yield f"<table>{rows}</table>"
    for name, part in PARTS.items():
        yield f"<h2>{_safe(part.title)}</h2>"
        for question in part.questions:
            if question.name != "title":
                yield from _answer(document, name, question, heading(part, question))
    yield "<h2>Action items</h2>"
    items = "".join(map(_item, document.action_items))
    yield f"<ul>{items}</ul>" if items else "<p>None.</p>"


def _answer(document: Document, name: str, question: Question, above: str) -> Iterator[str]:
    if above:
        yield f"<h3>{_safe(above)}</h3>"
    if question.listed and (lines := lines_of(document, name, question)):
        yield f"<ul>{''.join(f'<li>{linked(line)}</li>' for line in lines)}</ul>"
        return
    said = document.answers(name)[question.name]
    paragraphs = re.split(r"\n\s*\n", said) if said else [UNWRITTEN]
    for paragraph in paragraphs:
        yield f'<p style="white-space:pre-wrap">{linked(paragraph)}</p>'


def _item(item: ActionItem) -> str:
    ticket = f" {linked(item.tracking_url)}" if item.tracking_url else ""
    return f"<li>{_safe(item.description)} ({_safe(about(item))}){ticket}</li>"


def linked(text: str) -> str:
    """Escaped words; a bare web address is a link that shows where it leads."""
    text, out, place = visible(text), [], 0
    for found in _URL.finditer(text):
        url = escape(found[0])
        out += [escape(text[place : found.start()]), f'<a href="{url}" rel="{_REL}">{url}</a>']
        place = found.end()
    return "".join([*out, escape(text[place:])])


_REL: Final = "noopener noreferrer nofollow"


def _safe(text: str) -> str:
    return escape(visible(text))
