"""The main cards in full, as the plain text that every surface falls back to."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cards.incident import card_facts, incident_card
from bot.cards.listing import counts_card
from bot.cards.page import page_card
from bot.cards.plain_text import plain_text
from bot.domain.alert import AlertRecord, AlertStatus
from bot.domain.card import Card
from bot.domain.incident import Incident, Outcome, Visibility
from bot.domain.lifecycle import State
from bot.domain.severity import Severity
from tests.fakes.policies import company

EXPECTED = Path(__file__).parent / "cards"
NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
POLICIES = company()


def incident(**more: object) -> Incident:
    values: dict[str, object] = {
        "number": 42,
        "title": "p99 over 2 s",
        "severity": Severity.P1,
        "service": "payments",
        "team": "payments",
        "route": "default",
        "source": "prometheus",
        "round": 1,
        "paged": ["ann"],
        "opened_at": NOW,
        "updated_at": NOW,
    }
    return Incident(**{**values, **more})  # type: ignore[arg-type]


def alert(title: str, status: AlertStatus = AlertStatus.FIRING) -> AlertRecord:
    return AlertRecord(
        id=title, source="prometheus", fingerprint=title, title=title, severity=Severity.P1,
        vendor_severity="error", status=status, group_key="g", route="default", labels={},
        resource=None, link="https://prom.example/g", description="", starts_at=NOW, ends_at=None,
        happened_at=NOW, first_seen_at=NOW, last_seen_at=NOW + timedelta(minutes=2), count=3,
    )  # fmt: skip


TAKEN = {
    "status": State.ACKNOWLEDGED,
    "acknowledged_at": NOW,
    "acknowledged_by": "ben",
    "acknowledged_round": 1,
    "roles": {"lead": "ann"},
}
ALERTS = [alert("p99 over 2 s"), alert("errors", AlertStatus.RESOLVED)]
NEW = incident()


def cards() -> dict[str, Card]:
    done = {"status": State.RESOLVED, "resolved_at": NOW, "outcome": Outcome.FIXED}
    return {
        "new": incident_card(NEW, POLICIES, ALERTS, url="https://muster.example/incidents/42"),
        "acknowledged": incident_card(
            incident(**TAKEN), POLICIES, ALERTS, before=card_facts(NEW, POLICIES)
        ),
        "resolved": incident_card(
            incident(**{**TAKEN, **done}, resolution="restarted it"), POLICIES
        ),
        "unreached": incident_card(incident(unreached=True, paged=[]), POLICIES),
        "test": incident_card(incident(test=True, declared_by="ben"), POLICIES),
        "all_clear": incident_card(incident(**TAKEN, all_clear_at=NOW), POLICIES),
        "page": page_card([NEW], POLICIES, loud=True),
        "page_of_three": page_card(
            [incident(number=n, title=f"number {n}") for n in (42, 43, 44)], POLICIES, loud=True
        ),
        "page_private": page_card([incident(visibility=Visibility.PRIVATE)], POLICIES, loud=True),
        "told": page_card([NEW], POLICIES, loud=False, why="It was escalated to you."),
        "counts": counts_card({"NEW": 2, "CLOSED": 7}, {"P1": 2}),
    }


@pytest.mark.parametrize("name", cards())
def test_a_card_reads_like_this(name: str, request: pytest.FixtureRequest) -> None:
    file = EXPECTED / f"{name}.txt"
    said = plain_text(cards()[name])
    if request.config.getoption("--update-golden", default=False):
        file.write_text(said)
    assert file.exists(), f"{file.name} is missing; run pytest tests/golden --update-golden"
    assert said == file.read_text()


def test_no_card_is_expected_that_is_gone() -> None:
    assert {file.stem for file in EXPECTED.glob("*.txt")} == set(cards())
