"""Words of a kind with those of the question: they help to find, and prove nothing."""

import pytest

from bot.engine.knowledge.kin import FILE, is_common, kin
from bot.engine.knowledge.questions import ALIKE, OF_A_KIND, read_question
from bot.engine.knowledge.words import terms
from tests.knowledge.conftest import BEN, Shelf


def test_the_nearest_stand_first() -> None:
    words = [word for word, _ in kin("slow")]
    assert words[:2] == ["slower", "slowed"]
    nearness = [near for _, near in kin("slow")]
    assert nearness == sorted(nearness, reverse=True)


@pytest.mark.parametrize("term", ["", "qzxv", "slo", "zzzz", "kube-proxy", "10.0.0.1", "\n", "é"])
def test_what_is_no_word_of_the_list_has_none(term: str) -> None:
    assert kin(term) == ()


def test_every_line_can_be_read() -> None:
    lines = FILE.read_text().splitlines()
    assert lines == sorted(set(lines))
    for line in lines:
        word, *found = line.split(" ")
        others = [one[:-2] for one in found]
        assert all(tuple(terms(one)) == (one,) for one in (word, *others)), line
        assert word not in others
        assert all(60 <= int(one[-2:]) <= 99 for one in found), line


def test_each_line_is_found() -> None:
    lines = [line.split(" ") for line in FILE.read_text().splitlines()]
    assert all(is_common(word) for word, *_ in (lines[0], lines[-1], *lines[::100]))
    assert all(len(kin(word)) == len(found) for word, *found in lines[::100])


def test_names_and_codes_are_no_common_words() -> None:
    assert all(map(is_common, ("database", "slow", "payment")))
    assert not any(map(is_common, ("flyway", "qzxv", "e1042", "slo", "")))


def test_a_word_of_a_kind_is_worth_less_than_another_word_for_the_same() -> None:
    question = read_question("slow database")
    groups = dict(zip(question.said, zip(question.groups, question.kin, strict=True), strict=True))
    same, near = groups["slow"]
    assert {"latency"} <= same.keys()
    assert not same.keys() & near.keys()
    assert max(near.values()) < OF_A_KIND < ALIKE == same["latency"]


async def test_a_question_in_words_of_a_kind_finds_what_is_written(records: Shelf) -> None:
    hits = await records.knowledge.search("pictures crowded the builder's storage", BEN, limit=1)
    assert [hit.document.id for hit in hits] == ["pm-disk"]


async def test_a_word_of_a_kind_is_no_answer(records: Shelf) -> None:
    """`expire` of something else is near `certificate expired`, and is not in our records."""
    answer = await records.ask("did the parking permits of the fire brigade lapse over Easter?")
    assert answer.abstained
