"""A reply reaches whoever asked by the first way that works, and nobody else."""

from collections.abc import AsyncIterator
from functools import partial

import pytest
from aiohttp import ClientSession
from structlog.testing import capture_logs

from bot.chat.call import Reply
from bot.domain.card import Card, Fact, Facts, Item, Items, Ref, Text, say
from bot.platforms.slack.client import Slack as Client
from bot.platforms.slack.heard import Where
from bot.platforms.slack.listen import respond
from bot.platforms.slack.voice import Voice
from tests.fakes.clock import FakeClock
from tests.fakes.slack import Channel, Person, Slack
from tests.fakes.slack.faults import rate_limited, refuses

REPLY = Reply(card=say("You have #1."))


@pytest.fixture
def ann(slack: Slack) -> Person:
    return slack.add_person("ann")


@pytest.fixture
def general(slack: Slack, ann: Person) -> Channel:
    return slack.add_channel("general", slack.app.bot_user, ann.id)


@pytest.fixture
async def voice(slack: Slack, clock: FakeClock) -> AsyncIterator[Voice]:
    async def wait(seconds: float) -> None:
        clock.forward(seconds=seconds)

    async with ClientSession() as session:
        client = Client(
            slack.app.bot_token, clock, session=session, base_url=slack.api_url, sleep=wait
        )
        yield Voice(
            client, partial(respond, session), list, public_url="https://m.example/", sleep=wait
        )


async def test_where_they_are(voice: Voice, slack: Slack, ann: Person, general: Channel) -> None:
    root = slack.workspace.post(general, ann.id, "it burns")
    await voice.reply(REPLY, ann.id, Where(channel=general.id, thread=root.ts))
    (whisper,) = ann.whispers
    assert (whisper.text, whisper.thread_ts) == ("You have #1.", root.ts)
    assert [*general.messages.values()] == [root]


async def test_a_page_of_ours_is_linked_by_its_whole_address(
    voice: Voice, ann: Person, general: Channel
) -> None:
    own, forged = Ref("#1", "/incidents/1"), Ref("elsewhere", "//evil.example/1")
    card = Card(
        "#1 is open.",
        (
            Text("[Go to its room](/incidents/1)"),
            Facts((Fact("Room", own), Fact("Alert", forged))),
            Items((Item(own),)),
        ),
    )
    await voice.reply(Reply(card=card), ann.id, Where(channel=general.id))
    (whisper,) = ann.whispers
    assert "Go to its room (https://m.example/incidents/1)" in whisper.text
    shown = repr(whisper.blocks)
    assert "<https://m.example/incidents/1|Go to its room>" in shown
    assert shown.count("<https://m.example/incidents/1|#1>") == 2
    assert "evil.example" not in shown


async def test_directly_where_muster_may_not_whisper(
    voice: Voice, slack: Slack, ann: Person, general: Channel
) -> None:
    slack.faults.always["chat.postEphemeral"] = refuses("user_not_in_channel")
    await voice.reply(REPLY, ann.id, Where(channel=general.id))
    assert [message.text for message in ann.direct.top_level()] == ["You have #1."]
    assert general.top_level() == []


async def test_directly_where_they_are_nowhere(voice: Voice, ann: Person) -> None:
    await voice.reply(REPLY, ann.id, Where())
    assert [message.text for message in ann.direct.top_level()] == ["You have #1."]


async def test_a_response_url_that_is_used_up_is_gone_round(
    voice: Voice, slack: Slack, ann: Person, general: Channel, clock: FakeClock
) -> None:
    url = slack.response_urls.make(ann.id, general, None)
    clock.forward(minutes=31)
    await voice.reply(REPLY, ann.id, Where(channel=general.id, response_url=url))
    assert [whisper.text for whisper in ann.whispers] == ["You have #1."]
    slack.complaints.clear()  # that we tried


async def test_a_public_reply_is_for_everybody(voice: Voice, ann: Person, general: Channel) -> None:
    await voice.reply(Reply(card=say("Hear, hear."), private=False), ann.id, _at(general))
    assert [message.text for message in general.top_level()] == ["Hear, hear."]


async def test_a_public_reply_that_finds_no_room_is_theirs(
    voice: Voice, slack: Slack, ann: Person, general: Channel
) -> None:
    slack.faults.add("chat.postMessage", refuses("is_archived"))
    await voice.reply(Reply(card=say("Hear, hear."), private=False), ann.id, _at(general))
    assert [whisper.text for whisper in ann.whispers] == ["Hear, hear."]


async def test_a_reply_that_would_come_too_fast_waits_its_turn(
    voice: Voice, slack: Slack, ann: Person, general: Channel, clock: FakeClock
) -> None:
    before = clock.now()
    slack.faults.add("chat.postEphemeral", rate_limited(30))
    await voice.reply(REPLY, ann.id, _at(general))
    assert [whisper.text for whisper in ann.whispers] == ["You have #1."]
    assert (clock.now() - before).total_seconds() >= 30


async def test_while_slack_is_away_a_reply_is_lost_and_said_to_be(
    voice: Voice, slack: Slack, ann: Person, general: Channel
) -> None:
    slack.faults.everything = refuses("internal_error")
    with capture_logs() as logs:
        await voice.reply(REPLY, ann.id, _at(general))
    assert logs[-1]["event"] == "slack_reply_lost"


def _at(channel: Channel) -> Where:
    return Where(channel=channel.id)
