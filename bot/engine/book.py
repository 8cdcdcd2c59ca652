"""What one batch of alerts knows while it is decided.

Everything is read at the start, set-wise, and everything is decided in memory, alert by alert in
the order of arrival, so that two alerts of one batch see each other's consequences.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.domain.alert import Alert, AlertRecord, AlertStatus, Decision, KnownAlert
from bot.domain.entry import EntryType
from bot.domain.incident import Incident
from bot.domain.ledger import Ledger
from bot.domain.people import source_actor
from bot.domain.policy import Policies, Route
from bot.domain.severity import Severity, worst
from bot.domain.silence import Silence
from bot.ports.store import AlertKey, Group, Tally


@dataclass(slots=True)
class Item:
    """One alert on its way. Stages fill it in; `decision` ends the way.

    `woken`: it comes from a timer (a silence or an inhibition ended), not from its source.
    """

    alert: Alert
    key: AlertKey = ("", "")
    labels: dict[str, str] = field(default_factory=dict)
    severity: Severity | None = None
    route_id: str = ""
    route: Route | None = None
    group_key: str = ""
    service: str | None = None
    team: str | None = None
    decision: Decision | None = None
    decided_by: str = ""
    incident: int | None = None
    joins: int | None = None
    woken: bool = False
    record_id: str | None = None
    incident_opened_at: datetime | None = None

    def decide(
        self, decision: Decision, *, incident: int | None = None, decided_by: str = ""
    ) -> None:
        self.decision, self.incident, self.decided_by = decision, incident, decided_by

    @property
    def sure_severity(self) -> Severity:
        assert self.severity is not None
        return self.severity

    @property
    def sure_route(self) -> Route:
        assert self.route is not None
        return self.route


@dataclass(slots=True)
class Joined:
    """What joined one incident in this batch, for its one entry."""

    source: str
    titles: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Book:
    """`known` and `groups` hold what was asked for by key; a missing key is known to be new.

    `records` are the known ones that were read whole: those of alerts that do more than repeat.
    """

    ledger: Ledger
    policies: Policies
    known: dict[AlertKey, KnownAlert] = field(default_factory=dict)
    records: dict[AlertKey, AlertRecord] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    incidents: dict[int, Incident] = field(default_factory=dict)
    tallies: dict[int, Tally] = field(default_factory=dict)
    silences: list[Silence] = field(default_factory=list)
    inhibiting: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    candidates: dict[str, list[tuple[int, Mapping[str, str]]]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: iter(()))
    joined: dict[int, Joined] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return self.ledger.now

    def open_incident(self, number: int | None) -> Incident | None:
        """The incident, if it is open."""
        incident = self.incidents.get(number) if number is not None else None
        return incident if incident is not None and incident.open else None

    def is_open(self, record: KnownAlert) -> bool:
        """Whether the record's incident is open, also where only its state was read."""
        if record.incident is None:
            return False
        known = self.incidents.get(record.incident)
        return known.open if known is not None else record.incident_open

    def opened_at(self, number: int, record: KnownAlert | None) -> datetime | None:
        """When the incident opened, as far as this batch has read it."""
        if (incident := self.incidents.get(number)) is not None:
            return incident.opened_at
        return record.incident_opened_at if record is not None else None

    def holder(self, group_key: str) -> Incident | None:
        """The open incident that holds the group."""
        return self.open_incident(self.groups.get(group_key, NO_GROUP).open)

    def latest(self, group_key: str) -> Incident | None:
        """The incident that had the group last, whatever its state."""
        number = self.groups.get(group_key, NO_GROUP).latest
        return self.incidents.get(number) if number is not None else None

    def take_group(self, group_key: str, number: int) -> None:
        """The incident holds the group from now on."""
        self.groups[group_key] = Group(open=number, latest=number)
        self.ledger.new_groups.append((group_key, number))

    def tally(self, number: int, *, firing: int, severity: Severity | None = None) -> Tally:
        """Counts an alert of the incident in or out, and gives the tally from before."""
        before = self.tallies.get(number, Tally())
        self.tallies[number] = replace(
            before,
            firing=before.firing + firing,
            worst=worst(s for s in (before.worst, severity) if s is not None),
            last_seen_at=self.now,
        )
        return before

    def join(self, incident: Incident, item: Item, values: Mapping[str, Any], *, new: bool) -> None:
        """Notes that an alert joined; `values` become so at once, the entry comes at the end."""
        if not new and not values:
            self.ledger.refreshed.add(incident.number)
            return
        joined = self.joined.setdefault(incident.number, Joined(item.alert.source))
        if new:
            joined.titles.append(item.alert.title)
        for name in values:
            joined.values.setdefault(name, getattr(incident, name))
        for name, value in values.items():
            setattr(incident, name, value)

    def enter_joins(self) -> None:
        """One entry per incident for all that joined it in this batch."""
        for number, joined in self.joined.items():
            incident = self.incidents[number]
            values = {name: getattr(incident, name) for name in joined.values}
            for name, before in joined.values.items():
                setattr(incident, name, before)
            count = len(joined.titles)
            self.ledger.enter(
                incident,
                EntryType.ALERT_JOINED if count else EntryType.INCIDENT_UPDATED,
                source_actor(joined.source),
                text=joined.titles[0] if joined.titles else "",
                set=values,
                metadata={"count": count, "titles": joined.titles[:10]},
            )
        self.joined.clear()

    def read(self, records: Mapping[AlertKey, AlertRecord]) -> None:
        """These are known whole from now on."""
        self.records.update(records)
        self.known.update(records)

    def remember(self, item: Item) -> AlertRecord:
        """Keeps what the alert says now, in its current record or in a new one.

        A record stays with its incident: where the alert belongs to another one now, the old
        record is retired there and a new one takes over.
        """
        record = self.records.get(item.key)
        moves = (
            record is not None
            and record.incident is not None
            and item.incident is not None
            and item.incident != record.incident
        )
        if record is None or moves:
            if record is not None:
                self.ledger.retired_alerts.append(record.id)
            record = self._new_record(item)
            self.read({item.key: record})
            self.ledger.new_alerts[record.id] = record
            return record
        self._update(record, item)
        if record.id not in self.ledger.new_alerts:
            self.ledger.seen_alerts[record.id] = record
        return record

    def _new_record(self, item: Item) -> AlertRecord:
        alert = item.alert
        return AlertRecord(
            id=self.ledger.new_id(),
            source=alert.source,
            fingerprint=item.key[1],
            title=alert.title,
            severity=item.sure_severity,
            vendor_severity=alert.vendor_severity,
            status=alert.status,
            group_key=item.group_key,
            route=item.route_id,
            labels=dict(alert.labels),
            resource=alert.resource,
            link=alert.link,
            description=alert.description,
            starts_at=alert.starts_at,
            ends_at=alert.ends_at,
            happened_at=alert.happened_at,
            first_seen_at=self.now,
            last_seen_at=self.now,
            cleared_at=None if alert.firing else self.now,
            incident=item.incident,
            decision=item.decision or Decision.RECORDED,
            decided_by=item.decided_by,
            dedup_key=alert.dedup_key,
            category=alert.category,
            event_id=alert.event_id,
            private=item.sure_route.private,
        )

    def _update(self, record: AlertRecord, item: Item) -> None:
        alert = item.alert
        if alert.firing:
            self._describe(record, item)
            record.starts_at, record.ends_at = alert.starts_at or record.starts_at, None
        else:  # a resolution may say little more than its key
            record.cleared_at = self.now if record.firing else record.cleared_at
            record.ends_at = alert.ends_at or self.now
        record.status = alert.status
        record.happened_at = alert.happened_at or record.happened_at
        if not item.woken:
            record.last_seen_at = self.now
            record.count += 1
        if item.incident is not None:
            record.incident = item.incident
        if item.decision is not None:
            record.decision, record.decided_by = item.decision, item.decided_by
        record.event_id = alert.event_id or record.event_id

    def _describe(self, record: AlertRecord, item: Item) -> None:
        alert = item.alert
        record.title, record.description = alert.title, alert.description or record.description
        record.severity, record.vendor_severity = item.sure_severity, alert.vendor_severity
        record.group_key, record.route = item.group_key, item.route_id
        record.private = item.sure_route.private
        record.labels = dict(alert.labels) or record.labels
        record.resource = alert.resource or record.resource
        record.link = alert.link or record.link

    def bump(self, item: Item, record: KnownAlert) -> None:
        """A plain repetition: counted and seen, nothing else; a timer counts and sees nothing."""
        if item.woken:
            return
        record.count += 1
        record.last_seen_at = self.now
        record.decision = item.decision or record.decision
        if record.id not in self.ledger.new_alerts and record.id not in self.ledger.seen_alerts:
            self.ledger.bumped_alerts[record.id] = record


NO_GROUP = Group(open=None, latest=None)


def alert_of(record: AlertRecord) -> Alert:
    """The alert as it was last said, to decide about it once more."""
    return Alert(
        source=record.source,
        title=record.title,
        status=AlertStatus(record.status),
        vendor_severity=record.vendor_severity,
        description=record.description,
        dedup_key=record.fingerprint,
        group_key=None,
        starts_at=record.starts_at,
        ends_at=record.ends_at,
        resource=record.resource,
        link=record.link,
        labels=record.labels,
        event_id=record.event_id,
        category=record.category,
    )
