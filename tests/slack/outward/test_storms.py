"""Much at once, and much of it goes wrong: nothing is lost, and next to nothing is said twice."""

from pathlib import Path

import pytest

from tests.fakes.slack.faults import LOST_ANSWER, broken, rate_limited
from tests.slack.outward.conftest import Office
from tests.slack.outward.storm import in_pairs

POST = "chat.postMessage"


async def test_with_a_third_of_all_calls_failing_the_end_is_the_same(
    sqlite_template: Path, tmp_path: Path
) -> None:
    well, ill = await in_pairs(sqlite_template, tmp_path, 6, seed=7)
    assert ill.failed > ill.calls / 5
    assert well.seen.missing(ill.seen) == []
    assert ill.seen.missing(well.seen) == [], "said twice"
    assert ill.seen.rooms == well.seen.rooms


async def test_a_hundred_incidents_in_a_minute_get_rooms_at_slacks_own_pace_the_worst_first(
    office: Office,
) -> None:
    office.slack.limits.on = True
    clock, began = office.outpost.clock, office.outpost.clock.now()
    for n in range(100):
        await office.outpost.opens(f"number {n}", ("P2", "P1", "P2", "P1", "P0")[n % 5])
        clock.forward(seconds=0.6)
    await office.outpost.deliver_all(minutes=8)

    at = [call.at for call in office.slack.calls if call.method == "conversations.create"]
    assert len(at) == 100, "nobody asked in vain"
    assert all(later - first >= 60 for first, later in zip(at, at[20:], strict=False))
    assert at[-1] - began.timestamp() < 6.5 * 60, "Slack allows no more than 20 a minute"
    rooms = [c for c in office.slack.workspace.channels.values() if c.name.startswith("inc-")]
    severities = [room.topic.value[:2] for room in rooms]
    assert severities[:20] == ["P0"] * 20
    assert (severities[20:60], severities[60:]) == (["P1"] * 40, ["P2"] * 40)

    assert all(office.cards(n)[0].channel == office.room(n).id for n in range(1, 101))
    assert [len(office.cards(n)) for n in range(1, 101)] == [1] * 100
    refused = [method for method, code in office.slack.refused if code == "ratelimited"]
    assert set(refused) <= {POST}, "only posts that were late may arrive together"
    assert len(refused) < len(office.slack.calls) / 20


async def test_a_room_is_found_again_though_the_incident_was_renamed_since(office: Office) -> None:
    office.slack.faults.add("conversations.create", LOST_ANSWER)
    office.slack.faults.add("users.conversations", *[broken()] * 8)
    number = await office.outpost.opens("p99 over 2 s")
    await office.outpost.deliver()
    await office.outpost.incidents.rename(number, "checkout is slow", office.outpost.ask())
    await office.outpost.deliver_all(minutes=10)
    room = office.room(number)
    assert room.previous_names == [f"inc-{number}-p99-over-2-s"]
    assert room.topic.value.endswith("checkout is slow")


async def test_a_card_whose_answer_was_lost_shows_what_is_so_now(office: Office) -> None:
    number = await office.outpost.opens("p99 over 2 s", "P2")
    office.slack.faults.add(POST, rate_limited(1))
    await office.outpost.deliver()
    office.slack.faults.add(POST, *[LOST_ANSWER] * 1)
    office.slack.faults.add("conversations.history", *[broken()] * 8)
    await office.outpost.deliver()
    assert "State: New" in office.cards(number)[0].text
    await office.outpost.incidents.ack(number, office.outpost.ask())
    await office.outpost.deliver_all(minutes=10)
    (card,) = office.cards(number)
    assert "State: Acknowledged" in card.text


@pytest.mark.parametrize("edits", [1, 3])
async def test_a_card_moves_into_its_room_once(office: Office, edits: int) -> None:
    office.slack.faults.add("conversations.create", rate_limited(60))
    number = await office.outpost.opens("p99 over 2 s", "P2")
    await office.outpost.deliver()
    assert office.cards(number)[0].channel == office.slack.room("incidents").id
    office.outpost.clock.forward(seconds=70)
    office.slack.faults.add(POST, *[rate_limited(20)] * 2)
    for n in range(edits):
        await office.outpost.incidents.note(number, f"note {n}", office.outpost.ask())
        await office.outpost.deliver()
    await office.outpost.deliver_all(minutes=5)
    room = office.room(number)
    (card,) = office.cards(number)
    assert (card.channel, list(room.pins)) == (room.id, [card.ts])
    assert "is handled in" not in repr(room.messages)
