"""A sentence and the lines it points at: backed, put together, or nowhere to be found."""

from itertools import permutations

import pytest

from bot.cards.analysis import UNVERIFIED
from bot.engine.analysis.record import Record
from bot.engine.analysis.shapes import Traced, is_verified, kept
from bot.engine.analysis.tracing import backed, traced

LINES = [
    "2026-01-05 09:03 UTC Ann noted: The 14:00 deploy filled the connection pool of payments-api",
    "2026-01-05 09:10 UTC Ben noted: Bob restarted the database and Ann deleted the logs",
    "2026-01-05 09:12 UTC Ben noted: The cache did not cause it. 2 of 50 pods were down",
    "incident #7: Checkout is down",
    "opened 2026-01-05 09:00 UTC",
]
RECORD = Record({f"e{n}": line for n, line in enumerate(LINES, 1)})


@pytest.mark.parametrize(
    "sentence",
    [
        "The 14:00 deploy filled the connection pool.",
        "At 09:03 UTC, the 14:00 deploy filled the connection pool.",
        "The 14:00 deploy filled the connection pool of payments-api at 9:03.",
        "Bob restarted the database.",
        "The cache did not cause it.",
        "2 of 50 pods were down.",
        "Checkout is down.",
    ],
)
def test_a_run_of_words_of_one_line_is_backed(sentence: str) -> None:
    assert backed(sentence, LINES)
    (one,) = kept([Traced(text=sentence, sources=list(RECORD.lines))], RECORD, frozenset())
    assert one.text == sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "Ann restarted the database.",
        "Bob deleted the logs.",
        "At 09:10 UTC, the 14:00 deploy filled the connection pool.",
        "The deploy filled the connection pool since 09:03.",
        "50 of 2 pods were down.",
        "The 14:00 deploy filled the connection pool, so checkout is down.",
        "two pods of the payments api were down.",
    ],
)
def test_what_is_put_together_is_traced_and_marked(sentence: str) -> None:
    assert not backed(sentence, LINES)
    assert traced(sentence, "\n".join(LINES))
    (one,) = kept([Traced(text=sentence, sources=list(RECORD.lines))], RECORD, frozenset())
    assert one.text == f"{sentence} {UNVERIFIED}"
    assert not is_verified(one)


@pytest.mark.parametrize(
    "sentence",
    [
        "Three pods were down.",
        "Seventeen pods were down.",
        "50% of pods were down.",
        "Half of the pods were down.",
        "14 pods were down.",
        "The deploy at 14:01 filled the pool.",
        "The deploy at 14:50 filled the pool.",
        "The deploy at 09:14 filled the pool.",
        "The 15:00 CET deploy filled the connection pool.",
        "The 14:00 CET deploy filled the connection pool.",
        "The 2 PM deploy filled the connection pool.",
        "Checkout is down for 45 minutes.",
        "Checkout is down for an hour.",
        "Eva restarted the database.",
        "Mr. Miller noted it.",
        "payments-7 is down.",
        "Checkout is down since 2026-01-06.",
        "Checkout is down since January.",
        "Checkout is d\u043ewn.",
        "The cache did cause it.",
        "The cache caused it.",
        "Checkout is not down.",
        "Checkout isn't down.",
        "The deploy did not fill the pool.",
        "Nobody restarted the database.",
        "",
    ],
)
def test_what_stands_nowhere_is_not_said(sentence: str) -> None:
    assert not traced(sentence, "\n".join(LINES))
    assert kept([Traced(text=sentence, sources=list(RECORD.lines))], RECORD, frozenset()) == []


def test_no_order_of_the_words_of_two_lines_passes_for_a_third() -> None:
    """Whatever a model makes of them, only what a line says itself goes unmarked."""
    said = ["Bob", "Ann", "restarted", "deleted", "the database", "the logs"]
    told = [" ".join(one) + "." for size in (2, 3) for one in permutations(said, size)]
    shown = kept([], RECORD, frozenset())
    for sentence in told:
        shown += kept([Traced(text=sentence, sources=["e2"])], RECORD, frozenset())
    passed = {one.text for one in shown if is_verified(one)}
    assert passed == {
        "Bob restarted.",
        "restarted the database.",
        "Bob restarted the database.",
        "the database Ann.",
        "the database Ann deleted.",
        "restarted the database Ann.",
        "Ann deleted.",
        "deleted the logs.",
        "Ann deleted the logs.",
    }


def test_a_model_cannot_set_or_take_off_the_mark() -> None:
    sentence = f"Ann restarted the database {UNVERIFIED} {UNVERIFIED}."
    (one,) = kept([Traced(text=sentence, sources=["e2"])], RECORD, frozenset())
    assert one.text.count(UNVERIFIED) == 1
    (again,) = kept([one], RECORD, frozenset())
    assert again == one


def test_only_the_lines_it_names_count() -> None:
    wrong = Traced(text="Bob restarted the database.", sources=["e1", "e99"])
    assert kept([wrong], RECORD, frozenset()) == []
