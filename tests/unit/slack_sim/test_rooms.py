"""Channels live and die by Slack's own rules."""

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import Slack
from tests.unit.slack_sim.conftest import refusal


async def test_a_room_is_opened_described_and_archived(
    slack: Slack, client: AsyncWebClient
) -> None:
    made = await client.conversations_create(name="inc-7-checkout")
    id = made["channel"]["id"]
    await client.conversations_setTopic(channel=id, topic="Checkout is down")
    await client.conversations_setPurpose(channel=id, purpose="Incident 7")
    await client.conversations_invite(channel=id, users="U0ANN,U0BEN")
    await client.conversations_archive(channel=id)

    room = slack.room("inc-7-checkout")
    assert (room.topic.value, room.purpose.value) == ("Checkout is down", "Incident 7")
    assert room.members == ["U0MUSTER", "U0ANN", "U0BEN"]
    assert room.is_archived
    assert not slack.complaints


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "invalid_name_required"),
        ("Inc-7", "invalid_name_specials"),
        ("inc 7", "invalid_name_specials"),
        ("inc.7", "invalid_name_specials"),
        ("---", "invalid_name_punctuation"),
        ("x" * 81, "invalid_name_maxlength"),
    ],
)
async def test_a_bad_name_is_refused_and_complained_about(
    slack: Slack, client: AsyncWebClient, name: str, code: str
) -> None:
    assert await refusal(client.conversations_create(name=name)) == code
    assert len(slack.complaints) == 1


@pytest.mark.parametrize("name", ["x" * 80, "inc-7_ærø", "障害-7"])
async def test_a_good_name_is_taken(slack: Slack, client: AsyncWebClient, name: str) -> None:
    await client.conversations_create(name=name)
    assert slack.room(name).name == name


async def test_a_name_is_taken_once_even_after_archiving(
    slack: Slack, client: AsyncWebClient
) -> None:
    made = await client.conversations_create(name="inc-7")
    await client.conversations_archive(channel=made["channel"]["id"])
    assert await refusal(client.conversations_create(name="inc-7")) == "name_taken"
    assert not slack.complaints


async def test_an_archived_room_takes_nothing(slack: Slack, client: AsyncWebClient) -> None:
    id = (await client.conversations_create(name="inc-7"))["channel"]["id"]
    await client.conversations_archive(channel=id)
    assert await refusal(client.chat_postMessage(channel=id, text="late")) == "is_archived"
    assert await refusal(client.conversations_invite(channel=id, users="U0ANN")) == "is_archived"
    assert await refusal(client.conversations_setTopic(channel=id, topic="x")) == "is_archived"
    assert await refusal(client.conversations_archive(channel=id)) == "already_archived"


async def test_a_bot_cannot_unarchive_as_the_page_of_that_method_says(
    slack: Slack, client: AsyncWebClient
) -> None:
    id = (await client.conversations_create(name="inc-7"))["channel"]["id"]
    await client.conversations_archive(channel=id)
    assert await refusal(client.conversations_unarchive(channel=id)) == "not_in_channel"
    slack.bots_unarchive = True
    await client.conversations_unarchive(channel=id)
    assert not slack.room("inc-7").is_archived


async def test_one_bad_guest_refuses_all_unless_forced(
    slack: Slack, client: AsyncWebClient
) -> None:
    slack.add_user("gone", deleted=True)
    id = (await client.conversations_create(name="inc-7"))["channel"]["id"]
    asked = {"channel": id, "users": "U0ANN,U0GONE"}
    assert await refusal(client.conversations_invite(**asked)) == "user_is_deactivated"
    assert slack.room(id).members == ["U0MUSTER"]
    said = await client.conversations_invite(**asked, force=True)
    assert said["errors"] == [{"user": "U0GONE", "ok": False, "error": "user_is_deactivated"}]
    assert slack.room(id).members == ["U0MUSTER", "U0ANN"]


