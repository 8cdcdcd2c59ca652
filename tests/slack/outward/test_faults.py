"""Whatever Slack answers, each thing is said once, and what cannot be said is on the record."""

import asyncio

import pytest

from bot.domain.effect import EffectKind
from bot.domain.errors import DeliveryError
from bot.engine.sending import LEASE
from bot.platforms.slack.errors import CODES, Hope
from bot.ports.channel import Job
from tests.delivery.test_crashes import die
from tests.fakes.slack.faults import (
    HALF_BODY,
    HANG,
    HTML,
    HTML_503,
    LOST_ANSWER,
    NO_JSON,
    RESET,
    Deed,
    Fault,
    broken,
    rate_limited,
    refuses,
)
from tests.slack.outward.conftest import Office

POST = "chat.postMessage"


async def _noted(office: Office, *faults: Fault) -> int:
    """An incident with its room, and a note that meets the faults."""
    number = await office.outpost.opens("p99 over 2 s")
    await office.outpost.deliver()
    office.outpost.clock.forward(minutes=2)
    await office.outpost.deliver()
    office.slack.faults.add(POST, *faults)
    if any(fault.deed is Deed.HANG for fault in faults):
        office.platform.slack.timeout = 0.3
    await office.outpost.incidents.note(number, "look here", office.outpost.ask())
    await office.outpost.deliver_all(minutes=3)
    return number


def _seen(office: Office, number: int) -> int:
    return sum("look here" in text for text in office.thread(number))


@pytest.mark.parametrize(
    "fault",
    [HTML, HTML_503, HALF_BODY, NO_JSON, HANG, RESET, broken(500), broken(503), LOST_ANSWER],
    ids=["html", "html-503", "half", "no-json", "hang", "reset", "500", "503", "lost"],
)
async def test_what_goes_wrong_on_the_way_is_tried_again_and_shows_once(
    office: Office, fault: Fault
) -> None:
    number = await _noted(office, fault)
    assert _seen(office, number) == 1


@pytest.mark.parametrize("fault", [HALF_BODY, NO_JSON, HTML_503, HANG, RESET])
async def test_what_was_heard_though_the_answer_was_lost_shows_once(
    office: Office, fault: Fault
) -> None:
    lost = fault.after_it_is_done()
    number = await _noted(office, lost)
    assert _seen(office, number) == 1
    assert [method for method, _ in office.slack.faults.happened] == [POST]


@pytest.mark.parametrize("wait", [0, 30, 3600, None, "soon", "-1", "1e9"])
async def test_slack_is_left_alone_for_as_long_as_it_asks(
    office: Office, wait: str | int | None
) -> None:
    number = await _noted(office, rate_limited(wait))
    waits = 3600 if wait == 3600 else 0
    assert _seen(office, number) == (0 if waits else 1)
    office.outpost.clock.forward(seconds=waits)
    await office.outpost.deliver_all(minutes=3)
    assert _seen(office, number) == 1
    assert await office.outpost.entries(number, "notification_failed") == []


LASTING = sorted(
    code for code, (hope, _) in CODES.items() if hope is Hope.NONE and code != "not_in_channel"
)


@pytest.mark.parametrize("code", LASTING)
async def test_a_lasting_refusal_is_an_entry_and_what_comes_next_goes_on(
    office: Office, code: str
) -> None:
    number = await _noted(office, refuses(code))
    (failed,) = await office.outpost.entries(number, "notification_failed")
    assert code in failed.text
    await office.outpost.incidents.note(number, "the next one", office.outpost.ask())
    await office.outpost.deliver()
    assert "the next one" in office.thread(number)[-1]


@pytest.mark.parametrize("code", sorted(c for c, (hope, _) in CODES.items() if hope is Hope.TIME))
async def test_a_passing_refusal_is_tried_again(office: Office, code: str) -> None:
    number = await _noted(office, refuses(code))
    assert _seen(office, number) == 1


async def test_an_unknown_refusal_is_on_the_record(office: Office) -> None:
    number = await _noted(office, refuses("something_new"))
    (failed,) = await office.outpost.entries(number, "notification_failed")
    assert "something_new" in failed.text


async def test_a_locked_out_app_keeps_what_it_has_to_say_and_pages_by_another_way(
    office: Office,
) -> None:
    office.slack.app.revoked = True
    number = await office.outpost.opens("p99 over 2 s")
    await office.outpost.deliver()
    assert [who for who, _ in office.outpost.sms.pages] == ["ann"]
    await office.outpost.deliver_all(minutes=10)
    office.slack.app.revoked = False
    await office.outpost.deliver_all(minutes=10)
    assert len(office.cards(number)) == 1
    assert office.cards(number)[0].channel == office.room(number).id


async def test_a_room_whose_answer_was_lost_is_found_again(office: Office) -> None:
    office.slack.faults.add("conversations.create", LOST_ANSWER)
    number = await office.outpost.opens("p99 over 2 s")
    await office.outpost.deliver()
    assert office.room(number).name == f"inc-{number}-p99-over-2-s"
    assert len(office.cards(number)) == 1


