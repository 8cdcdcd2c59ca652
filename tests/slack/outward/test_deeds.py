"""Every kind of effect that Slack says it can do, done against the simulator."""

from typing import Any

import pytest

from bot.domain.card import Button, Buttons, Card, Text, Tone
from bot.domain.effect import EffectKind
from bot.domain.errors import DeliveryError
from bot.ports.channel import Job
from tests.fakes.slack.faults import LOST_ANSWER
from tests.fakes.slack.state import Channel
from tests.slack.outward.conftest import Office

CARD = Card("#7 a card", (Text("words"), Buttons((Button("Acknowledge", "ack #7"),))), Tone.ALARM)


@pytest.fixture
def room(office: Office) -> Channel:
    """A room that is ours already."""
    channel = office.slack.workspace.create("inc-7-a-card", office.slack.app.bot_user)
    office.slack.workspace.join(channel, "U0ANN")
    return channel


def job(kind: EffectKind, room: Channel | None = None, **more: Any) -> Job:
    facts = {
        "id": "INC-20260105-00007",
        "title": "a card",
        "severity": "P1",
        "url": "https://muster.example/incidents/7",
        "version": 3,
    }
    places = {"room": {"id": room.id}} if room else {}
    return Job(
        key=f"{kind}:7",
        kind=kind,
        incident=7,
        card=CARD,
        line="P1 a card #7",
        facts={"incident": facts},
        places={**places, **more.pop("places", {})},
        **more,
    )


async def test_a_bookmark_is_set_once_and_may_change(office: Office, room: Channel) -> None:
    for url in ("https://a.example", "https://a.example", "https://b.example"):
        payload = {"title": "Dashboard", "url": url}
        await office.platform.perform(job(EffectKind.BOOKMARK, room, payload=payload))
    (bookmark,) = room.bookmarks.values()
    assert bookmark["link"] == "https://b.example"


async def test_who_leaves_is_removed_and_who_is_gone_already_is_no_error(
    office: Office, room: Channel
) -> None:
    for _ in range(2):
        await office.platform.perform(job(EffectKind.REMOVE, room, payload={"people": ["ann"]}))
    assert "U0ANN" not in room.members


async def test_a_room_is_renamed_by_the_template_and_an_adopted_one_is_not(
    office: Office, room: Channel
) -> None:
    room.name = "inc-7-old"
    made = await office.platform.perform(job(EffectKind.RENAME_ROOM, room))
    assert (room.name, made["room"]["name"]) == ("inc-7-a-card", "inc-7-a-card")
    assert await office.platform.perform(job(EffectKind.RENAME_ROOM, room)) == {}
    room.name = "war-room"
    adopted = {"room": {"id": room.id, "adopted": True}}
    await office.platform.perform(job(EffectKind.RENAME_ROOM, room, places=adopted))
    await office.platform.perform(job(EffectKind.ARCHIVE_ROOM, room, places=adopted))
    assert (room.name, room.is_archived) == ("war-room", False)


async def test_archiving_twice_is_archiving(office: Office, room: Channel) -> None:
    for _ in range(2):
        await office.platform.perform(job(EffectKind.ARCHIVE_ROOM, room))
    assert room.is_archived


async def test_a_whisper_is_seen_by_one(office: Office, room: Channel) -> None:
    payload = {"channel": room.id}
    await office.platform.perform(
        job(EffectKind.EPHEMERAL, room, payload=payload, person_id="ann", to="person:ann")
    )
    assert [m.seen_by for m in office.slack.workspace.ephemerals] == ["U0ANN"]
    assert room.top_level() == []


async def test_a_reaction_and_a_pin_that_are_there_already_are_no_error(
    office: Office, room: Channel
) -> None:
    message = office.slack.workspace.post(room, office.slack.app.bot_user, "hello")
    place = {"card": {"channel": room.id, "ts": message.ts}}
    reaction = {"channel": room.id, "ts": message.ts, "name": "eyes"}
    for _ in range(2):
        await office.platform.perform(job(EffectKind.REACT, room, payload=reaction))
        await office.platform.perform(job(EffectKind.PIN, room, places=place))
    assert (list(message.reactions), list(room.pins)) == (["eyes"], [message.ts])


async def test_a_file_whose_answer_was_lost_is_there_once(office: Office, room: Channel) -> None:
    payload = {"name": "inc-7.md", "title": "Postmortem", "text": "# what happened"}
    office.slack.faults.add("files.completeUploadExternal", LOST_ANSWER)
    with pytest.raises(DeliveryError):
        await office.platform.perform(job(EffectKind.UPLOAD, room, payload=payload))
    await office.platform.perform(job(EffectKind.UPLOAD, room, payload=payload, tries=1))
    assert [f["name"] for m in room.messages.values() for f in m.files] == ["inc-7.md"]


async def test_a_home_is_published(office: Office) -> None:
    await office.platform.perform(job(EffectKind.PUBLISH_HOME, person_id="ann"))
    home = office.slack.workspace.homes["U0ANN"]
    assert "#7 a card" in repr(home.blocks)


async def test_a_page_offers_acknowledge_and_open(office: Office) -> None:
    await office.platform.perform(job(EffectKind.PAGE, person_id="ann", loud=True))
    (page,) = office.direct("U0ANN")
    buttons = [e for b in page.all_blocks if b["type"] == "actions" for e in b["elements"]]
    assert [(e.get("value"), e.get("url")) for e in buttons] == [
        ("ack #7", None),
        (None, "https://muster.example/incidents/7"),
    ]


async def test_somebody_slack_does_not_know_is_named(office: Office) -> None:
    with pytest.raises(DeliveryError, match="nobody-here") as refused:
        await office.platform.perform(job(EffectKind.PAGE, person_id="nobody-here"))
    assert refused.value.permanent


async def test_without_any_channel_it_says_what_to_set(office: Office) -> None:
    office.platform.posts.digest = ""
    with pytest.raises(DeliveryError, match=r"slack\.digest_channel") as refused:
        await office.platform.perform(job(EffectKind.POST, payload={"slot": "card"}))
    assert refused.value.permanent
    waits = {"room": {"digest": True, "waiting": True}}
    with pytest.raises(DeliveryError) as told:
        await office.platform.perform(job(EffectKind.POST, payload={"slot": "card"}, places=waits))
    assert told.value.paced, "the room will come"


def test_these_are_all(office: Office) -> None:
    everything = set(EffectKind) - {EffectKind.NOTIFY, EffectKind.WEBHOOK}
    assert office.platform.capabilities.effects == everything
