"""The source says that it is over: its own alert clears, and perhaps the incident with it."""

from typing import ClassVar

from bot.domain.alert import Decision
from bot.domain.entry import EntryType, incident_stream
from bot.domain.incident import Incident
from bot.domain.lifecycle import Timer
from bot.domain.people import source_actor
from bot.engine.book import Book, Item
from bot.engine.clearing import all_clear
from bot.engine.life import Life
from bot.engine.rules import Rules


class Resolve:
    sorts: ClassVar[bool] = False

    def __init__(self, rules: Rules, life: Life) -> None:
        self.rules, self.life = rules, life

    def __call__(self, item: Item, book: Book) -> None:
        record = book.records.get(item.key)
        if record is None or not record.firing:
            item.decide(Decision.NOTHING_TO_RESOLVE)
            return
        item.decide(Decision.RESOLVED, incident=record.incident)
        if incident := book.open_incident(record.incident):
            self._clear(item, book, incident)

    def _clear(self, item: Item, book: Book, incident: Incident) -> None:
        if book.tally(incident.number, firing=-1).firing > 1:
            book.ledger.refreshed.add(incident.number)
            return
        actor = source_actor(item.alert.source)
        book.ledger.enter(incident, EntryType.ALL_CLEAR, actor, set={"all_clear_at": book.now})
        settle = self.rules.intake.settle
        if item.alert.settles_at_once or not settle:
            all_clear(self.life, book.ledger, incident, actor)
        elif not incident.declared:
            book.ledger.arm(
                incident_stream(incident.number), Timer.SETTLE, incident.round, book.now + settle
            )
