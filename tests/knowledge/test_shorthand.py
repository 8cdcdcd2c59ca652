"""What people type in chat: what belongs to the chat is left out, what is asked stays."""

from collections.abc import Mapping

import pytest

from bot.engine.knowledge.naming import Named, named
from bot.engine.knowledge.questions import read_question
from bot.engine.knowledge.shorthand import written_out
from bot.engine.knowledge.spelling import respelled
from bot.engine.knowledge.words import terms
from bot.ports.knowledge import Document
from tests.knowledge.conftest import BEN, Shelf

JAVA = """HikariPool-1 - Connection is not available, request timed out
\tat com.zaxxer.hikari.pool.HikariPool.createTimeoutException(HikariPool.java:696)
\tat com.zaxxer.hikari.pool.HikariPool.getConnection(HikariPool.java:197)
\t... 23 more"""
PYTHON = """Traceback (most recent call last):
  File "/app/pay.py", line 3, in charge
ValueError: pool size"""


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        (
            "anyone seen this b4?? :fire: 5xx on ingress <@U0ANN>",
            "seen this before?? 5xx on ingress",
        ),
        ("k8s nodes, oom'd kubelet?", "k8s nodes, oom kubelet?"),
        (
            "pls look: <https://x.example/y|the runbook> @ben w/o vpn",
            "look: the runbook without vpn",
        ),
        ("<#C012AB|payments> is down <!here>", "payments is down"),
        ("<at>Muster</at> who's paged", "who paged"),
        ("2026-01-05T09:00:00Z pool-3 refused by 10.2.3.4:5432", "pool-3 refused by"),
        ("lookups by 1.1.1.1 fail", "lookups by 1.1.1.1 fail"),
        ("req 6f1c0d3e-9a2b-4c55-8d1e-0123456789ab timed out", "req timed out"),
        ("std::string in C++", "std::string in C++"),
        ("mail ben@example.com", "mail ben@example.com"),
        (JAVA, "HikariPool-1 - Connection is not available, request timed out"),
        (PYTHON, "ValueError: pool size"),
        ("lol :fire:", "lol :fire:"),
    ],
)
def test_what_belongs_to_the_chat_is_left_out(typed: str, asked: str) -> None:
    assert written_out(typed) == asked


async def test_a_question_full_of_chat_is_answered_like_the_plain_one(records: Shelf) -> None:
    plain = await records.ask("checkout connection pool exhausted")
    chatty = await records.ask(
        "omg <@U0BEN> :rotating_light: checkout's connection pool exhausted b4?? pls :pray:"
    )
    assert chatty.citations == plain.citations
    assert plain.citations


@pytest.mark.parametrize("question", ["has the lb cert expired?", "pg refuses clients, pool full"])
async def test_an_abbreviation_that_no_document_uses_is_not_unknown(
    records: Shelf, question: str
) -> None:
    assert not (await records.ask(question)).abstained


NAMES: Mapping[str, str] = {"pay": "Pay", "pay-api": "Payments gateway", "web": ""}


@pytest.mark.parametrize(
    ("question", "service"),
    [
        ("the payments gateway is slow", "pay-api"),
        ("pay-api is slow", "pay-api"),
        ("pay is slow", "pay"),
        ("payments are slow at the gateway", None),
        ("website", None),
    ],
)
def test_a_service_is_meant_by_its_id_or_its_name(question: str, service: str | None) -> None:
    found = named(read_question(question).said, NAMES)
    assert (found and found.service) == service


def test_of_several_the_longest_is_meant() -> None:
    found = named(("pay", "payment", "gateway"), NAMES)
    assert found == Named("pay-api", (("payapi",), ("payment", "gateway")))


async def test_a_document_that_says_the_id_is_found_by_the_name(records: Shelf) -> None:
    records.knowledge.services = lambda: NAMES
    records_of = [
        Document(id=id, kind="incident", title=f"Slow {n}", text=f"Slow answers of {said}.")
        for n, (id, said) in enumerate((("a", "the proxy"), ("b", "pay-api"), ("c", "the shop")))
    ]
    await records.library.put(records_of)
    (hit, *_) = await records.knowledge.search("payments gateway slow answers", BEN, limit=3)
    assert hit.document.id == "b"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("kuberntes contaienrs evcited", "kubernetes containers evicted"),
        ("Promethues, postgers and grafna", "prometheus, postgres and grafana"),
        ("databse conection refused", "database connection refused"),
        ("the printer charged translations", "the printer charged translations"),
        ("tablets in the forklift", "tablets in the forklift"),
        ("cassandra, flarum and hostnme", "cassandra, flarum and hostnme"),
    ],
)
def test_a_slip_in_a_word_of_operations_is_put_right(typed: str, meant: str) -> None:
    assert respelled(typed, list(terms(typed))) == meant


async def test_a_question_with_slips_is_answered_like_the_right_one(records: Shelf) -> None:
    right = await records.ask("has the load balancer certificate expired before?")
    typed = await records.ask("has the load balanecr certifcate expired before?")
    assert (typed.text, typed.abstained) == (right.text, False)


async def test_a_word_that_stands_in_a_document_is_as_it_was_meant(records: Shelf) -> None:
    odd = Document(
        id="odd", kind="runbook", title="Exports", text="Run the databse export by hand."
    )
    await records.library.put([odd])
    hits = await records.knowledge.search("databse export", BEN, limit=1)
    assert hits[0].document.id == "odd"
