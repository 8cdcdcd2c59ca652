"""`If-Match` and `If-None-Match`."""

import asyncio

import pytest

from bot.domain.entry import EntryType
from bot.domain.people import SYSTEM
from bot.ports.store import Lane, Unit
from tests.api.house import House


@pytest.mark.parametrize("tag", ['"{}"', 'W/"{}"', "{}", '"0", "{}"', "*", ' "{}" ', '"abc", "{}"'])
async def test_who_knows_the_version_may_change_it(house: House, tag: str) -> None:
    made = await house.declare()
    headers = {"If-Match": tag.format(made["version"])}
    said = await house.patch("/incidents/1", {"title": "Down"}, headers=headers)
    assert said.status == 200
    assert said.headers["ETag"] == f'"{made["version"] + 1}"'


@pytest.mark.parametrize("tag", ['"99"', 'W/"0"', '"abc"', '"98", "99"', "99", '""'])
async def test_who_looked_at_another_version_was_too_slow(house: House, tag: str) -> None:
    made = await house.declare()
    for said in (
        await house.patch("/incidents/1", {"title": "Down"}, headers={"If-Match": tag}),
        await house.post("/incidents/1/acknowledge", {}, headers={"If-Match": tag}),
    ):
        assert said.status == 412
        assert f"version {made['version']}" in said["detail"]
    assert await _is_as_it_was(house, made)


async def test_what_is_no_tag_is_told(house: House) -> None:
    made = await house.declare()
    for tag in ["abc", '"', '"1', "W/1", '"1" "2"', ",", "1.5", "-1", "x" * 5000]:
        said = await house.patch("/incidents/1", {"title": "Down"}, headers={"If-Match": tag})
        assert said.status == 400, tag
    assert await _is_as_it_was(house, made)


async def _is_as_it_was(house: House, made: object) -> bool:
    return bool((await house.get("/incidents/1")).told == made)


async def test_of_two_who_know_the_same_version_one_wins(both: House) -> None:
    made = await both.declare()
    headers = {"If-Match": f'"{made["version"]}"'}
    said = await asyncio.gather(
        *(both.patch("/incidents/1", {"title": f"{n}"}, headers=headers) for n in range(4))
    )
    assert sorted(one.status for one in said) == [200, 412, 412, 412]


async def test_the_version_may_stand_in_the_body(house: House) -> None:
    made = await house.declare()
    assert (await house.patch("/incidents/1", {"title": "a", "version": 99})).status == 412
    said = await house.patch("/incidents/1", {"title": "a", "version": made["version"]})
    assert said.status == 200


async def test_who_knows_it_already_is_not_told_again(house: House) -> None:
    made = await house.declare()
    tag = f'"{made["version"]}"'
    said = await house.call("GET", "/incidents/1", headers={"If-None-Match": tag})
    assert (said.status, said.raw, said.headers["ETag"]) == (304, b"", tag)
    await house.post("/incidents/1/acknowledge")
    said = await house.call("GET", "/incidents/1", headers={"If-None-Match": tag})
    assert said.status == 200


async def test_news_of_a_delivery_makes_nobody_too_slow(both: House) -> None:
    made = await both.declare()
    headers = {"If-Match": f'"{made["version"]}"'}
    await _deliver(both)
    said = await both.patch("/incidents/1", {"title": "Down"}, headers=headers)
    assert said.status == 200, said.told

    await _deliver(both)
    said = await both.post("/incidents/1/acknowledge", {}, headers=headers)
    assert said.status == 412, "the title was changed meanwhile"


async def _deliver(house: House) -> None:
    """A page went out, and it stands in the record."""

    async def note(unit: Unit) -> None:
        unit.ledger.enter(await unit.incident(1), EntryType.NOTIFICATION_SENT, SYSTEM)

    await house.store.transact(note, lane=Lane.DELIVERY)
