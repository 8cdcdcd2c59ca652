"""The clocks of an incident: when somebody must have acknowledged, resolved, or be told."""

from datetime import datetime, timedelta
from typing import Any, Final

from bot.domain.entry import incident_stream
from bot.domain.incident import Incident, Outcome
from bot.domain.ledger import Ledger
from bot.domain.lifecycle import UNACKNOWLEDGED, UNRESOLVED, Timer
from bot.domain.policy import SeverityPolicy
from bot.domain.policy.severity import Postmortem
from bot.engine.rules import Rules

CLOCKS = UNRESOLVED - {Timer.SETTLE, Timer.UPDATE_DUE}
"""Timers that belong to a severity and start anew with it."""


TEST_ARCHIVED_AFTER: Final = timedelta(hours=24)


def due_times(
    rules: Rules, policy: SeverityPolicy, now: datetime, *, acknowledged: bool
) -> dict[Timer, datetime]:
    """When each clock of this severity that starts at `now` runs out first.

    A breach's timer is armed by its warning, so that each incident keeps few timers.
    """
    spans: dict[Timer, timedelta | None] = {
        Timer.ACKNOWLEDGE: policy.acknowledge_within,
        Timer.RESOLVE: policy.resolve_within,
        Timer.MANAGER: policy.page_manager_after,
        Timer.SLA_ACKNOWLEDGE_WARNING: policy.sla.acknowledge * policy.sla.warn_at,
        Timer.SLA_RESOLVE_WARNING: policy.sla.resolve * policy.sla.warn_at,
        Timer.AUTO_CLOSE: None,
    }
    return {
        timer: now + span
        for timer, span in spans.items()
        if span is not None and not (acknowledged and timer in UNACKNOWLEDGED)
    }


def start_clocks(rules: Rules, ledger: Ledger, incident: Incident) -> None:
    """Arms every clock of the incident's severity from now, in its current round."""
    subject = incident_stream(incident.number)
    if incident.number not in ledger.created:
        ledger.disarm(subject, CLOCKS)
    if incident.test:
        start_timer(rules, ledger, incident, Timer.ARCHIVE)
        return
    policy = rules.policies.severities[incident.severity]
    times = due_times(rules, policy, ledger.now, acknowledged=incident.acknowledged)
    for timer, due in times.items():
        ledger.arm(subject, timer, incident.round, due)


def start_timer(rules: Rules, ledger: Ledger, incident: Incident, timer: Timer) -> None:
    """Arms one timer that a transition asks for."""
    policy = rules.policies.severities[incident.severity]
    spans: dict[Timer, timedelta | None] = {
        Timer.ACKNOWLEDGE: policy.acknowledge_within,
        Timer.AUTO_CLOSE: rules.auto_close_after,
        Timer.ARCHIVE: TEST_ARCHIVED_AFTER if incident.test else rules.archive_after,
        Timer.DRAFT: rules.draft_after if wants_draft(rules, incident) else None,
    }
    span = spans[timer]
    if span is not None:
        ledger.arm(incident_stream(incident.number), timer, incident.round, ledger.now + span)


def wants_draft(rules: Rules, incident: Incident) -> bool:
    """Its severity asks for a postmortem; a test and a duplicate have nothing to tell."""
    copy = incident.outcome is Outcome.DUPLICATE or incident.duplicate_of is not None
    asked = rules.policies.severities[incident.severity].postmortem
    return asked is not Postmortem.NONE and not incident.test and not copy


def targets(rules: Rules, incident: Incident, now: datetime) -> dict[str, Any]:
    """The incident's SLA deadlines, counted from now, as fields to set."""
    if incident.test:
        return {}
    sla = rules.policies.severities[incident.severity].sla
    return {
        "clocks_from": now,
        "sla_acknowledge_due": now + sla.acknowledge,
        "sla_resolve_due": now + sla.resolve,
    }
