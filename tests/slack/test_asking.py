"""Asked in Slack and by REST: one answer, and its quotations stand in the documents."""

import html
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.engine.knowledge.reading import read_line
from bot.ports.knowledge import Document
from storage.library.library import SqlLibrary
from tests.fakes.slack import Message
from tests.fakes.slack.spoken import words_of
from tests.knowledge.conftest import shelf
from tests.slack.office import Office, buttons

CORPUS = Path(__file__).parents[3] / "shared" / "data" / "corpus" / "incidents.jsonl"
QUOTED = re.compile(r"“(.+?)” \[(\d+)\]")

SMALL = (
    "checkout ran out of db connections, what fixed it?",
    "has the lb cert expired before?",
)
LARGE = (
    "prometheus was killed while replaying the WAL after a restart, what fixed it?",
    "dns entries were removed over the weekend",
    "docker hub creds rotated and now image pulls fail",
)


@pytest.fixture(params=["small", "corpus"])
async def asked(
    request: pytest.FixtureRequest, http_office: Office
) -> tuple[Office, tuple[str, ...]]:
    """An office with documents written down, and what is asked there."""
    if request.param == "small":
        documents, questions = list(shelf()), SMALL
    elif not CORPUS.exists():
        pytest.skip(f"there is no corpus in {CORPUS.parent}")
    else:
        lines = CORPUS.read_text().splitlines()
        documents, questions = [read_line(line, kind="incident") for line in lines], LARGE
    await _library(http_office).put(documents)
    return http_office, questions


async def test_the_quotations_of_an_answer_stand_word_for_word_in_the_documents(
    asked: tuple[Office, tuple[str, ...]],
) -> None:
    office, questions = asked
    written = {one.title: one async for _, one in _library(office).everything()}
    for question in questions:
        await office.ann.command(f"/incident ask {question}", office.general)
        await office.done()
        said = office.ann.whispers[-1]
        assert buttons(said) == ["👍 Helped", "👎 Did not"], question
        there = _quoted(said, written)
        told = await _by_rest(office, question)
        assert there == told, question
    assert office.general.top_level() == [], "the answer is the asker's alone"


async def test_a_thumb_is_a_press_and_a_follow_up_keeps_the_thread(http_office: Office) -> None:
    await _library(http_office).put(shelf())
    await http_office.ann.tell("ask checkout connection pool exhausted after the deploy")
    said = await http_office.ann.reads("Quoted word for word.", http_office.ann.direct)
    await http_office.ann.press("👍 Helped", said)
    await http_office.ann.hears("Thanks, that is kept.")
    await http_office.ann.tell("ask and what fixed it?")
    await http_office.done()
    await http_office.ann.reads("lowered the pool size to 5", http_office.ann.direct)


def _library(office: Office) -> SqlLibrary:
    return SqlLibrary(office.muster.store)


def _quoted(said: Message, written: Mapping[str, Document]) -> list[str]:
    """The quotations, each found in the document that its number leads to."""
    shown = html.unescape(words_of(said.all_blocks)).replace("\u2060", "")
    sources = [line for line in shown.splitlines() if line.startswith("•")]
    quotes = QUOTED.findall(shown)
    assert quotes
    for quote, number in quotes:
        (source,) = (line for line in sources if f"[{number}]" in line)
        (title,) = (title for title in written if title in source)
        assert quote in " ".join(written[title].text.split())
        assert shown.count(title) == 1, "a document is named once"
    return [quote for quote, _ in quotes]


async def _by_rest(office: Office, question: str) -> list[str]:
    texts = {one.id: one.text async for _, one in _library(office).everything()}
    async with ClientSession() as session:
        url = f"{office.address}api/v1/ask"
        async with session.post(url, json={"question": question}) as answer:
            assert answer.status == 200, await answer.text()
            told = await answer.json()
    assert told["citations"]
    for one in told["citations"]:
        assert one["quote"] in texts[one["document_id"]]
    return [" ".join(one["quote"].split()) for one in told["citations"]]
