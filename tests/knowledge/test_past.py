"""Incidents that ended are knowledge; private ones and tests are not."""

from bot.domain.entry import EntryType
from bot.domain.lifecycle import State
from bot.ports.queries import MUSTER, Viewer
from tests.knowledge.conftest import BEN, Shelf

TITLE = "Turnstile gateway rejects badges"
FIX = "Restarted the turnstile gateway and renewed its badge certificate."


async def ended(records: Shelf, **fields: object) -> int:
    number = await records.opens(TITLE, **fields)
    await records.enters(number, EntryType.COMMENT_ADDED, "The gateway log says badge expired.")
    await records.resolves(number, FIX)
    await records.indexing.catch_up()
    return number


async def found(records: Shelf, viewer: Viewer = BEN) -> list[int | None]:
    hits = await records.knowledge.search("turnstile gateway badges", viewer, limit=5)
    return [hit.document.incident for hit in hits]


async def test_a_resolved_incident_answers_the_next_question(records: Shelf) -> None:
    number = await ended(records)
    answer = await records.ask("turnstile rejects badges again, what fixed it last time?")
    assert {c.document.incident for c in answer.citations} == {number}
    assert FIX in answer.text


async def test_an_open_incident_is_no_knowledge_yet(records: Shelf) -> None:
    await records.opens(TITLE)
    assert await records.indexing.catch_up() == 0
    assert await found(records) == []


async def test_what_is_said_after_the_end_is_found_too(records: Shelf) -> None:
    number = await ended(records)
    await records.enters(number, EntryType.COMMENT_ADDED, "Root cause: an axolotl in the vault.")
    await records.indexing.catch_up()
    hits = await records.knowledge.search("axolotl vault", BEN, limit=5)
    assert [hit.document.incident for hit in hits] == [number]


async def test_a_reopened_incident_leaves_until_it_ends_again(records: Shelf) -> None:
    number = await ended(records)
    await records.enters(number, EntryType.REOPENED, status=State.NEW, round=2)
    await records.indexing.catch_up()
    assert await found(records) == []
    await records.resolves(number, FIX)
    await records.indexing.catch_up()
    assert await found(records) == [number]


async def test_a_test_incident_stays_out(records: Shelf) -> None:
    await ended(records, test=True)
    assert await found(records) == []


async def test_a_private_incident_never_enters_the_index(records: Shelf) -> None:
    await ended(records, visibility="private", members=["ann"])
    for viewer in (BEN, Viewer("ann"), MUSTER):
        assert await found(records, viewer) == []


async def test_what_becomes_private_is_gone_from_the_very_next_answer(records: Shelf) -> None:
    number = await ended(records)
    assert await found(records) == [number]
    await records.hides(number)  # and nobody has indexed since
    assert await found(records) == []
    answer = await records.ask("turnstile rejects badges again, what fixed it last time?")
    assert answer.abstained
    assert TITLE not in [one.title for one in answer.nearest]
    await records.indexing.catch_up()
    async for _, document in records.library.everything():
        assert document.incident is None


async def test_secrets_of_an_incident_are_not_indexed(records: Shelf) -> None:
    number = await records.opens(TITLE)
    await records.resolves(number, "Rotated the turnstile key AKIAIOSFODNN7EXAMPLE at the gateway.")
    await records.indexing.catch_up()
    hits = await records.knowledge.search("rotated turnstile gateway", BEN, limit=1)
    assert "[redacted]" in hits[0].document.text
    assert "AKIA" not in hits[0].document.text


async def test_similar_incidents_come_with_what_fixed_them(records: Shelf) -> None:
    past = await ended(records)
    now = await records.opens("Turnstile gateway rejects all badges at the door")
    similar = await records.knowledge.similar(await records.incident(now), BEN, limit=5)
    assert [one.document.incident for one in similar] == [past]
    assert similar[0].fix == FIX
    await records.hides(past)
    assert await records.knowledge.similar(await records.incident(now), BEN, limit=5) == []
