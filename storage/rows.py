"""Rows of tables to values of the domain, and back."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import Row

from bot.domain.alert import AlertRecord, AlertStatus, Decision, KnownAlert
from bot.domain.effect import Effect, EffectKind
from bot.domain.incident import ENUMS, Incident
from bot.domain.matcher import Matcher
from bot.domain.severity import Severity
from bot.domain.silence import Silence
from storage import tables as t

INCIDENT_FIELDS: Final = tuple(f.name for f in fields(Incident))
_INCIDENT_ENUMS: Final = tuple((name, ENUMS[name]) for name in ENUMS)

_OF_THE_INCIDENT: Final = {"incident_open", "incident_opened_at"}

KNOWN_FIELDS: Final = tuple(f.name for f in fields(KnownAlert) if f.name not in _OF_THE_INCIDENT)
KNOWN_COLUMNS: Final = tuple(t.alerts.c[name] for name in KNOWN_FIELDS)
ALERT_FIELDS: Final = tuple(f.name for f in fields(AlertRecord) if f.name not in _OF_THE_INCIDENT)
ALERT_COLUMNS: Final = tuple(t.alerts.c[name] for name in ALERT_FIELDS)
_STATUS: Final = {str(s): s for s in AlertStatus}
_DECISION: Final = {str(d): d for d in Decision}
_SEVERITY: Final = {str(s): s for s in Severity}


def incident_columns() -> list[Any]:
    return [t.incidents.c[name] for name in INCIDENT_FIELDS]


def incident_from(row: Row[Any] | Mapping[str, Any]) -> Incident:
    """An incident from a row of `incident_columns()`."""
    values = dict(row if isinstance(row, Mapping) else row._mapping)
    for name, kind in _INCIDENT_ENUMS:
        if values[name] is not None:
            values[name] = kind(values[name])
    return Incident(**values)


def incident_values(incident: Incident) -> dict[str, Any]:
    return {name: getattr(incident, name) for name in INCIDENT_FIELDS}


incident_row: Final = attrgetter(*INCIDENT_FIELDS)
"""An incident's values in the order of INCIDENT_FIELDS."""


def alert_from(row: Any, *, open: bool = False, opened_at: Any = None) -> AlertRecord:
    """A record from a row that begins with ALERT_COLUMNS."""
    values = _alert_values(ALERT_FIELDS, row)
    return AlertRecord(**values, incident_open=open, incident_opened_at=opened_at)


def known_from(row: Any, *, open: bool = False, opened_at: Any = None) -> KnownAlert:
    """The same of a row that begins with KNOWN_COLUMNS."""
    values = _alert_values(KNOWN_FIELDS, row)
    return KnownAlert(**values, incident_open=open, incident_opened_at=opened_at)


def _alert_values(names: Sequence[str], row: Any) -> dict[str, Any]:
    values = dict(zip(names, row, strict=False))
    values["severity"] = _SEVERITY[values["severity"]]
    values["status"] = _STATUS[values["status"]]
    values["decision"] = _DECISION[values["decision"]]
    return values


alert_values: Final = attrgetter(*ALERT_FIELDS)
"""A record's values in the order of ALERT_FIELDS."""


def silence_from(row: Row[Any]) -> Silence:
    values = dict(row._mapping)
    values.pop("tenant", None)
    values["matchers"] = tuple(Matcher.parse(text) for text in values["matchers"])
    return Silence(**values)


def effect_from(row: Row[Any]) -> Effect:
    return Effect(
        key=row.key,
        kind=EffectKind(row.kind),
        destination=row.destination,
        ordering=row.ordering,
        payload=row.payload,
        incident=row.incident,
        version=row.version,
        due_at=row.due_at,
        expires_at=row.expires_at,
    )
