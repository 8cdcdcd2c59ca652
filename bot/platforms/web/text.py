"""Words as HTML: our own with a little Markdown, foreign ones with no meaning at all.

`markupsafe` escapes whatever is put into a `Markup`; every tag in this package stands in a literal.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from bot.cards.clean import pretends
from bot.cards.plain_text import visible

_PIECE: Final = re.compile(
    r"""\\(?P<escaped>[\\`*_\[\]()<>~|])
    | `(?P<code>(?:\\.|[^`\\]){1,2000})`
    | \*\*(?P<bold>(?:\\.|(?!\*\*)[^\\]){1,2000})\*\*
    | \*(?!\s)(?P<italic>(?:\\.|[^*\\]){1,2000})\*
    | \[(?P<label>(?:\\.|[^\[\]\\]){1,500})\]\((?P<url>(?:\\.|[^()\s\\]){1,2000})\)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPED: Final = re.compile(r"\\([\\`*_\[\]()<>~|])")


def foreign(text: str) -> Markup:
    """Words from outside, as they are; their direction stays their own."""
    return Markup("<bdi>{}</bdi>").format(visible(text))


def markdown(text: str) -> Markup:
    """Our own words: `**bold**`, `*italic*`, `` `code` ``, `[label](address)`, and backslashes."""
    text = visible(text)
    out, place = Markup(), 0
    for piece in _PIECE.finditer(text):
        out += escape(text[place : piece.start()]) + _piece(piece)
        place = piece.end()
    return out + escape(text[place:])


def _piece(piece: re.Match[str]) -> Markup:
    kind = piece.lastgroup or ""
    if kind == "url":
        return link(_unescaped(piece["label"]), _unescaped(piece["url"]))
    return _RENDER[kind](piece[kind])


_RENDER: Final[dict[str, Callable[[str], Markup]]] = {
    "escaped": escape,
    "code": lambda said: Markup("<code>{}</code>").format(_unescaped(said)),
    "bold": lambda said: Markup("<strong>{}</strong>").format(markdown(said)),
    "italic": lambda said: Markup("<em>{}</em>").format(markdown(said)),
}


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


def link(label: str, url: str) -> Markup:
    """A link, where the address is one a browser may follow; else only its label.

    Where the label would pass for another address, both are shown.
    """
    if not followable(url):
        return foreign(label)
    said = foreign(label)
    if url.startswith("/"):
        return Markup('<a href="{}">{}</a>').format(url, said)
    shown = '{0} (<a href="{1}"{2}>{1}</a>)' if pretends(label, url) else '<a href="{1}"{2}>{0}</a>'
    return Markup(shown).format(said, url, Markup(' rel="noopener noreferrer"'))


def followable(url: str) -> bool:
    """http, https, or a path of our own. Never `javascript:`, never another host in disguise."""
    if visible(url) != url or any(char.isspace() or char == "\\" for char in url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.scheme or parts.netloc:
        return parts.scheme in {"http", "https"} and bool(parts.netloc)
    return url.startswith("/")


def moment(at: datetime) -> Markup:
    """An instant; the page shows it in the browser's zone, and without JavaScript in UTC."""
    at = at.astimezone(UTC)
    return Markup('<time datetime="{}" data-local>{} UTC</time>').format(
        at.isoformat(timespec="seconds").replace("+00:00", "Z"), f"{at:%Y-%m-%d %H:%M}"
    )
