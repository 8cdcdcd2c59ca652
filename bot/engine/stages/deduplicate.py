"""Has it been said before? Repetitions of what is known and open end here."""

from typing import ClassVar, Final

from bot.domain.alert import Decision, KnownAlert
from bot.engine.book import Book, Item
from bot.engine.rules import Rules


class Deduplicate:
    sorts: ClassVar[bool] = False

    def __init__(self, rules: Rules) -> None:
        self.rules = rules

    def __call__(self, item: Item, book: Book) -> None:
        record = book.known.get(item.key)
        if record is None:
            return
        if is_late(item, record):
            item.decide(Decision.LATE, incident=record.incident if book.is_open(record) else None)
        elif repeats(item, record) and book.is_open(record):
            recent = book.now - record.last_seen_at < self.rules.intake.duplicate_window
            item.decide(
                Decision.DUPLICATE if recent else Decision.REPEATED, incident=record.incident
            )


def is_late(item: Item, record: KnownAlert) -> bool:
    """Its own time is before what is already known of it.

    What was known came at the latest when it was heard: a source whose clock was once ahead would
    otherwise be late, and say nothing, until the true time has caught up.
    """
    said, known = item.alert.happened_at, record.happened_at
    if item.woken or said is None or known is None:
        return False
    return said < min(known, record.last_seen_at)


HIDDEN: Final = frozenset({Decision.SILENCED_BY, Decision.INHIBITED_BY})


def repeats(item: Item, record: KnownAlert) -> bool:
    """Fires on, as badly as before, in the incident it belongs to and not hidden from it."""
    return (
        item.alert.firing
        and record.firing
        and record.incident is not None
        and record.decision not in HIDDEN
        and item.severity is record.severity
    )
