"""Words as Slack's mrkdwn: our own with a little Markdown, foreign ones with no meaning at all.

`&`, `<` and `>` are Slack's control characters; a mention, a group or a link begins with `<`, so
foreign words that are escaped can be none of these:
https://docs.slack.dev/messaging/formatting-message-text#escaping. What hides or turns the direction
of writing is taken out. Everything here is cut without tearing an entity or a `<…>` apart.
"""

import re
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote, urlsplit

from bot.cards.markdown import Look, Span, spans
from bot.cards.plain_text import visible
from bot.domain.card import Foreign, Moment, Ref, Value

_UNSEEN: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028\u2029"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
    "|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])"
)
"""Nothing to see; joiners stay between letters that need them (Persian, Hindi, families)."""

_OPENING: Final = re.compile(r"(?<!\w)[*_~](?=[^\s*_~])|`")
_TOKEN: Final = re.compile(r"<[^<>]*>|&(?:amp|lt|gt);|.", re.DOTALL)
_BARE_ADDRESS: Final = re.compile(r"://|\bwww\.|\b[\w-]+\.[a-z]{2,}/", re.IGNORECASE)
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_JOINER: Final = "\u2060"
_SAFE: Final = "/:?#[]@!$&'()*+,;=%~-._"

CUT: Final = "…"
ADDRESS_LIMIT: Final = 2_000
LABEL_LIMIT: Final = 150


def clean(text: str) -> str:
    """The same words without what cannot be seen; for plain_text, where nothing has a meaning."""
    return _UNSEEN.sub("", visible(text))


def escape(text: str) -> str:
    """Words for the middle of mrkdwn: no mention, no link, no entity."""
    return "".join(_ENTITIES.get(char, char) for char in clean(text))


def foreign(text: str) -> str:
    """Words from outside: escaped, and no `*` at the beginning of a word makes them bold."""
    return _OPENING.sub(lambda found: found[0] + _JOINER, escape(text))


def one_line(text: str) -> str:
    """Foreign words on one line."""
    return foreign(" ".join(text.split()))


def markdown(text: str) -> str:
    """Our own words (see bot.domain.card.Text) as mrkdwn."""
    return "".join(map(_span, spans(text)))


def _span(span: Span) -> str:
    match span.look:
        case Look.LINK:
            return link(span.text, span.url)
        case Look.PLAIN:
            return foreign(span.text)
        case look:
            return dressed(span.text, _MARKS[look])


_MARKS: Final = {Look.BOLD: "*", Look.ITALIC: "_", Look.CODE: "`"}


def dressed(text: str, mark: str) -> str:
    """The words between two marks (`*` bold, `_` italic, `~` struck, `` ` `` code), on one line."""
    bare = escape(" ".join(text.split())).replace(mark, "")
    return f"{mark}{bare}{mark}" if bare else ""


def bold(text: str) -> str:
    return dressed(text, "*")


def struck(text: str) -> str:
    return dressed(text, "~")


def link(label: str, url: str) -> str:
    """A link; where the label would pass for an address, or the address is none, both are shown."""
    address = _address(url)
    said = escape(cut_plain(" ".join(label.split()), LABEL_LIMIT)).replace("|", "¦")
    if not address:
        return foreign(label)
    if not said:
        return f"<{address}>"
    if _BARE_ADDRESS.search(label) and label.strip() != url:
        return f"{foreign(label)} (<{address}>)"
    return f"<{address}|{said}>"


def _address(url: str) -> str:
    """The address with everything quoted that could end it; nothing where nobody may follow it."""
    if clean(url) != url:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return ""
    quoted = quote(url, safe=_SAFE).replace("&", "&amp;")
    return quoted if len(quoted) <= ADDRESS_LIMIT else ""


def moment(at: datetime) -> str:
    """An instant in the reader's own zone; whoever cannot show that reads UTC.

    https://docs.slack.dev/messaging/formatting-message-text#date-formatting
    """
    at = at.astimezone(UTC)
    seconds = max(0, int(at.timestamp()))
    return f"<!date^{seconds}^{{date_short_pretty}} {{time_secs}}|{at:%Y-%m-%d %H:%M:%S} UTC>"


def value(said: Value) -> str:
    """What a fact or an item holds, on one line."""
    match said:
        case Foreign(text):
            return one_line(text)
        case Moment(at):
            return moment(at)
        case Ref(label, url):
            return link(label, url)
        case _:
            return one_line(said)


def cut(mrkdwn: str, limit: int) -> str:
    """At most `limit` characters; what is left out shows as `…`."""
    if len(mrkdwn) <= limit:
        return mrkdwn
    kept, room = [], limit - len(CUT)
    for token in _TOKEN.findall(mrkdwn):
        if len(token) > room:
            break
        kept.append(token)
        room -= len(token)
    return "".join(kept) + CUT


def cut_plain(text: str, limit: int) -> str:
    """The same for plain_text, cleaned."""
    text = clean(text)
    return text if len(text) <= limit else text[: limit - len(CUT)].rstrip() + CUT


def split(mrkdwn: str, limit: int, most: int) -> list[str]:
    """Parts of at most `limit` characters, torn at line ends where possible; at most `most`.

    What does not fit even so ends with `…`.
    """
    parts = [""]
    for line in mrkdwn.split("\n"):
        for piece in _pieces(line, limit):
            joined = f"{parts[-1]}\n{piece}" if parts[-1] else piece
            if len(joined) <= limit:
                parts[-1] = joined
            else:
                parts.append(piece)
    parts = [part for part in parts if part.strip()]
    if len(parts) > most:
        parts = [*parts[: most - 1], cut("\n".join(parts[most - 1 :]), limit)]
    return parts


def _pieces(line: str, limit: int) -> list[str]:
    """A line in pieces that fit."""
    if len(line) <= limit:
        return [line]
    pieces, piece = [], ""
    for token in _TOKEN.findall(line):
        if len(piece) + len(token) > limit:
            pieces.append(piece)
            piece = ""
        piece += token
    return [*pieces, piece]
