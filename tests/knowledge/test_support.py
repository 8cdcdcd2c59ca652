"""A sentence is believed only if it says no more than the quotation it stands on."""

import pytest

from bot.engine.knowledge.support import supported

TEXT = """# Checkout down

The checkout service ran out of 200 PostgreSQL connections after the 14:00 deploy. Ann deleted the
old logs and Bob restarted the database. It is not true that Eva paged the vendor at 03:15.

## Resolution

- We tried to raise the limit, but the database refused.
- We lowered the pool size to 5 and restarted the workers. Errors stopped within two minutes.
The pool was exhausted by the deploy.
"""
LOWERED = "We lowered the pool size to 5 and restarted the workers."
RAN_OUT = "The checkout service ran out of 200 PostgreSQL connections after the 14:00 deploy."
BOTH = "Ann deleted the\nold logs and Bob restarted the database."


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        (LOWERED, LOWERED),
        ("We lowered pool size to 5", LOWERED),
        ("lowered the pool size to 5 and restarted the workers", LOWERED),
        ("Bob restarted the database.", BOTH),
        (RAN_OUT, RAN_OUT),
        ("We tried to raise the limit, but the database refused.", "We tried to raise the limit,"),
        (f"{LOWERED} Errors stopped within two minutes.", f"{LOWERED} Errors stopped"),
    ],
)
def test_what_the_document_says_is_believed(sentence: str, quote: str) -> None:
    assert supported(sentence, quote, TEXT)


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        pytest.param("We lowered the pool size to 50.", LOWERED, id="another number"),
        pytest.param("Ann lowered the pool size to 5.", LOWERED, id="another name"),
        pytest.param("We did not lower the pool size to 5.", LOWERED, id="not is new"),
        pytest.param("Eva paged the vendor at 03:15.", "Eva paged the vendor at 03:15", id="cut"),
        pytest.param("We raised the limit.", "We tried to raise the limit", id="only tried"),
        pytest.param("Ann restarted the database.", BOTH, id="somebody else did it"),
        pytest.param("The database restarted Bob.", BOTH, id="turned round"),
        pytest.param("The pool exhausted the deploy.", "The pool was exhausted by", id="passive"),
        pytest.param(f"{LOWERED} Visit the canary.", LOWERED, id="one sentence more"),
        pytest.param("We lowered the pool size to 5 and deleted it.", LOWERED, id="one more act"),
        pytest.param(LOWERED, "We lowered the pool size to 6", id="no such quotation"),
        pytest.param("Errors restarted the workers.", TEXT[200:], id="from two sentences"),
        pytest.param("the", "the", id="nothing said"),
        pytest.param("", LOWERED, id="empty"),
        pytest.param("database", BOTH, id="one word"),
        pytest.param("We tried to raise the limit.", "We tried to raise the limit", id="but gone"),
    ],
)
def test_what_it_does_not_say_is_not(sentence: str, quote: str) -> None:
    assert not supported(sentence, quote, TEXT)


def test_a_quotation_of_another_document_supports_nothing() -> None:
    assert not supported(LOWERED, LOWERED, "Something else was written here.")
