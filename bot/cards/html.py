"""A card as the HTML of a mail: tags and inline styles only, for mail programs drop the rest.

Whatever is not a tag of this file goes through `_safe`; a link leads to http or https, or is none.
"""

from collections.abc import Iterable
from html import escape
from typing import Final, assert_never

from bot.cards.clean import pretends
from bot.cards.markdown import Look, Span, spans
from bot.cards.plain_text import moment, one_line, visible
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
    Moment,
    Ref,
    Text,
    Tone,
    Value,
    Warning,
)

COLOURS: Final[dict[Tone, str]] = {
    Tone.NEUTRAL: "#57606a",
    Tone.ALARM: "#b42318",
    Tone.ACTIVE: "#9a6700",
    Tone.CALM: "#1a7f37",
    Tone.MUTED: "#8c959f",
}

_TAGS: Final[dict[Look, str]] = {Look.BOLD: "b", Look.ITALIC: "i", Look.CODE: "code"}
_LINES: Final = "white-space:pre-wrap;overflow-wrap:anywhere"
_PAGE: Final = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>
<body style="margin:0;padding:16px;font:16px/1.5 sans-serif">
<div style="max-width:640px;border-left:6px solid {colour};padding-left:16px">
<h1 style="font-size:20px;margin:0 0 12px">{emoji}{title}</h1>
{body}
</div></body></html>
"""


def html(card: Card) -> str:
    """A whole page; times in UTC."""
    return _PAGE.format(
        title=_safe(one_line(card.title)),
        emoji=f"{_safe(card.emoji)} " if card.emoji else "",
        colour=COLOURS[card.tone],
        body="\n".join(filter(None, map(_block, card.body))),
    )


def _safe(text: str) -> str:
    return escape(visible(text), quote=True)


def _block(element: Element) -> str:
    match element:
        case Text(markdown):
            return f'<p style="{_LINES}">{"".join(map(_span, spans(markdown)))}</p>'
        case Foreign(text):
            return f'<blockquote style="margin:0 0 12px;{_LINES}">{_safe(text)}</blockquote>'
        case Facts(facts):
            return _table(facts)
        case Items(items, heading):
            head = f"<h2 style='font-size:16px;margin:12px 0 4px'>{_safe(heading)}</h2>"
            return f"{head if heading else ''}<ul>{''.join(map(_item, items))}</ul>"
        case Buttons(buttons):
            return f"<p>Commands: {', '.join(map(_command, buttons))}</p>" if buttons else ""
        case Warning(text):
            return f'<p style="color:#b42318;{_LINES}"><b>Warning: {_safe(text)}</b></p>'
        case _:
            assert_never(element)


def _span(span: Span) -> str:
    if span.look is Look.LINK:
        return _link(span.text, span.url)
    tag = _TAGS.get(span.look)
    return f"<{tag}>{_safe(span.text)}</{tag}>" if tag else _safe(span.text)


def _table(facts: Iterable[Fact]) -> str:
    rows = (
        f'<tr><th align="left" valign="top">{_safe(fact.name)}</th>'
        f'<td style="padding-left:12px;{_LINES}">{_old(fact)}{_value(fact.value)}</td></tr>'
        for fact in facts
    )
    return f'<table role="presentation">{"".join(rows)}</table>'


def _old(fact: Fact) -> str:
    return "" if fact.old is None else f"<s>{_safe(fact.old)}</s> "


def _item(item: Item) -> str:
    about = f": {_safe(item.about)}" if item.about else ""
    at = f" ({moment(item.at)})" if item.at else ""
    return f"<li>{_value(item.value)}{about}{at}</li>"


def _command(button: Button) -> str:
    return f"<code>{_safe(button.command)}</code> ({_safe(button.label)})"


def _value(value: Value) -> str:
    match value:
        case Foreign(text) | str(text):
            return _safe(text)
        case Moment(at):
            return moment(at)
        case Ref(label, url):
            return _link(label, url)
        case _:
            assert_never(value)


def _link(label: str, url: str) -> str:
    """A link; where the label would pass for another address, both are shown."""
    if not url.startswith(("http://", "https://")):
        return _safe(f"{label} <{url}>")
    said, goes_to = _safe(label), _safe(one_line(url))
    if pretends(label, url):
        return f"{said} ({_leading(goes_to, goes_to)})"
    return _leading(said, goes_to)


def _leading(said: str, goes_to: str) -> str:
    return f'<a href="{goes_to}" rel="noopener noreferrer">{said}</a>'
