"""What the wires do: redelivery, deadlines, addresses that wear out, connections that end."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from slack_sdk.signature import Clock, SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.fakes.clock import FakeClock
from tests.fakes.slack import Channel, Slack
from tests.fakes.slack.outward.letter import Letter, Sort
from tests.fakes.slack.person import Person
from tests.unit.slack_sim.bolt import FORM, by_socket
from tests.unit.slack_sim.conftest import refusal


class Receiver:
    """Answers with `statuses`, then with 200; keeps what came."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.came: list[tuple[dict[str, str], bytes]] = []
        self.hangs = False

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.came.append((dict(request.headers), body))
        if self.hangs:
            await asyncio.Event().wait()
        if b"url_verification" in body:
            return web.json_response({"challenge": json.loads(body)["challenge"]})
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)


@pytest.fixture
async def receiver(slack: Slack) -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/slack/events", receiver.take)
    server = TestServer(app, shutdown_timeout=0.1)
    async with server:
        await slack.point_at(str(server.make_url("/slack/events")))
        receiver.came.clear()
        yield receiver


@pytest.fixture
def ann(slack: Slack) -> Person:
    return slack.person("U0ANN")


@pytest.fixture
def room(slack: Slack) -> Channel:
    return slack.add_channel("inc-7", "U0MUSTER", "U0ANN")


async def test_every_letter_is_signed_over_its_raw_body(
    slack: Slack, receiver: Receiver, ann: Person, room: Channel, clock: FakeClock
) -> None:
    await ann.say("Ünïcode 🚨", room)
    await ann.command("/incident status", room)

    class Then(Clock):
        def now(self) -> float:
            return clock.now().timestamp()

    verifier = SignatureVerifier(slack.app.signing_secret, clock=Then())
    assert len(receiver.came) == 2
    for headers, body in receiver.came:
        assert verifier.is_valid_request(body, headers)
        assert not verifier.is_valid_request(body + b" ", headers)


async def test_an_address_that_does_not_answer_the_challenge_is_not_taken(slack: Slack) -> None:
    async with TestServer(web.Application()) as server:
        with pytest.raises(AssertionError, match="challenge"):
            await slack.point_at(str(server.make_url("/slack/events")))
    assert slack.app.events_url == ""


async def test_an_event_comes_again_at_once_after_a_minute_and_after_five(
    slack: Slack, receiver: Receiver, ann: Person, room: Channel, clock: FakeClock
) -> None:
    receiver.statuses = [500, 503, 500, 500]
    await ann.say("hello", room)
    assert len(await slack.post.redeliver()) == 1
    assert await slack.post.redeliver() == []
    clock.forward(seconds=60)
    assert len(await slack.post.redeliver()) == 1
    clock.forward(seconds=300)
    assert len(await slack.post.redeliver()) == 1
    clock.forward(hours=1)
    assert await slack.post.redeliver() == []
    numbers = [headers.get("X-Slack-Retry-Num") for headers, _ in receiver.came]
    assert numbers == [None, "1", "2", "3"]
    assert receiver.came[1][0]["X-Slack-Retry-Reason"] == "http_error"
    assert len({json.loads(body)["event_id"] for _, body in receiver.came}) == 1


async def test_what_is_not_answered_in_time_is_owed_or_said_to_have_failed(
    slack: Slack, receiver: Receiver, ann: Person, room: Channel
) -> None:
    slack.http.within = 0.05
    receiver.hangs = True
    await ann.say("hello", room)
    assert slack.post.owed[0].letter.retry_reason == "http_timeout"
    shown = await ann.command("/incident status", room)
    assert shown.trouble == "failed with the error operation_timeout"
    assert len(slack.post.owed) == 1


async def test_letters_can_be_held_and_sent_in_another_order(
    slack: Slack, receiver: Receiver, ann: Person, room: Channel
) -> None:
    slack.post.holds = []
    await ann.say("first", room)
    await ann.say("second", room)
    for letter in reversed(slack.post.holds):
        await slack.post.send(letter)
    texts = [json.loads(body)["event"]["text"] for _, body in receiver.came]
    assert texts == ["second", "first"]


