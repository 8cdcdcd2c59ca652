"""What people and programs asked for, against what was done."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from bot.domain.entry import EntryType
from tests.chaos.load import ON_ITS_WAY, Sent
from tests.chaos.oracle.stored import Stored

RECOVERED_IN: Final = timedelta(seconds=60)
"""Where replicas share a database, what a dead one began is taken over by then."""


def unheard(stored: Stored, sent: list[Sent]) -> Iterator[str]:
    """Commands and comments that were answered and did not happen, or happened twice."""
    rows = {row.key.rsplit(":", 1)[-1]: row for row in stored.invocations}
    notes = Counter(
        entry.text
        for life in stored.lives
        for entry in life.entries
        if entry.type is EntryType.COMMENT_ADDED
    )
    for one in sent:
        if one.door in {"command", "comment"}:
            yield from _one(one, rows.get(one.body["key"]), notes[_note_of(one)])


def _note_of(one: Sent) -> str:
    text = str(one.body["text"])
    return text.split(" ", 2)[2] if text.startswith("note") else text


def _one(one: Sent, row: Any, said: int) -> Iterator[str]:
    if said > 1:
        yield f"doubled: {one.body} was said {said} times"
    if not one.accepted or ON_ITS_WAY in str(one.reply):
        return
    if row is None or row.done_at is None:
        yield f"lost: {one.body} was answered and is {'not done' if row else 'not kept'}"
    if one.body["text"].startswith(("note", "looking")) and not said:
        yield f"lost: {one.body} was answered and not written"


def forgotten(stored: Stored) -> Iterator[str]:
    """Commands that were kept and never carried out; an API's client asks again itself."""
    for row in stored.invocations:
        if (
            row.done_at is None
            and row.platform != "rest"
            and row.received_at < stored.read_at - RECOVERED_IN
        ):
            yield f"lost: the command {row.text!r} was kept and never carried out"
