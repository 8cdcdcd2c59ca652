"""Documents from outside: what a line of JSON, a Markdown file and an HTML page say.

Secrets are taken out here, before anything is kept.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any, Final

from bot.domain.errors import Invalid
from bot.domain.secrets import hide
from bot.ports.knowledge import Document

TEXT_LIMIT: Final = 1_000_000
"""Characters of a document."""

TITLE_LIMIT: Final = 500
ID_LIMIT: Final = 200
KIND: Final = re.compile(r"[a-z][a-z0-9_-]{0,31}")
OURS: Final = "INC-"
"""Ids of Muster's own incidents begin so; nobody else's document may."""

_UNKEEPABLE: Final = re.compile("[\x00\ud800-\udfff]")
_TITLE: Final = re.compile(r"^#\s+(.+?)\s*#*\s*$", re.MULTILINE)
_FRONT: Final = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_FRONT_TITLE: Final = re.compile(r"^title:\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE)


def read_line(line: str, *, kind: str = "document") -> Document:
    """One JSON object with `id title text`, and perhaps `kind url date tags service`.

    Raises:
        Invalid: it is none, or a field cannot be used; the text says which.
    """
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        raise Invalid("This is not JSON.") from None
    if not isinstance(said, dict):
        raise Invalid("This is not a JSON object.")
    id = _text(said, "id", ID_LIMIT, needed=True)
    if id.upper().startswith(OURS):
        raise Invalid(f"id begins with {OURS}, as only Muster's own incidents do.")
    kind = _text(said, "kind", 32) or kind
    if not KIND.fullmatch(kind):
        raise Invalid("kind must be a short word in lower case, such as runbook.")
    return Document(
        id=id,
        kind=kind,
        title=hide(_text(said, "title", TITLE_LIMIT, needed=True)),
        text=hide(_text(said, "text", TEXT_LIMIT, needed=True)),
        url=web_address(_text(said, "url", 2_000)),
        date=_date(said),
        tags=_tags(said),
        service=_text(said, "service", 200) or None,
    )


def read_markdown(id: str, text: str, *, kind: str, url: str = "") -> Document:
    """A Markdown file; its title is its first heading, or what its front matter says."""
    front = _FRONT.match(text)
    named = _FRONT_TITLE.search(front[1]) if front else None
    title = named or _TITLE.search(text)
    body = text[front.end() :] if front else text
    return _written(id, title[1] if title else id, body, kind, url)


def read_html(id: str, text: str, *, kind: str, url: str = "") -> Document:
    """An HTML page as Markdown: its headings, paragraphs and lists, without scripts and menus."""
    page = _Page()
    page.feed(text)
    page.close()
    body = re.sub(r"\n{3,}", "\n\n", "".join(page.said)).strip()
    title = " ".join("".join(page.title).split())
    if not title and (heading := _TITLE.search(body)):
        title = heading[1]
    return _written(id, title or id, body, kind, url)


def _written(id: str, title: str, body: str, kind: str, url: str) -> Document:
    text = _UNKEEPABLE.sub("\N{REPLACEMENT CHARACTER}", body)[:TEXT_LIMIT]
    if not text.strip():
        raise Invalid("There is nothing in it.")
    return Document(
        id=id[-ID_LIMIT:], kind=kind, title=hide(title)[:TITLE_LIMIT], text=hide(text), url=url
    )


def web_address(said: str) -> str:
    """The address if it is one of the web, else nothing: a link from outside is shown as one."""
    good = said.lower().startswith(("http://", "https://"))
    return said if good and not any(c.isspace() or c in '<>"`|' for c in said) else ""


def _text(said: Mapping[str, Any], name: str, limit: int, *, needed: bool = False) -> str:
    value = said.get(name)
    if value is None and not needed:
        return ""
    if not isinstance(value, str):
        raise Invalid(f"{name} is missing." if value is None else f"{name} must be text.")
    value = _UNKEEPABLE.sub("\N{REPLACEMENT CHARACTER}", value)
    if name != "text":
        value = " ".join(value.split())
    if needed and not value.strip():
        raise Invalid(f"{name} is empty.")
    if len(value) > limit:
        raise Invalid(f"{name} has {len(value)} characters; at most {limit} fit.")
    return value


def _date(said: Mapping[str, Any]) -> datetime | None:
    """A day or a moment; one without a zone is UTC. A date that nobody can read is none."""
    try:
        moment = datetime.fromisoformat(str(said.get("date") or ""))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _tags(said: Mapping[str, Any]) -> tuple[str, ...]:
    tags = said.get("tags") or ()
    if not isinstance(tags, list | tuple) or not all(isinstance(tag, str) for tag in tags):
        raise Invalid("tags must be a list of words.")
    return tuple(dict.fromkeys(hide(" ".join(tag.split()))[:100] for tag in tags[:50]))


class _Page(HTMLParser):
    SKIPPED: Final = frozenset({"script", "style", "nav", "header", "footer", "noscript", "svg"})
    BLOCKS: Final = frozenset({"p", "div", "section", "article", "ul", "ol", "table", "pre", "tr"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.title: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.SKIPPED or tag == "title":
            self._inside.append(tag)
        elif re.fullmatch("h[1-6]", tag):
            self.said.append(f"\n\n{'#' * int(tag[1])} ")
        elif tag == "li":
            self.said.append("\n- ")
        elif tag in self.BLOCKS or tag == "br":
            self.said.append("\n" if tag == "br" else "\n\n")

    def handle_endtag(self, tag: str) -> None:
        if self._inside and tag == self._inside[-1]:
            self._inside.pop()
        elif tag in self.BLOCKS or re.fullmatch("h[1-6]", tag):
            self.said.append("\n\n")

    def handle_data(self, data: str) -> None:
        if "title" in self._inside:
            self.title.append(data)
        elif not self._inside:
            self.said.append(re.sub(r"\s+", " ", data))
