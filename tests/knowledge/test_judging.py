"""What tells an answer from a document that speaks of something else in the same words."""

from dataclasses import replace

import pytest

from bot.engine.knowledge.judging import BY_MEANING, FEATURES, LEXICAL, features, sure
from bot.engine.knowledge.matching import Match
from bot.engine.knowledge.nearness import Near
from bot.engine.knowledge.products import products, same_name
from bot.engine.knowledge.questions import Question, read_question
from bot.engine.knowledge.ranking import Ranked, Weights, rank
from bot.engine.knowledge.words import terms
from bot.ports.knowledge import Candidate, Candidates, Document, Indexed
from bot.ports.queries import MUSTER
from tests.fakes.clock import FakeClock
from tests.knowledge.conftest import BEN, Shelf


def candidate(*passages: str, number: int = 1) -> Candidate:
    return Candidate(
        number=number,
        id=f"d{number}",
        kind="incident",
        title="",
        url="",
        date=None,
        service=None,
        incident=None,
        length=sum(len(one.split()) for one in passages),
        title_terms="",
        passages=tuple(Indexed(0, 1, "", f" {one} ") for one in passages),
    )


async def look(records: Shelf, text: str) -> tuple[Question, Candidates]:
    question = read_question(text)
    found = await records.library.candidates(question.said, question.others, MUSTER, limit=60)
    return question, found


async def judged(records: Shelf, text: str) -> dict[str, float]:
    question, found = await look(records, text)
    best = rank(question, found, now=records.clock.now())[0]
    given = features(best, question, Weights.of(question, found), found)
    return dict(zip(FEATURES, given, strict=True))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("postgres", "postgresql", True),
        ("psql", "postgres", True),
        ("kubernetes", "k8s", True),
        ("mongo", "mongodb", True),
        ("istio", "envoy", False),
        ("sap", "sapphire", False),
        ("kafka", "kafka", True),
    ],
)
def test_names_of_one_product(one: str, other: str, *, same: bool) -> None:
    (first,), (second,) = terms(one), terms(other)
    assert same_name(first, second) is same
    assert same_name(second, first) is same


def test_plain_words_are_no_names_of_products() -> None:
    """A retry storm is not Apache Storm, and teams are not Teams."""
    assert products().isdisjoint({"storm", "team", "node", "window", "exchange", "spring", "react"})
    assert products().isdisjoint({"route", "office", "five", "rapid"})
    assert {"citrix", "kafka", "flyway", "route53", "five9"} <= products()


def test_words_that_stand_together_are_counted_once_each() -> None:
    wanted = {"pool": [(0, 1.0)], "full": [(1, 1.0)], "disk": [(2, 1.0)], "storage": [(2, 0.6)]}
    far = " ".join(["pool", *["x"] * 30, "full"])
    assert Match.of(candidate(far), wanted).together(wanted, 25) == 1
    assert Match.of(candidate(far), wanted).together(wanted, 31) == 2
    near = "pool pool x full x storage disk x"
    assert Match.of(candidate(far, near), wanted).together(wanted, 25) == 3
    assert Match.of(candidate(far, near), wanted).together(wanted, 2) == 2
    assert Match.of(candidate("nothing here"), wanted).together(wanted, 25) == 0


async def test_a_name_that_no_document_has_counts_more_than_one_that_others_have(
    records: Shelf,
) -> None:
    absent = await judged(records, "citrix certificate of the load balancer expired")
    assert (absent["absent"], absent["unnamed"] > 0) == (1.0, True)
    elsewhere = await judged(records, "postgresql certificate of the load balancer expired")
    assert (elsewhere["absent"], elsewhere["unnamed"] > 0) == (0.0, True)
    named = await judged(records, "haproxy certificate of the load balancer expired")
    assert (named["absent"], named["unnamed"]) == (0.0, 0.0)


