"""Alerts flow through the stages: read once, decide in memory, write once."""

from collections.abc import Collection, Iterable, Sequence

from bot.domain.alert import Alert, AlertRecord, Decision, seen_labels
from bot.engine.book import Book, Item
from bot.engine.rules import Rules
from bot.engine.stages import Stage
from bot.engine.stages.deduplicate import is_late, repeats
from bot.engine.stages.inhibit import source_keys, target_keys
from bot.ports.store import AlertKey, Unit

UNTOUCHED = frozenset({Decision.LATE, Decision.NOTHING_TO_RESOLVE})
"""Decisions after which the alert's own record stays as it was, if it has one."""

PLAIN = frozenset({Decision.DUPLICATE, Decision.REPEATED})


class Pipeline:
    """`stages` in their order; those that `sort` come first and need no database."""

    def __init__(self, rules: Rules, stages: Sequence[Stage]) -> None:
        self.rules = rules
        self.sorting = tuple(stage for stage in stages if stage.sorts)
        self.deciding = tuple(stage for stage in stages if not stage.sorts)

    async def decide(self, unit: Unit, alerts: Iterable[Alert | Item]) -> list[Item]:
        """Decides about each alert in order, writing everything that follows into the ledger."""
        items = [given if isinstance(given, Item) else Item(given) for given in alerts]
        book = Book(unit.ledger, self.rules.policies)
        for item in items:
            for stage in self.sorting:
                stage(item, book)
        await self._read(unit, book, items)
        for item in items:
            self._one(item, book)
        book.enter_joins()
        await unit.give_back(list(book.numbers))
        return items

    def _one(self, item: Item, book: Book) -> None:
        if item.decision is None:
            for stage in self.deciding:
                stage(item, book)
                if item.decision is not None:
                    break
        self._keep(item, book)
        if (record := book.known.get(item.key)) is not None:
            item.record_id = record.id
        if item.incident is not None:
            item.incident_opened_at = book.opened_at(item.incident, record)

    def _keep(self, item: Item, book: Book) -> None:
        known = book.known.get(item.key)
        if item.decision in UNTOUCHED and (known is not None or item.alert.firing):
            return
        if item.decision in PLAIN and known is not None:
            if item.decision is Decision.REPEATED and item.incident is not None:
                book.ledger.refreshed.add(item.incident)
            if item.alert.happened_at == known.happened_at:
                book.bump(item, known)
                return
        hid = self._hides(book, book.records.get(item.key))
        self._mind_inhibitions(book, hid, self._hides(book, book.remember(item)))

    def _hides(self, book: Book, record: AlertRecord | None) -> set[tuple[str, str]]:
        """(inhibition key, alert) of everything under which this alert hides others."""
        if record is None or not record.firing or not book.policies.inhibitions:
            return set()
        return {(key, record.id) for key in source_keys(seen_labels(record), book.policies)}

    def _mind_inhibitions(
        self, book: Book, before: set[tuple[str, str]], after: set[tuple[str, str]]
    ) -> None:
        """Keeps who hides whom; when one that hides clears, what it hid is looked at again."""
        for key, record in sorted(after - before):
            book.inhibiting[key].add(record)
            book.ledger.inhibitors[key, record] = True
        for key, record in sorted(before - after):
            book.inhibiting[key].discard(record)
            book.ledger.inhibitors[key, record] = False
            book.ledger.arm(f"inhibition:{key}", "inhibition_end", 0, book.now)

    # reading

    async def _read(self, unit: Unit, book: Book, items: Sequence[Item]) -> None:
        book.known = await unit.known({item.key for item in items})
        eventful = self._eventful(book, items)
        book.read(await unit.alerts(self._changing(book, items, eventful)))
        fresh = [item for item in items if item.key in eventful and item.decision is None]
        if not fresh:
            return
        book.groups = await unit.groups({item.group_key for item in fresh})
        numbers = {
            number
            for group in book.groups.values()
            for number in (group.open, group.latest)
            if number is not None
        }
        numbers |= {
            record.incident
            for item in fresh
            if (record := book.records.get(item.key)) and record.incident is not None
        }
        await self._read_candidates(unit, book, fresh)
        numbers |= {number for rows in book.candidates.values() for number, _ in rows}
        if numbers:
            book.incidents = await unit.incidents(numbers)
            book.groups = await unit.groups({item.group_key for item in fresh})
            open_ones = {n for n, incident in book.incidents.items() if incident.open}
            book.tallies = await unit.tallies(open_ones) if open_ones else {}
        if any(item.alert.firing for item in fresh):
            book.silences = await unit.silences()
            await self._read_inhibitions(unit, book, fresh)
            book.numbers = iter(await unit.new_numbers(self._may_open(book, fresh)))

    def _eventful(self, book: Book, items: Sequence[Item]) -> set[AlertKey]:
        """The alerts that need more than their own records.

        Where every item of an alert only repeats what is open and known, nothing else is read;
        that is most of what a busy source sends.
        """
        eventful: set[AlertKey] = set()
        for item in items:
            known = book.known.get(item.key)
            if known is None or not (
                is_late(item, known) or (repeats(item, known) and book.is_open(known))
            ):
                eventful.add(item.key)
        return eventful

    def _changing(
        self, book: Book, items: Sequence[Item], eventful: Collection[AlertKey]
    ) -> set[AlertKey]:
        """Those whose records are written anew, so that they must be known whole."""
        return {
            item.key
            for item in items
            if (known := book.known.get(item.key)) is not None
            and (item.key in eventful or item.alert.happened_at != known.happened_at)
        }

    def _may_open(self, book: Book, items: Sequence[Item]) -> int:
        """How many incidents may open at most; the numbers not used are given back."""
        groups = {item.group_key for item in items if item.alert.firing}
        return sum(1 for key in groups if book.holder(key) is None) + sum(
            1 for item in items if not item.alert.firing
        )

    async def _read_candidates(self, unit: Unit, book: Book, items: Sequence[Item]) -> None:
        for item in items:
            rule = item.sure_route.correlate
            if rule is not None and item.route_id not in book.candidates:
                since = book.now - rule.within
                book.candidates[item.route_id] = await unit.correlated(item.route_id, since)

    async def _read_inhibitions(self, unit: Unit, book: Book, items: Sequence[Item]) -> None:
        if not book.policies.inhibitions:
            return
        keys = {key for item in items for key in target_keys(item.labels, book.policies)}
        if keys:
            for key, record in await unit.inhibiting(keys):
                book.inhibiting[key].add(record)