async def test_a_trigger_opens_one_view_within_three_seconds(
    slack: Slack, client: AsyncWebClient, clock: FakeClock
) -> None:
    trigger = slack.triggers.make("U0ANN")
    clock.forward(seconds=3)
    await client.views_open(trigger_id=trigger, view=FORM)
    again = client.views_open(trigger_id=trigger, view=FORM)
    assert await refusal(again) == "exchanged_trigger_id"
    late = slack.triggers.make("U0ANN")
    clock.forward(seconds=3.5)
    assert await refusal(client.views_open(trigger_id=late, view=FORM)) == "expired_trigger_id"


async def test_a_view_that_changed_meanwhile_is_not_overwritten(
    slack: Slack, client: AsyncWebClient
) -> None:
    opened = await client.views_open(trigger_id=slack.triggers.make("U0ANN"), view=FORM)
    said: dict[str, Any] = {"view_id": opened["view"]["id"], "hash": opened["view"]["hash"]}
    await client.views_update(**said, view=FORM)
    assert await refusal(client.views_update(**said, view=FORM)) == "hash_conflict"


async def test_three_views_lie_on_each_other_and_no_more(
    slack: Slack, client: AsyncWebClient
) -> None:
    await client.views_open(trigger_id=slack.triggers.make("U0ANN"), view=FORM)
    for _ in range(2):
        await client.views_push(trigger_id=slack.triggers.make("U0ANN"), view=FORM)
    fourth = client.views_push(trigger_id=slack.triggers.make("U0ANN"), view=FORM)
    assert await refusal(fourth) == "push_limit_reached"


async def test_a_home_tab_is_published_and_replaced(
    slack: Slack, client: AsyncWebClient, ann: Person
) -> None:
    for text in ("one", "two"):
        blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": text}}]
        await client.views_publish(user_id=ann.id, view={"type": "home", "blocks": blocks})
    assert ann.home
    assert ann.home.blocks[0]["text"]["text"] == "two"


async def test_a_response_url_works_five_times_and_for_half_an_hour(
    slack: Slack, room: Channel, ann: Person, clock: FakeClock
) -> None:
    url = AsyncWebhookClient(slack.response_urls.make(ann.id, room))
    for number in range(5):
        assert (await url.send(text=str(number))).status_code == 200
    assert [whisper.text for whisper in ann.whispers] == list("01234")
    assert (await url.send(text="six")).status_code == 404
    old = AsyncWebhookClient(slack.response_urls.make(ann.id, room))
    clock.forward(minutes=31)
    assert (await old.send(text="late")).status_code == 404
    assert slack.refused == [("response_url", "used_url"), ("response_url", "expired_url")]


async def test_a_connection_that_is_told_to_leave_comes_back(
    slack: Slack, ann: Person, room: Channel
) -> None:
    async with by_socket(slack) as bot:
        first = slack.socket.connections[0]
        await slack.socket.say_goodbye()
        await slack.until(lambda: slack.socket.open and slack.socket.open[0] is not first)
        await ann.say("still there?", room)
        assert len(bot.of("message")) == 1


async def test_an_event_with_nobody_connected_is_owed(
    slack: Slack, ann: Person, room: Channel
) -> None:
    async with by_socket(slack):
        pass
    await slack.until(lambda: not slack.socket.connections)
    await ann.say("anybody?", room)
    assert slack.post.owed[0].letter.retry_reason == "no_connection"
    shown = await ann.command("/incident status", room)
    assert shown.trouble == "failed with the error dispatch_failed"


async def test_an_address_of_socket_mode_is_good_once(slack: Slack) -> None:
    url = slack.socket_url().replace("ws", "http", 1)
    async with ClientSession() as http:
        async with http.ws_connect(url) as socket:
            assert (await socket.receive_json())["type"] == "hello"
        async with http.get(url) as again:
            assert again.status == 408
    assert slack.complaints == ["Socket Mode: an address is good for one connection"]


async def test_a_letter_can_be_written_by_hand(slack: Slack, receiver: Receiver) -> None:
    ack = await slack.post.send(Letter(Sort.INTERACTION, {"type": "view_submission"}))
    assert ack.status == 200
    assert receiver.came[-1][1].startswith(b"payload=")
