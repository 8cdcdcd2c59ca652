"""Bookmarks, pins, reactions, files: what hangs on channels and messages."""

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import Channel, Message, Slack
from tests.unit.slack_sim.conftest import refusal


@pytest.fixture
def room(slack: Slack) -> Channel:
    return slack.add_channel("inc-7", "U0MUSTER", "U0ANN")


@pytest.fixture
def message(slack: Slack, room: Channel) -> Message:
    return slack.workspace.post(room, "U0ANN", "Rolled back")


async def test_a_bookmark_is_added_changed_and_taken_away(
    slack: Slack, client: AsyncWebClient, room: Channel
) -> None:
    made = await client.bookmarks_add(
        channel_id=room.id, title="Runbook", type="link", link="https://run.example"
    )
    known = {"channel_id": room.id, "bookmark_id": made["bookmark"]["id"]}
    await client.bookmarks_edit(**known, title="Postmortem")
    (bookmark,) = (await client.bookmarks_list(channel_id=room.id))["bookmarks"]
    assert (bookmark["title"], bookmark["link"]) == ("Postmortem", "https://run.example")
    await client.bookmarks_remove(**known)
    assert await refusal(client.bookmarks_remove(**known)) == "not_found"
    assert room.bookmarks == {}


async def test_a_bookmark_leads_somewhere(client: AsyncWebClient, room: Channel) -> None:
    script = client.bookmarks_add(
        channel_id=room.id, title="x", type="link", link="javascript:alert(1)"
    )
    assert await refusal(script) == "invalid_link"


async def test_a_pin_is_put_on_once(
    client: AsyncWebClient, room: Channel, message: Message
) -> None:
    await client.pins_add(channel=room.id, timestamp=message.ts)
    again = client.pins_add(channel=room.id, timestamp=message.ts)
    assert await refusal(again) == "already_pinned"
    (item,) = (await client.pins_list(channel=room.id))["items"]
    assert (item["created_by"], item["message"]["text"]) == ("U0MUSTER", "Rolled back")
    await client.pins_remove(channel=room.id, timestamp=message.ts)
    gone = client.pins_remove(channel=room.id, timestamp=message.ts)
    assert await refusal(gone) == "no_pin"


async def test_a_reaction_is_put_on_once(
    client: AsyncWebClient, room: Channel, message: Message
) -> None:
    await client.reactions_add(channel=room.id, timestamp=message.ts, name="eyes")
    again = client.reactions_add(channel=room.id, timestamp=message.ts, name="eyes")
    assert await refusal(again) == "already_reacted"
    got = await client.reactions_get(channel=room.id, timestamp=message.ts)
    assert got["message"]["reactions"] == [{"name": "eyes", "users": ["U0MUSTER"], "count": 1}]
    await client.reactions_remove(channel=room.id, timestamp=message.ts, name="eyes")
    gone = client.reactions_remove(channel=room.id, timestamp=message.ts, name="eyes")
    assert await refusal(gone) == "no_reaction"


async def test_a_file_is_shared_by_the_stock_upload(
    slack: Slack, client: AsyncWebClient, room: Channel
) -> None:
    await client.files_upload_v2(
        channel=room.id, filename="timeline.txt", content="09:00 down", initial_comment="Timeline"
    )
    (shared,) = room.top_level()
    assert (shared.text, shared.files[0]["name"]) == ("Timeline", "timeline.txt")
    assert slack.workspace.files[shared.files[0]["id"]]["content"] == b"09:00 down"
    assert not slack.complaints


async def test_groups_teams_and_bots_are_told(slack: Slack, client: AsyncWebClient) -> None:
    slack.add_group("payments", "U0ANN", "U0BEN")
    (group,) = (await client.usergroups_list(include_users=True))["usergroups"]
    users = await client.usergroups_users_list(usergroup=group["id"])
    assert group["users"] == users["users"] == ["U0ANN", "U0BEN"]
    assert (await client.team_info())["team"]["id"] == slack.app.team_id
    assert (await client.bots_info(bot=slack.app.bot_id))["bot"]["user_id"] == slack.app.bot_user
    assert (await client.emoji_list())["emoji"]
    assert (await client.api_test(foo="bar"))["args"] == {"foo": "bar"}
    assert not slack.complaints