async def test_a_page_whose_answer_was_lost_rings_once(office: Office) -> None:
    office.slack.faults.add(POST, LOST_ANSWER)
    await office.outpost.opens("p99 over 2 s", "P1")
    await office.outpost.deliver_all(minutes=1)
    (page,) = office.direct("U0ANN")
    assert page.metadata is not None
    assert page.metadata["event_type"] == "muster_effect"


@pytest.mark.parametrize("code", ["message_not_found", "cant_update_message", "edit_window_closed"])
async def test_a_card_that_cannot_be_edited_is_posted_anew(office: Office, code: str) -> None:
    number = await office.outpost.opens("p99 over 2 s")
    await office.outpost.deliver()
    office.slack.faults.add("chat.update", refuses(code))
    await office.outpost.incidents.ack(number, office.outpost.ask())
    await office.outpost.deliver()
    newest = office.cards(number)[-1]
    await office.outpost.incidents.resolve(number, office.outpost.ask())
    await office.outpost.deliver()
    assert len(office.cards(number)) == 2
    assert "Resolved" in repr(newest.attachments)


async def test_a_room_that_was_deleted_moves_to_the_digest(office: Office) -> None:
    number = await office.outpost.opens("p99 over 2 s")
    await office.outpost.deliver()
    del office.slack.workspace.channels[office.room(number).id]
    await office.outpost.incidents.ack(number, office.outpost.ask())
    await office.outpost.deliver_all(minutes=1)
    await office.outpost.incidents.resolve(number, office.outpost.ask())
    await office.outpost.deliver_all(minutes=1)
    (card,) = office.cards(number)
    assert card.channel == office.slack.room("incidents").id
    assert "Resolved" in repr(card.attachments)


async def test_rooms_that_are_not_allowed_are_handled_in_the_digest(office: Office) -> None:
    office.slack.faults.always["conversations.create"] = refuses("restricted_action")
    number = await office.outpost.opens("p99 over 2 s")
    await office.outpost.incidents.ack(number, office.outpost.ask())
    await office.outpost.deliver()
    (card,) = office.cards(number)
    assert card.channel == office.slack.room("incidents").id
    assert len(office.slack.room("incidents").top_level()) == 1
    assert "Acknowledged" in repr(card.attachments)


async def test_a_channel_nobody_let_us_into_is_joined(office: Office) -> None:
    office.slack.app.scopes.discard("chat:write.public")
    number = await office.outpost.opens("disk fills up", "P3")
    await office.outpost.deliver()
    assert len(office.cards(number)) == 1
    assert office.slack.app.bot_user in office.slack.room("incidents").members


async def test_whoever_waits_for_a_room_is_handled_at_once_from_the_digest(
    office: Office,
) -> None:
    office.slack.limits.on = True
    for n in range(26):
        await office.outpost.opens(f"number {n}", "P1")
    began = office.outpost.clock.now()
    waiting = office.slack.room("incidents")
    await office.outpost.deliver()
    late = max(n for n in range(1, 27) if not office.has_room(n))
    while not office.cards(late):
        office.outpost.clock.forward(seconds=1)
        await office.outpost.deliver()
    waited = (office.outpost.clock.now() - began).total_seconds()
    assert waited <= 60, "each channel takes one a second"
    (card,) = office.cards(late)
    assert card.channel == waiting.id
    await office.outpost.incidents.ack(late, office.outpost.ask())
    await office.outpost.deliver_all(minutes=1)
    assert "Acknowledged" in repr(office.cards(late)[0].attachments)
    await office.outpost.deliver_all(minutes=5)
    (card,) = office.cards(late)
    assert card.channel == office.room(late).id


async def test_two_that_create_a_room_at_once_end_in_the_same(office: Office) -> None:
    number = await office.outpost.opens("p99 over 2 s")
    facts = {"id": "INC-1", "title": "p99", "severity": "P1", "url": "https://muster.example/1"}
    job = Job(
        key="room", kind=EffectKind.OPEN_ROOM, incident=number, facts={"incident": facts}, tries=1
    )
    made = await asyncio.gather(*(office.platform.perform(job) for _ in range(2)))
    assert made[0] == made[1]
    assert [c.name for c in office.slack.workspace.channels.values()].count(
        f"inc-{number}-p99"
    ) == 1


async def test_an_effect_slack_does_not_know_is_refused_for_good(office: Office) -> None:
    assert EffectKind.WEBHOOK not in office.platform.capabilities.effects
    with pytest.raises(DeliveryError) as refused:
        await office.platform.perform(Job(key="k", kind=EffectKind.WEBHOOK))
    assert refused.value.permanent


async def test_a_process_that_died_after_speaking_does_not_speak_twice(office: Office) -> None:
    number = await office.outpost.opens("p99 over 2 s")
    await office.outpost.deliver()
    await office.outpost.incidents.note(number, "look here", office.outpost.ask())
    await die(office.outpost, "delivery.after_call", 1)
    office.outpost.clock.forward(seconds=LEASE)
    await office.outpost.deliver_all(minutes=2)
    assert _seen(office, number) == 1
