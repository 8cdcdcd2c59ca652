"""Messages are kept as Slack keeps them, and refused as Slack refuses them."""

import json
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import Channel, Slack
from tests.fakes.slack.spoken import pings
from tests.unit.slack_sim.conftest import refusal


@pytest.fixture
def room(slack: Slack) -> Channel:
    return slack.add_channel("inc-7", "U0MUSTER", "U0ANN")


async def test_a_post_is_edited_in_place_and_its_past_is_kept(
    slack: Slack, client: AsyncWebClient, room: Channel
) -> None:
    posted = await client.chat_postMessage(channel=room.id, text="Down")
    await client.chat_update(channel=room.id, ts=posted["ts"], text="Up again")
    (message,) = room.top_level()
    assert (message.text, [text for text, _ in message.was]) == ("Up again", ["Down"])
    assert message.edited
    assert not slack.complaints


async def test_metadata_comes_back_only_when_it_is_asked_for(
    client: AsyncWebClient, room: Channel
) -> None:
    metadata = {"event_type": "muster_effect", "event_payload": {"key": "k1"}}
    await client.chat_postMessage(channel=room.id, text="Down", metadata=metadata)
    plain = await client.conversations_history(channel=room.id)
    whole = await client.conversations_history(channel=room.id, include_all_metadata=True)
    assert "metadata" not in plain["messages"][0]
    assert whole["messages"][0]["metadata"] == metadata


async def test_an_edit_without_metadata_leaves_it(client: AsyncWebClient, room: Channel) -> None:
    metadata = {"event_type": "muster_effect", "event_payload": {"key": "k1"}}
    posted = await client.chat_postMessage(channel=room.id, text="Down", metadata=metadata)
    await client.chat_update(channel=room.id, ts=posted["ts"], text="Up")
    whole = await client.conversations_history(channel=room.id, include_all_metadata=True)
    assert whole["messages"][0]["metadata"] == metadata


async def test_an_edit_keeps_attachments_unless_told_and_text_alone_removes_blocks(
    client: AsyncWebClient, room: Channel
) -> None:
    divider = [{"type": "divider"}]
    card = {"blocks": divider, "attachments": [{"color": "#cc0000", "blocks": divider}]}
    posted = await client.chat_postMessage(channel=room.id, text="Down", **card)
    known = {"channel": room.id, "ts": posted["ts"], "text": "Up"}
    await client.chat_update(**known, blocks=divider)
    (message,) = room.top_level()
    assert (len(message.blocks), len(message.attachments), message.edited) == (1, 1, None)
    await client.chat_update(**known)
    assert (message.blocks, len(message.attachments)) == ([], 1)
    await client.chat_update(**known, attachments=[])
    assert message.attachments == []


async def test_only_a_new_post_finds_its_channel_by_name(
    client: AsyncWebClient, room: Channel
) -> None:
    posted = await client.chat_postMessage(channel="#inc-7", text="Down")
    by_name = client.chat_update(channel="inc-7", ts=posted["ts"], text="Up")
    assert await refusal(by_name) == "channel_not_found"


async def test_a_thread_is_read_apart_from_the_channel(
    slack: Slack, client: AsyncWebClient, room: Channel
) -> None:
    root = await client.chat_postMessage(channel=room.id, text="Down")
    await client.chat_postMessage(channel=room.id, text="details", thread_ts=root["ts"])
    history = await client.conversations_history(channel=room.id)
    replies = await client.conversations_replies(channel=room.id, ts=root["ts"])
    assert [message["text"] for message in history["messages"]] == ["Down"]
    assert history["messages"][0]["reply_count"] == 1
    assert [message["text"] for message in replies["messages"]] == ["Down", "details"]
    assert [message.text for message in room.top_level()] == ["Down"]
    assert not slack.complaints


