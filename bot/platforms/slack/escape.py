"""Words as Slack's mrkdwn: our own with a little Markdown, foreign ones with no meaning at all.

`&`, `<` and `>` are Slack's control characters; a mention, a group or a link begins with `<`, so
foreign words that are escaped can be none of these:
https://docs.slack.dev/messaging/formatting-message-text#escaping. What hides or turns the direction
of writing is taken out. Everything here is cut without tearing an entity or a `<…>` apart.
"""

import re
from datetime import UTC, datetime
from typing import Final

from bot.cards.clean import CUT, address, clean, pretends
from bot.cards.clean import cut as cut_words
from bot.cards.markdown import Look, Span, spans
from bot.domain.card import Foreign, Moment, Ref, Value

_OPENING: Final = re.compile(r"(?<!\w)[*_~](?=[^\s*_~])|`")
_TOKEN: Final = re.compile(r"<[^<>]*>|&(?:amp|lt|gt);|.", re.DOTALL)
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_JOINER: Final = "\u2060"

LABEL_LIMIT: Final = 150


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
    goes_to = address(url).replace("&", "&amp;")
    said = escape(cut_words(" ".join(label.split()), LABEL_LIMIT)).replace("|", "¦")
    if not goes_to:
        return foreign(label)
    if not said:
        return f"<{goes_to}>"
    if pretends(label, url):
        return f"{foreign(label)} (<{goes_to}>)"
    return f"<{goes_to}|{said}>"


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
