"""What an incident is like is said when it opens, and never what is private."""

import pytest

from bot.cards.plain_text import plain_text
from bot.cards.timeline import sentence
from bot.domain.entry import EntryType
from bot.engine.announce import Announce
from bot.engine.knowledge.suggesting import Suggesting
from bot.engine.rules import Rules
from bot.engine.work import Work
from bot.ports.queries import MUSTER
from tests.fakes.policies import company
from tests.knowledge.conftest import Shelf

TITLE = "Turnstile gateway rejects badges"
FIX = "Restarted the turnstile gateway."


@pytest.fixture
def suggesting(records: Shelf) -> Suggesting:
    work = Work(records.store, Announce(Rules(company()), {}))
    return Suggesting(records.knowledge, records.queries, work)


async def past(records: Shelf) -> int:
    number = await records.opens(TITLE)
    await records.resolves(number, FIX)
    await records.indexing.catch_up()
    return number


async def said(records: Shelf, number: int) -> str:
    entries = await records.queries.entries(number, MUSTER)
    return sentence(entries[-1], {}) if entries[-1].type is EntryType.SIMILAR_FOUND else ""


async def test_a_past_one_is_told_with_what_fixed_it(
    records: Shelf, suggesting: Suggesting
) -> None:
    await past(records)
    number = await records.opens(f"{TITLE} at the door")
    assert await suggesting.suggest(number)
    assert "One past incident looks like this one" in await said(records, number)
    card = await suggesting.card(await records.incident(number))
    assert TITLE in plain_text(card)
    assert FIX in plain_text(card)


async def test_an_open_one_that_looks_the_same_is_a_warning(
    records: Shelf, suggesting: Suggesting
) -> None:
    first = await records.opens(TITLE)
    second = await records.opens(f"{TITLE} too")
    assert await suggesting.suggest(second)
    assert f"It may be the same as #{first}, which is open." in await said(records, second)


async def test_what_is_private_is_neither_named_nor_counted(
    records: Shelf, suggesting: Suggesting
) -> None:
    await records.opens(TITLE, visibility="private", members=["ann"])
    number = await records.opens(f"{TITLE} too")
    assert not await suggesting.suggest(number)
    hidden = await past(records)
    later = await records.opens(f"{TITLE} at the door")
    assert await suggesting.suggest(later)
    await records.hides(hidden)
    assert TITLE not in plain_text(await suggesting.card(await records.incident(number)))


async def test_what_is_like_nothing_is_left_alone(records: Shelf, suggesting: Suggesting) -> None:
    number = await records.opens("Espresso machine explodes")
    assert not await suggesting.suggest(number)
    assert len(await records.queries.entries(number, MUSTER)) == 1
