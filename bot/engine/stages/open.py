"""A firing alert joins its group's incident, wakes the one before, or opens a new one."""

from typing import Any, ClassVar

from bot.domain.alert import AlertRecord, Decision
from bot.domain.entry import incident_stream
from bot.domain.incident import Incident, Outcome, Visibility
from bot.domain.lifecycle import Action, State, Timer
from bot.domain.people import source_actor
from bot.engine.book import Book, Item
from bot.engine.life import Life
from bot.engine.rules import Rules


class OpenOrJoin:
    sorts: ClassVar[bool] = False

    def __init__(self, rules: Rules, life: Life) -> None:
        self.rules, self.life = rules, life

    def __call__(self, item: Item, book: Book) -> None:
        """The first rule that fits (DESIGN, Identity 4)."""
        if not item.alert.firing:
            return
        before = book.latest(item.group_key)
        record = book.records.get(item.key)
        if holder := book.open_incident(item.joins) or book.holder(item.group_key):
            self._join(item, book, holder)
        elif mine := self._to_wake(item, book):
            self._refire(item, book, mine)
        elif (mine := self._resolved_by_person(record, book)) and self._waits(mine, book):
            self._still_firing(item, book, mine)
        elif before and self._just_resolved(before, book):
            self._refire(item, book, before)
        else:
            self._open(item, book, before)

    # joining

    def _join(self, item: Item, book: Book, incident: Incident) -> None:
        if item.group_key not in book.groups or book.groups[item.group_key].open is None:
            book.take_group(item.group_key, incident.number)
        record = book.records.get(item.key)
        was_in_it = record is not None and record.incident == incident.number
        fired_in_it = was_in_it and record is not None and record.firing
        item.decide(Decision.JOINED_INCIDENT, incident=incident.number)
        tally = book.tally(incident.number, firing=0 if fired_in_it else 1, severity=item.severity)
        quiet_for = book.now - (tally.last_seen_at or incident.opened_at)
        worse = incident.worst_alert is None or item.sure_severity.worse_than(incident.worst_alert)
        cleared = incident.all_clear_at is not None
        self._note_join(item, book, incident, new=not was_in_it, back=cleared)
        actor = source_actor(item.alert.source)
        rises = self._rises(item, incident)
        if rises:
            self.life.raise_by_alert(
                book.ledger, incident, item.sure_severity, actor, item.alert.title
            )
        again = worse or cleared or quiet_for >= self.rules.intake.quiet_after
        if (rises and not incident.acknowledged) or (
            incident.acknowledged and again and self._may_page_again(incident, book)
        ):
            self.life.page_again(book.ledger, incident, actor, item.alert.title)

    def _rises(self, item: Item, incident: Incident) -> bool:
        """Alerts raise a severity that no person has set; they never lower it."""
        worse = item.sure_severity.worse_than(incident.severity)
        return worse and not incident.severity_by_person

    def _note_join(
        self, item: Item, book: Book, incident: Incident, *, new: bool, back: bool
    ) -> None:
        """Keeps what joined for the batch's one entry, and the marks that follow at once."""
        values: dict[str, Any] = {}
        if back:
            values["all_clear_at"] = None
            book.ledger.disarm(incident_stream(incident.number), [Timer.SETTLE])
        if incident.worst_alert is None or item.sure_severity.worse_than(incident.worst_alert):
            values["worst_alert"] = item.sure_severity
        book.join(incident, item, values, new=new or back)

    def _may_page_again(self, incident: Incident, book: Book) -> bool:
        last = incident.paged_again_at
        return last is None or book.now - last >= self.rules.intake.page_again_after

    # after a resolution

    def _resolved_by_person(self, record: AlertRecord | None, book: Book) -> Incident | None:
        """The incident that a person resolved although the source has not cleared the alert."""
        if record is None or record.incident is None or not record.firing:
            return None
        incident = book.incidents.get(record.incident)
        if incident is None or incident.open or incident.outcome in (None, Outcome.CLEARED):
            return None
        since = incident.resolved_at or incident.closed_at
        cleared = record.cleared_at is not None and since is not None and record.cleared_at >= since
        return None if cleared else incident

    def _to_wake(self, item: Item, book: Book) -> Incident | None:
        """The resolved incident that its own timer wakes, however long ago it was resolved."""
        mine = self._resolved_by_person(book.records.get(item.key), book) if item.woken else None
        return mine if mine is not None and mine.status is State.RESOLVED else None

    def _waits(self, incident: Incident, book: Book) -> bool:
        """A resolved one is woken by its timer; a closed one only keeps quiet for a while."""
        if incident.status is State.RESOLVED:
            return True  # never woken here: `_to_wake` has seen it
        since = incident.resolved_at or incident.closed_at
        return since is not None and book.now - since < self.rules.intake.still_firing_after

    def _still_firing(self, item: Item, book: Book, incident: Incident) -> None:
        item.decide(Decision.STILL_FIRING, incident=incident.number)
        since = incident.resolved_at or book.now
        book.ledger.arm(
            incident_stream(incident.number),
            Timer.STILL_FIRING,
            incident.round,
            max(book.now, since + self.rules.intake.still_firing_after),
        )

    def _just_resolved(self, incident: Incident, book: Book) -> bool:
        return (
            incident.status is State.RESOLVED
            and incident.resolved_at is not None
            and book.now - incident.resolved_at < self.rules.intake.refire_within
        )

    def _refire(self, item: Item, book: Book, incident: Incident) -> None:
        item.decide(Decision.REFIRED, incident=incident.number)
        actor, why = source_actor(item.alert.source), item.alert.title
        if self._rises(item, incident):
            self.life.raise_by_alert(book.ledger, incident, item.sure_severity, actor, why)
        self.life.act(
            book.ledger,
            incident,
            Action.REFIRE,
            actor,
            text=why,
            values={"worst_alert": item.severity},
        )
        book.take_group(item.group_key, incident.number)
        book.tally(incident.number, firing=1, severity=item.severity)

    # opening

    def _open(self, item: Item, book: Book, before: Incident | None) -> None:
        number = next(book.numbers)
        alert = item.alert
        incident = self.life.open(
            book.ledger,
            number,
            source_actor(alert.source),
            {
                **route_fields(item, book),
                "title": alert.title,
                "description": alert.description,
                "severity": item.severity,
                "worst_alert": item.severity,
                "category": alert.category or "other",
                "source": alert.source,
                "source_event_id": alert.event_id,
                "fingerprint": item.key[1],
                "related_to": before.number if before else None,
                "resource": alert.resource,
                "link": alert.link,
                "began_at": alert.starts_at,
                "environment": item.labels.get("environment") or item.labels.get("env"),
                "labels": dict(alert.labels),
            },
        )
        book.incidents[number] = incident
        book.take_group(item.group_key, number)
        book.tally(number, firing=1, severity=item.severity)
        if item.sure_route.correlate:
            book.candidates.setdefault(item.route_id, []).insert(0, (number, item.labels))
        item.decide(Decision.OPENED, incident=number)


def route_fields(item: Item, book: Book) -> dict[str, Any]:
    """What the route decides about a new incident."""
    route = item.sure_route
    return {
        "route": item.route_id,
        "group_key": item.group_key,
        "service": item.service,
        "team": item.team,
        "escalation": book.policies.escalation_of(item.route_id, item.team),
        "loudness": str(route.loudness) if route.loudness else "",
        "visibility": Visibility.PRIVATE if route.private else Visibility.PUBLIC,
    }
