"""Everything expected came, and nothing else."""

import re

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.sights import deleted, post, reply
from tests.fakes.slack import Slack
from tests.fakes.slack.collector import (
    bookmark,
    expect_only,
    invited,
    pin,
    purpose,
    reaction,
    room,
    topic,
    whisper,
)


async def incident(client: AsyncWebClient) -> str:
    """Everything an app can show, once. The room's id."""
    id: str = (await client.conversations_create(name="inc-7"))["channel"]["id"]
    await client.conversations_setTopic(channel=id, topic="SEV1 checkout")
    await client.conversations_setPurpose(channel=id, purpose="Incident 7")
    await client.conversations_invite(channel=id, users="U0ANN,U0BEN")
    await client.bookmarks_add(
        channel_id=id, title="Runbook", type="link", link="https://run.example"
    )
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "*Checkout* is down"}}]
    ts = (await client.chat_postMessage(channel=id, text="INC-7", blocks=blocks))["ts"]
    await client.chat_update(channel=id, ts=ts, text="INC-7", blocks=blocks)
    await client.pins_add(channel=id, timestamp=ts)
    await client.reactions_add(channel=id, timestamp=ts, name="eyes")
    await client.chat_postMessage(channel=id, text="graph", thread_ts=ts)
    await client.chat_postEphemeral(channel=id, user="U0ANN", text="You are on call")
    await client.chat_postMessage(channel="U0BEN", text="You are paged")
    return id


ALL = (
    room("inc-7"),
    topic("inc-7", "SEV1"),
    purpose("inc-7", "Incident 7"),
    invited("inc-7", "ann", "ben"),
    bookmark("inc-7", "Runbook"),
    post("inc-7", re.compile(r"\*Checkout\* is down"), edits=1),
    pin("inc-7", "INC-7"),
    reaction("inc-7", "eyes"),
    reply("inc-7", "graph"),
    whisper("ann", "on call"),
    post("ben", "paged"),
)


async def test_what_came_is_what_was_expected(slack: Slack, client: AsyncWebClient) -> None:
    await incident(client)
    slack.workspace.post(slack.room("inc-7"), "U0ANN", "people talk as they like")
    expect_only(slack, *ALL)
    expect_only(slack, *ALL[1:], without=("room",))


@pytest.mark.parametrize("left_out", range(len(ALL)))
async def test_what_was_not_expected_is_named(
    slack: Slack, client: AsyncWebClient, left_out: int
) -> None:
    await incident(client)
    with pytest.raises(AssertionError, match=f"not expected: {ALL[left_out].sort} in"):
        expect_only(slack, *(each for place, each in enumerate(ALL) if place != left_out))


async def test_what_is_missing_is_named_and_a_double_is_too_much(
    slack: Slack, client: AsyncWebClient
) -> None:
    id = await incident(client)
    with pytest.raises(AssertionError, match=r"missing: post in inc-7: 'Resolved'"):
        expect_only(slack, *ALL, post("inc-7", "Resolved"))
    again = await client.chat_postMessage(channel=id, text="INC-7")
    with pytest.raises(AssertionError, match="not expected: post in inc-7: 'INC-7'"):
        expect_only(slack, *ALL)
    await client.chat_delete(channel=id, ts=again["ts"])
    expect_only(slack, *ALL, deleted("inc-7", "INC-7"))


async def test_a_complaint_is_never_expected(slack: Slack) -> None:
    slack.complain("chat.postMessage: no_text")
    with pytest.raises(AssertionError, match=r"complaint: chat\.postMessage: no_text"):
        expect_only(slack)