async def test_a_name_by_which_something_like_it_is_found_is_not_there(records: Shelf) -> None:
    """The thesaurus finds Envoy for Istio; an answer about Envoy is none about Istio."""
    text = "# Sidecars\n\nThe envoy proxies were restarted after the mesh upgrade."
    await records.library.put([Document(id="mesh", kind="incident", title="Mesh", text=text)])
    assert (await judged(records, "istio proxies restarted, mesh upgrade"))["unnamed"] > 0
    assert (await judged(records, "envoy proxies restarted, mesh upgrade"))["unnamed"] == 0


async def test_a_word_that_nobody_knows_speaks_against_it(records: Shelf) -> None:
    said = await judged(records, "connection pool exhausted in zorblax")
    assert said["strange"] > 0
    assert (await judged(records, "connection pool exhausted in the evening"))["strange"] == 0


async def test_what_is_near_in_meaning_is_judged_by_that_too(records: Shelf) -> None:
    question, found = await look(records, "shoppers could not pay after a release")
    weights = Weights.of(question, found)
    numbers = {one.id: one.number for one in found.items}
    chances = []
    for cosine in (0.2, 0.8):
        near = Near("local", {numbers["pm-pool"]: cosine, 999: 0.1})
        ranked = rank(question, found, near, now=records.clock.now())
        (one,) = [one for one in ranked if one.candidate.id == "pm-pool"]
        assert (one.embedding, one.cosine) == ("local", cosine)
        chances.append(sure(one, question, weights, found))
    assert chances[0] < chances[1]


async def test_cosines_that_nobody_knows_and_documents_without_one_are_judged_by_words(
    records: Shelf,
) -> None:
    question, found = await look(records, "connection pool exhausted")
    weights = Weights.of(question, found)
    plain = rank(question, found, now=records.clock.now())[0]
    assert "openai:x" not in BY_MEANING
    numbers = {one.id: one.number for one in found.items}
    for near in (Near("openai:x", {numbers["pm-pool"]: 0.9}), Near("local", {999: 0.9})):
        ranked = rank(question, found, near, now=records.clock.now())
        (one,) = [one for one in ranked if one.candidate.id == "pm-pool"]
        assert sure(one, question, weights, found) == sure(plain, question, weights, found)
    assert len(LEXICAL) == len(FEATURES) == len(BY_MEANING["local"])


async def test_among_more_documents_it_takes_more_up_to_what_was_measured(records: Shelf) -> None:
    question, found = await look(records, "connection pool exhausted")
    many = []
    for documents in (6, 500, 1_000, 2_500, 1_000_000):
        among = replace(found, documents=documents)
        weights = Weights.of(question, among)
        best = rank(question, among, now=records.clock.now())[0]
        many.append(features(best, question, weights, among)[FEATURES.index("many")])
    assert many[0] == many[1] == 0 < many[2] < many[3] == many[4]
    assert LEXICAL[FEATURES.index("many")] < 0


def test_of_two_that_say_the_same_the_shorter_goes_first(clock: FakeClock) -> None:
    question = read_question("turbine vibrates")
    filler = " ".join(f"w{n}" for n in range(400))
    found = Candidates(
        items=(
            candidate("turbine vibrate", filler, number=1),
            candidate("turbine vibrate", "w1 w2", number=2),
        ),
        having=dict.fromkeys(question.said, 2),
        documents=100,
        length=100,
        passage_length=100,
    )
    ranked: list[Ranked] = rank(question, found, now=clock.now())
    assert [one.candidate.number for one in ranked] == [2, 1]


async def test_people_who_name_the_product_get_the_answer(records: Shelf) -> None:
    hits = await records.knowledge.search("haproxy certificate expired", BEN, limit=1)
    assert [hit.document.id for hit in hits] == ["rb-cert"]
    answer = await records.ask("haproxy certificate of the load balancer expired")
    assert {one.document.id for one in answer.citations} == {"rb-cert"}
