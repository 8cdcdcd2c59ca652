"""What a batch of alerts reads: records, groups, tallies, silences, earlier replies."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, func, insert, or_, select, update

from bot.domain.alert import AlertRecord, Decision, KnownAlert
from bot.domain.lifecycle import OPEN
from bot.domain.severity import Severity
from bot.domain.silence import Silence
from bot.ports.store import AlertKey, EventRow, Group, RawBody, Tally
from storage import tables as t
from storage.current import KNOWN, WHOLE
from storage.flush import REMEMBERED
from storage.rows import ALERT_COLUMNS, alert_from, silence_from
from storage.units.base import Part

CORRELATED: Final = 200
"""How many recent incidents of a route are looked at for correlation."""

_OPEN: Final = frozenset(str(state) for state in OPEN)


class IntakePart(Part):
    async def known(self, keys: Collection[AlertKey]) -> dict[AlertKey, KnownAlert]:
        """The current records of these alerts, locked, as far as a repetition asks."""
        return await KNOWN(self.connection, keys)

    async def alerts(self, keys: Collection[AlertKey]) -> dict[AlertKey, AlertRecord]:
        """The same, whole."""
        return await WHOLE(self.connection, keys)

    async def alerts_by_id(self, ids: Collection[str]) -> list[AlertRecord]:
        return await self._records(t.alerts.c.id.in_(list(ids)))

    async def alerts_of(self, incident: int) -> list[AlertRecord]:
        """The alerts that belong to an incident now."""
        return await self._records(t.alerts.c.incident == incident, t.alerts.c.current)

    async def suppressed(self, decided_by: str) -> list[AlertRecord]:
        """What still fires behind a silence (`silence:7`) or an inhibition."""
        return await self._records(
            t.alerts.c.decided_by == decided_by,
            t.alerts.c.current,
            t.alerts.c.status == "firing",
            t.alerts.c.decision.in_([Decision.SILENCED_BY, Decision.INHIBITED_BY]),
        )

    async def inhibited(self) -> list[AlertRecord]:
        """What still fires behind any inhibition."""
        return await self._records(
            t.alerts.c.decided_by != "",
            t.alerts.c.current,
            t.alerts.c.status == "firing",
            t.alerts.c.decision == Decision.INHIBITED_BY,
        )

    async def _records(self, *conditions: Any) -> list[AlertRecord]:
        rows = await self.connection.execute(
            select(*ALERT_COLUMNS).where(*conditions).order_by(t.alerts.c.first_seen_at)
        )
        return [alert_from(row) for row in rows]

    async def groups(self, keys: Collection[str]) -> dict[str, Group]:
        if not keys:
            return {}
        held = func.max(t.groups.c.incident).filter(t.groups.c.held)
        rows = await self.connection.execute(
            select(t.groups.c.group_key, held, func.max(t.groups.c.incident))
            .where(t.groups.c.tenant == "default", t.groups.c.group_key.in_(list(keys)))
            .group_by(t.groups.c.group_key)
        )
        return {key: Group(open=open, latest=latest) for key, open, latest in rows}

    async def tallies(self, incidents: Collection[int]) -> dict[int, Tally]:
        firing = func.count().filter(t.alerts.c.status == "firing")
        worst = func.min(t.alerts.c.severity).filter(t.alerts.c.status == "firing")
        rows = await self.connection.execute(
            select(t.alerts.c.incident, firing, worst, func.max(t.alerts.c.last_seen_at))
            .where(t.alerts.c.incident.in_(list(incidents)), t.alerts.c.current)
            .group_by(t.alerts.c.incident)
        )
        return {
            number: Tally(firing=count, worst=Severity(bad) if bad else None, last_seen_at=seen)
            for number, count, bad, seen in rows
        }

    async def silences(self) -> list[Silence]:
        """Those in force now, kept from ending until this transaction has stored what they hide.

        One that is ending at this moment hides nothing any more.
        """
        rows = await self.connection.execute(
            select(t.silences)
            .where(
                t.silences.c.ended_at.is_(None),
                t.silences.c.ends_at > self.now,
                t.silences.c.starts_at <= self.now,
            )
            .order_by(t.silences.c.id)
            .with_for_update(read=True, skip_locked=True)
        )
        return [silence_from(row) for row in rows]

    async def inhibiting(self, keys: Collection[str]) -> list[tuple[str, str]]:
        """(key, alert) of what hides others now under these keys, kept until the commit."""
        rows = await self.connection.execute(
            select(t.inhibitors.c.key, t.inhibitors.c.alert)
            .where(t.inhibitors.c.key.in_(sorted(keys)))
            .order_by(t.inhibitors.c.key, t.inhibitors.c.alert)
            .with_for_update(read=True)
        )
        return [(key, alert) for key, alert in rows]

    async def inhibitors(self) -> list[tuple[str, str]]:
        """(key, alert) of everything that hides others now."""
        rows = await self.connection.execute(select(t.inhibitors.c.key, t.inhibitors.c.alert))
        return [(key, alert) for key, alert in rows]

    async def correlated(self, route: str, since: datetime) -> list[tuple[int, Mapping[str, str]]]:
        """Open incidents of a route since then, newest first, with the labels routes see."""
        rows = await self.connection.execute(
            select(
                t.incidents.c.number,
                t.incidents.c.labels,
                t.incidents.c.source,
                t.incidents.c.title,
            )
            .where(
                t.incidents.c.tenant == "default",
                t.incidents.c.route == route,
                t.incidents.c.opened_at >= since,
                t.incidents.c.status.in_(sorted(_OPEN)),
            )
            .order_by(t.incidents.c.number.desc())
            .limit(CORRELATED)
        )
        return [
            (number, {**labels, "source": source, "title": title})
            for number, labels, source, title in rows
        ]

    async def replies(self, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], EventRow]:
        """What these events were told within the last day."""
        if not keys:
            return {}
        by_source: dict[str, list[str]] = {}
        for source, event_id in sorted(keys):
            by_source.setdefault(source, []).append(event_id)
        rows = await self.connection.execute(
            select(t.events)
            .join(t.event_keys, and_(t.event_keys.c.event == t.events.c.id))
            .where(
                or_(  # SQLite finds pairs of a list only by reading every row
                    *(
                        and_(t.event_keys.c.source == source, t.event_keys.c.event_id.in_(ids))
                        for source, ids in by_source.items()
                    )
                ),
                t.event_keys.c.received_at > self.now - REMEMBERED,
            )
        )
        return {
            (row.source, row.event_id): EventRow(
                id=row.id,
                raw=row.raw,
                position=row.position,
                source=row.source,
                event_id=row.event_id,
                alert=row.alert,
                incident=row.incident,
                decision=row.decision,
                decided_by=row.decided_by,
                opened_at=row.opened_at,
            )
            for row in rows
        }

    def keep(self, raw: Sequence[RawBody], events: Sequence[EventRow]) -> None:
        """Writes requests and their decisions with the ledger."""
        self.raw.extend(raw)
        self.events.extend(events)

    async def bury(self, *, source: str, raw: RawBody, reason: str) -> str:
        """Keeps what cannot be processed; returns the dead letter's id."""
        await self.connection.execute(
            insert(t.dead_letters),
            {
                "id": raw.id,
                "source": source,
                "received_at": self.now,
                "reason": reason[:2000],
                "body": raw.body,
            },
        )
        return raw.id

    async def letter(self, id: str) -> tuple[str, bytes] | None:
        """(source, body) of a dead letter that was not replayed yet."""
        rows = await self.connection.execute(
            select(t.dead_letters.c.source, t.dead_letters.c.body)
            .where(t.dead_letters.c.id == id, t.dead_letters.c.replayed_at.is_(None))
            .with_for_update()
        )
        row = rows.one_or_none()
        return (row.source, row.body) if row is not None else None

    async def letter_failed(self, id: str, reason: str) -> None:
        await self.connection.execute(
            update(t.dead_letters)
            .where(t.dead_letters.c.id == id)
            .values(reason=reason[:2000], tries=t.dead_letters.c.tries + 1)
        )

    async def letter_done(self, id: str) -> None:
        await self.connection.execute(
            update(t.dead_letters)
            .where(t.dead_letters.c.id == id)
            .values(replayed_at=self.now, tries=t.dead_letters.c.tries + 1)
        )
