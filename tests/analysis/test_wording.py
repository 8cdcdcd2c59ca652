"""What a model may propose for a postmortem: traced, or in plain words and marked, or nothing."""

import pytest

from bot.cards.analysis import UNVERIFIED
from bot.engine.analysis.record import Record
from bot.engine.analysis.shapes import Traced
from bot.engine.postmortem.wording import Prose, checked

RECORD = Record(
    {
        "e1": "2026-01-05 09:03 UTC Ann noted: The 14:00 deploy filled the connection pool",
        "e2": "2026-01-05 09:30 UTC Ben resolved it (fixed): Rolled back the deploy",
        "p1": "past incident Checkout is down: The certificate was renewed",
    }
)


def said(field: str, text: str, *sources: str) -> list[str]:
    """What is left of one sentence in one field, whatever lines it points at."""
    one = Traced(text=text, sources=list(sources or RECORD.lines))
    empty: dict[str, list[Traced]] = {name: [] for name in Prose.model_fields}
    left = checked(Prose(**{**empty, field: [one]}), RECORD, frozenset())
    return [kept.text for kept in getattr(left, field)]


FACTS = ("summary", "impact", "root_cause", "contributing_factors", "effective_actions")


@pytest.mark.parametrize("field", FACTS)
def test_a_fact_is_a_line_or_marked_or_left_out(field: str) -> None:
    line = "The 14:00 deploy filled the connection pool."
    assert said(field, line) == [line]
    joined = "Ben rolled back the 14:00 deploy."
    assert said(field, joined) == [f"{joined} {UNVERIFIED}"]
    for invented in (
        "The 14:05 deploy filled the connection pool.",
        "The 15:00 CET deploy filled the connection pool.",
        "It took 27 minutes.",
        "It took twenty-seven minutes.",
        "It took half an hour.",
        "40% of customers were affected.",
        "Three deploys filled the pool.",
        "Eva rolled back the deploy.",
        "We should limit the pool.",
    ):
        assert said(field, invented) == [], invented


@pytest.mark.parametrize("field", FACTS)
def test_another_incident_says_nothing_of_this_one(field: str) -> None:
    assert said(field, "The certificate was renewed.") == []
    assert said(field, "The certificate was renewed.", "p1") == []


@pytest.mark.parametrize("field", ["lessons", "action_items"])
def test_plain_words_are_marked_and_nothing_else_is_let_in(field: str) -> None:
    plain = "We should limit the connection pool."
    assert said(field, plain) == [f"{plain} {UNVERIFIED}"]
    past = "The certificate was renewed."
    assert said(field, past) == [past]
    for invented in (
        "Limit the pool to 50.",
        "Limit the pool to fifty.",
        "Limit the pool by 14:05.",
        "Eva should limit the pool.",
        "Buy Acme Monitoring.",
        "We lost 20% of orders.",
        "See https://evil.example for the pool.",
    ):
        assert said(field, invented) == [], invented


def test_what_points_at_no_line_is_left_out() -> None:
    assert said("lessons", "We should limit the connection pool.", "e99") == []
    assert said("root_cause", "The 14:00 deploy filled the connection pool.", "e99") == []
