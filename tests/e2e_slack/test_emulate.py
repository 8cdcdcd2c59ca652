"""A second judge of what Muster says to Slack: a Slack that somebody else wrote from its docs."""

from contextlib import suppress

import pytest
from slack_sdk.errors import SlackApiError

from bot.domain.effect import EffectKind
from bot.domain.incident import Visibility
from bot.domain.severity import Severity
from bot.platforms.slack.client import READS
from bot.platforms.slack.limits import PER_MINUTE, POST
from bot.ports.channel import Job
from bot.ports.store import Lane, Unit
from tests.e2e_slack.conftest import Beside

pytestmark = [pytest.mark.e2e, pytest.mark.e2e_slack]

LACKS = {
    "apps.connections.open",
    "usergroups.list",
    "usergroups.users.list",
    "users.conversations",
}
"""What `emulate` 0.12.2 does not know of all that Muster calls."""


async def test_the_life_of_an_incident(beside: Beside) -> None:
    outpost, look = beside.outpost, beside.look
    number = await outpost.opens("p99 over 2 s", service="payments")
    await outpost.deliver_all(minutes=1)

    room = await beside.channel(f"inc-{number}-p99-over-2-s")
    id = room["id"]
    assert room["topic"]["value"] == f"P1 · #{number} · p99 over 2 s"
    assert f"/incidents/{number}" in room["purpose"]["value"]
    ann = (await look.users_lookupByEmail(email="ann@example.org"))["user"]["id"]
    assert ann in (await look.conversations_members(channel=id))["members"]
    card = await beside.card(number, id)
    assert card["attachments"]
    pins = await look.pins_list(channel=id)
    assert [item["message"]["ts"] for item in pins["items"]] == [card["ts"]]
    marks = await look.bookmarks_list(channel_id=id)
    assert {mark["title"] for mark in marks["bookmarks"]} == {"Muster", "Runbook"}

    ben = outpost.ask("ben")
    await outpost.incidents.ack(number, ben)
    await outpost.incidents.note(number, "<!channel> restarted it", ben)
    await outpost.incidents.update(number, ben, known="the cache is cold")
    await outpost.incidents.severity(number, Severity.P0, ben)
    await outpost.deliver_all(minutes=1)
    said = [message["text"] for message in await beside.said(id)]
    assert sum("the cache is cold" in text for text in said) == 1
    assert any("from P1 to P0" in text for text in said)
    (note,) = await beside.thread(id, card["ts"])
    assert "&lt;!channel&gt; restarted it" in note["text"]
    assert (await beside.channel(room["name"]))["topic"]["value"].startswith(f"P0 · #{number}")

    await outpost.incidents.resolve(number, ben)
    await outpost.deliver_all(minutes=1)
    (card,) = [m for m in await beside.said(id) if m["ts"] == card["ts"]]
    assert "State: Resolved" in card["text"]
    (told,) = [
        m
        for m in await beside.said((await beside.channel("announcements"))["id"])
        if "p99 over 2 s" in m["text"]
    ]
    assert "State: Resolved" in told["text"]

    async def archive(unit: Unit) -> None:
        outpost.announce.rooms.archive(unit.ledger, await unit.incident(number))

    await outpost.work(archive, lane=Lane.TIMERS)
    await outpost.deliver_all(minutes=1)
    assert (await look.conversations_info(channel=id))["channel"]["is_archived"]
    assert await outpost.entries(number, "notification_failed") == []
    assert await outpost.states(state="failed") == []


async def test_a_private_incident_is_in_a_private_room(beside: Beside) -> None:
    number = await beside.outpost.opens("secret breach", visibility=Visibility.PRIVATE)
    await beside.outpost.deliver_all(minutes=1)
    room = await beside.channel(f"inc-{number}")
    assert room["is_private"]
    assert "secret breach" in (await beside.card(number, room["id"]))["text"]


async def test_a_page_is_a_direct_message(beside: Beside) -> None:
    number = await beside.outpost.opens("disk is full")
    await beside.outpost.deliver_all(minutes=1)
    ann = (await beside.look.users_lookupByEmail(email="ann@example.org"))["user"]["id"]
    channel = (await beside.look.conversations_open(users=ann))["channel"]["id"]
    texts = [message["text"] for message in await beside.said(channel)]
    assert sum(f"disk is full #{number}" in text for text in texts) == 1


async def test_a_post_whose_answer_was_lost_is_found_by_its_metadata(beside: Beside) -> None:
    number = await beside.outpost.opens("login is slow")
    await beside.outpost.deliver_all(minutes=1)
    room = await beside.channel(f"inc-{number}-login-is-slow")
    (message, *_) = [m for m in await beside.said(room["id"]) if m.get("metadata")]
    payload = message["metadata"]["event_payload"]
    incident = {"id": "INC-1", "url": f"https://muster.example/incidents/{number}"}
    job = Job(
        key=payload["key"],
        kind=EffectKind.POST,
        incident=number,
        line="said again",
        facts={"incident": incident},
        places={"room": {"id": room["id"]}},
        tries=1,
    )
    before = len(await beside.said(room["id"]))
    await beside.outpost.chat.perform(job)
    assert len(await beside.said(room["id"])) == before


async def test_a_channel_that_was_there_becomes_the_room_and_a_file_goes_into_it(
    beside: Beside,
) -> None:
    number = await beside.outpost.opens("disk fills up", "P3")
    await beside.outpost.deliver_all(minutes=1)
    facts = {"incident": {"id": "INC-1", "severity": "P3", "title": "disk fills up", "url": "x"}}

    def job(kind: EffectKind, places: dict[str, dict[str, str]], **payload: str) -> Job:
        return Job(
            key=f"{kind}:{number}",
            kind=kind,
            incident=number,
            facts=facts,
            places=places,
            payload=payload,
        )

    adopt = job(EffectKind.ADOPT_ROOM, {}, channel="#war-room")
    made = await beside.outpost.chat.perform(adopt)
    room = dict(made["room"])
    assert (await beside.channel("war-room"))["topic"]["value"].startswith(f"P3 · #{number}")
    upload = job(EffectKind.UPLOAD, {"room": room}, name="draft.md", text="# Draft")
    await beside.outpost.chat.perform(upload)
    files = [f["name"] for m in await beside.said(room["id"]) for f in m.get("files") or ()]
    assert files == ["draft.md"]


async def test_what_emulate_lacks_of_what_muster_calls(beside: Beside) -> None:
    for method in sorted({*PER_MINUTE, *READS, POST, "conversations.list", *LACKS}):
        await _asked(beside, method)
    assert beside.proxy.lacks == LACKS


async def _asked(beside: Beside, method: str) -> None:
    """Called without arguments: it is refused, or it is not there."""
    with suppress(SlackApiError):
        await beside.look.api_call(method, json={})