@pytest.mark.parametrize(
    ("user", "code"),
    [
        ("U0ANN", "already_in_channel"),
        ("U0WHO", "user_not_found"),
        ("U0MUSTER", "cant_invite_self"),
    ],
)
async def test_a_guest_who_cannot_come_is_named(
    slack: Slack, client: AsyncWebClient, user: str, code: str
) -> None:
    room = slack.add_channel("ops", "U0ANN", "U0MUSTER")
    assert await refusal(client.conversations_invite(channel=room.id, users=user)) == code


async def test_a_private_room_of_others_is_not_there(slack: Slack, client: AsyncWebClient) -> None:
    hidden = slack.add_channel("legal", "U0ANN", private=True)
    assert await refusal(client.conversations_info(channel=hidden.id)) == "channel_not_found"
    listed = await client.conversations_list(types="public_channel,private_channel")
    assert listed["channels"] == []


async def test_a_public_room_must_be_joined_before_it_is_read(
    slack: Slack, client: AsyncWebClient
) -> None:
    room = slack.add_channel("ops", "U0ANN")
    assert await refusal(client.conversations_history(channel=room.id)) == "not_in_channel"
    await client.conversations_join(channel=room.id)
    assert (await client.conversations_history(channel=room.id))["messages"]


async def test_channels_come_in_pages(slack: Slack, client: AsyncWebClient) -> None:
    for number in range(5):
        slack.add_channel(f"ops-{number}", "U0ANN")
    pages = [
        [channel["name"] for channel in page["channels"]]
        async for page in await client.conversations_list(limit=2)
    ]
    assert pages == [["ops-0", "ops-1"], ["ops-2", "ops-3"], ["ops-4"]]


async def test_only_who_made_a_room_renames_it(slack: Slack, client: AsyncWebClient) -> None:
    mine = (await client.conversations_create(name="inc-7"))["channel"]["id"]
    renamed = await client.conversations_rename(channel=mine, name="inc-7-checkout")
    assert renamed["channel"]["name"] == "inc-7-checkout"
    assert renamed["channel"]["previous_names"] == ["inc-7"]
    anns = slack.add_channel("ops", "U0ANN", "U0MUSTER")
    other = client.conversations_rename(channel=anns.id, name="ops-2")
    assert await refusal(other) == "not_authorized"


async def test_people_come_and_go(slack: Slack, client: AsyncWebClient) -> None:
    room = slack.add_channel("ops", "U0ANN", "U0MUSTER")
    await client.conversations_kick(channel=room.id, user="U0ANN")
    gone = client.conversations_kick(channel=room.id, user="U0ANN")
    assert await refusal(gone) == "not_in_channel"
    assert (await client.conversations_members(channel=room.id))["members"] == ["U0MUSTER"]
    mine = await client.users_conversations()
    assert [channel["name"] for channel in mine["channels"]] == ["ops"]
    await client.conversations_leave(channel=room.id)
    assert (await client.conversations_leave(channel=room.id))["not_in_channel"]
    assert room.members == []


async def test_direct_messages_are_opened_once(slack: Slack, client: AsyncWebClient) -> None:
    first = await client.conversations_open(users="U0ANN")
    again = await client.conversations_open(users="U0ANN", return_im=True)
    assert again["channel"]["id"] == first["channel"]["id"]
    assert again["channel"]["user"] == "U0ANN"
    assert await refusal(client.conversations_invite(channel=first["channel"]["id"], users="U0BEN"))


async def test_everybody_is_listed_in_pages(slack: Slack, client: AsyncWebClient) -> None:
    slack.add_user("gone", deleted=True)
    first = await client.users_list(limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    second = await client.users_list(limit=2, cursor=cursor)
    names = [user["name"] for user in first["members"] + second["members"]]
    assert names == ["muster", "ann", "ben", "gone"]
    assert second["response_metadata"]["next_cursor"] == ""
    assert await refusal(client.users_list(cursor="x")) == "invalid_cursor"