async def test_history_is_cut_by_time_and_by_page(client: AsyncWebClient, room: Channel) -> None:
    sent = [await client.chat_postMessage(channel=room.id, text=str(n)) for n in range(4)]
    after = await client.conversations_history(channel=room.id, oldest=sent[1]["ts"])
    with_it = await client.conversations_history(
        channel=room.id, oldest=sent[1]["ts"], inclusive=True
    )
    first = await client.conversations_history(channel=room.id, limit=3)
    assert [message["text"] for message in after["messages"]] == ["3", "2"]
    assert [message["text"] for message in with_it["messages"]] == ["3", "2", "1"]
    assert first["has_more"]
    assert first["response_metadata"]["next_cursor"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
        ({"text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_format"),
        ({"text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
        ({"text": "x", "unfurl_links": "perhaps"}, "invalid_arguments"),
    ],
)
@pytest.mark.filterwarnings("ignore:The top-level `text`")
async def test_a_post_that_cannot_be_is_refused(
    client: AsyncWebClient, room: Channel, said: dict[str, Any], code: str
) -> None:
    assert await refusal(client.chat_postMessage(channel=room.id, **said)) == code
    assert room.top_level() == []


async def test_nobody_edits_what_another_wrote(
    slack: Slack, client: AsyncWebClient, room: Channel
) -> None:
    anns = slack.workspace.post(room, "U0ANN", "mine")
    said = {"channel": room.id, "ts": anns.ts}
    assert await refusal(client.chat_update(**said, text="x")) == "cant_update_message"
    assert await refusal(client.chat_delete(**said)) == "cant_delete_message"
    gone = {"channel": room.id, "ts": "1.000001"}
    assert await refusal(client.chat_update(**gone, text="x")) == "message_not_found"


async def test_an_ephemeral_message_is_for_a_member_and_not_in_the_history(
    slack: Slack, client: AsyncWebClient, room: Channel
) -> None:
    await client.chat_postEphemeral(channel=room.id, user="U0ANN", text="psst")
    outsider = client.chat_postEphemeral(channel=room.id, user="U0BEN", text="psst")
    assert await refusal(outsider) == "user_not_in_channel"
    assert [(message.seen_by, message.text) for message in slack.workspace.ephemerals] == [
        ("U0ANN", "psst")
    ]
    assert room.top_level() == []


async def test_a_post_to_a_person_goes_to_their_direct_messages(
    slack: Slack, client: AsyncWebClient
) -> None:
    slack.add_user("gone", deleted=True)
    await client.chat_postMessage(channel="U0ANN", text="You are paged")
    assert [m.text for m in slack.direct("U0ANN").top_level()] == ["You are paged"]
    gone = client.chat_postMessage(channel="U0GONE", text="You are paged")
    assert await refusal(gone) == "user_is_deactivated"


@pytest.mark.parametrize("verb", ["query", "form", "json"])
async def test_arguments_come_by_query_form_and_json(
    slack: Slack, client: AsyncWebClient, room: Channel, verb: str
) -> None:
    said = {"channel": room.id, "text": "Down", "blocks": [{"type": "divider"}]}
    written = {**said, "blocks": json.dumps(said["blocks"])}
    ways: dict[str, dict[str, Any]] = {
        "query": {"http_verb": "GET", "params": written},
        "form": {"data": written},
        "json": {"json": said},
    }
    await client.api_call("chat.postMessage", **ways[verb])
    (message,) = room.top_level()
    assert message.blocks[0]["type"] == "divider"
    assert not slack.complaints


async def test_who_is_called_by_a_message_is_told_apart_from_who_is_named(
    client: AsyncWebClient, room: Channel
) -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "<!channel> <@U0ANN|ann>"}}
    header = {"type": "header", "text": {"type": "plain_text", "text": "<!here>"}}
    await client.chat_postMessage(channel=room.id, text="<!everyone>", blocks=[section, header])
    await client.chat_postMessage(channel=room.id, text="<!subteam^S0OPS> &lt;!channel&gt;")
    by_blocks, by_text = room.top_level()
    assert pings(by_blocks) == ["!everyone", "!channel", "@U0ANN"]
    assert pings(by_text) == ["!subteam^S0OPS"]


async def test_a_message_has_an_address_and_a_reply_has_its_threads(
    client: AsyncWebClient, room: Channel
) -> None:
    root = await client.chat_postMessage(channel=room.id, text="Down")
    reply = await client.chat_postMessage(channel=room.id, text="why", thread_ts=root["ts"])
    link = await client.chat_getPermalink(channel=room.id, message_ts=reply["ts"])
    assert link["permalink"] == (
        f"https://acme.slack.com/archives/{room.id}/p{reply['ts'].replace('.', '')}"
        f"?thread_ts={root['ts']}&cid={room.id}"
    )
