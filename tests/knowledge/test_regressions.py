"""`make bench-knowledge ARGS=--check`: what fell short of what was recorded is named."""

import json

from bench.figure import Figure
from bench.knowledge.__main__ import RECORDED, SLACK, worsened

KNOWN = {"recall": 0.9, "refused": 0.08, "recall, local embedding": 0.95}


def figures(recall: float, refused: float) -> list[Figure]:
    return [
        Figure(name="recall", value=recall, unit=""),
        Figure(name="refused", value=refused, unit="", at_least=False),
    ]


def test_as_good_as_before_or_better_is_well() -> None:
    assert worsened(figures(0.9, 0.08), KNOWN) == []
    assert worsened(figures(0.95, 0.02), KNOWN) == []
    assert worsened(figures(0.9 - SLACK / 2, 0.08), KNOWN) == []


def test_what_fell_is_named_whichever_way_is_worse() -> None:
    assert worsened(figures(0.8, 0.2), KNOWN) == [
        "recall: 0.800, was 0.900",
        "refused: 0.200, was 0.080",
    ]


def test_what_was_never_recorded_is_held_against_its_target() -> None:
    slow = Figure(name="retrieval", value=60, unit="ms", target=50, at_least=False)
    assert worsened([*figures(0.9, 0.08), slow], KNOWN) == ["retrieval: misses its target"]


def test_what_nobody_measures_any_more_is_named() -> None:
    recall, refused = figures(0.9, 0.08)
    assert worsened([recall], KNOWN) == ["refused: not measured"]
    local = Figure(name="hit, local embedding", value=1, unit="")
    assert worsened([recall, refused, local], KNOWN) == ["recall, local embedding: not measured"]


def test_what_is_asked_of_answers_holds_in_what_is_recorded() -> None:
    recorded = json.loads(RECORDED.read_text())
    strangers = {name: value for name, value in recorded.items() if "held-out questions" in name}
    assert strangers
    for name, value in recorded.items():
        if name.startswith("quotations"):
            assert value == 1, name
        if name.startswith("answerable refused"):
            assert value <= 0.1, name
    for name, value in strangers.items():
        if name.startswith("unanswerable refused"):
            assert value >= 0.8, name
    assert strangers["recall@5, held-out questions, incidents"] >= 0.8
    assert strangers["hit@5, held-out questions, incidents"] >= 0.88
