"""What people do reaches an app made of slack_bolt, by HTTP and in Socket Mode alike."""

from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import Channel, Slack, slack_simulator
from tests.fakes.slack.person import Person
from tests.unit.slack_sim.bolt import CARD, Bot, by_http, by_socket


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    """By the real clock, since slack_bolt judges the age of a signature by it."""
    async with slack_simulator() as simulator:
        yield simulator
        assert simulator.complaints == []


@pytest.fixture
def ann(slack: Slack) -> Person:
    return slack.add_person("ann")


@pytest.fixture
def room(slack: Slack, ann: Person) -> Channel:
    return slack.add_channel("inc-7", "U0MUSTER", ann.id)


@pytest.fixture(params=[by_http, by_socket], ids=["http", "socket"])
async def bot(slack: Slack, request: pytest.FixtureRequest) -> AsyncIterator[Bot]:
    async with request.param(slack) as bot:
        yield bot


async def test_a_mention_is_told_as_a_message_and_as_a_mention(
    bot: Bot, ann: Person, room: Channel
) -> None:
    await ann.mention("status", room)
    (mention,) = bot.of("app_mention")
    assert mention["event"]["text"] == "<@U0MUSTER> status"
    assert mention["event"]["channel"] == room.id
    assert len(bot.of("message")) == 1


async def test_a_thread_and_a_direct_message_are_told(bot: Bot, ann: Person, room: Channel) -> None:
    root = await ann.say("It is slow", room)
    await ann.say("since nine", room, root)
    await ann.tell("help")
    first, second, third = (body["event"] for body in bot.of("message"))
    assert (first["channel_type"], third["channel_type"]) == ("channel", "im")
    assert second["thread_ts"] == root.ts


async def test_reactions_pins_and_the_home_tab_are_told(
    bot: Bot, ann: Person, room: Channel
) -> None:
    message = await ann.say("Rolled back", room)
    await ann.react("eyes", message)
    await ann.pin(message)
    await ann.open_home()
    (reaction,) = bot.of("reaction_added")
    (pin,) = bot.of("pin_added")
    assert reaction["event"]["item"]["ts"] == message.ts
    assert pin["event"]["item"]["message"]["permalink"].endswith(message.ts.replace(".", ""))
    assert len(bot.of("app_home_opened")) == 1


async def test_where_the_app_is_not_a_member_it_hears_nothing(
    slack: Slack, bot: Bot, ann: Person
) -> None:
    elsewhere = slack.add_channel("random", ann.id)
    await ann.say("hello", elsewhere)
    assert bot.seen == []


async def test_a_command_is_answered_to_its_asker_only(
    bot: Bot, ann: Person, room: Channel
) -> None:
    shown = await ann.command("/incident status #7", room)
    assert [whisper.text for whisper in shown.whispers] == ["You said: status #7"]
    assert shown.trouble == ""
    assert room.top_level() == []


async def test_a_form_is_opened_refused_and_sent(bot: Bot, ann: Person, room: Channel) -> None:
    opened = await ann.command("/incident declare", room)
    assert opened.view
    assert opened.view.title == "Declare"
    refused = await ann.submit({"Title": "?"})
    assert refused.errors == {"title": "Say what is wrong."}
    assert refused.view is opened.view
    sent = await ann.submit({"Title": "Checkout is down", "Severity": "Major"})
    assert (sent.errors, sent.view) == ({}, None)
    chosen = bot.of("view")[-1]["view"]["state"]["values"]["severity"]["severity"]
    assert chosen["selected_option"]["value"] == "major"


async def test_slack_itself_holds_back_a_form_that_is_not_filled_in(
    bot: Bot, ann: Person, room: Channel
) -> None:
    await ann.command("/incident declare", room)
    with pytest.raises(ValueError, match="Title: Please complete this required field"):
        await ann.submit()
    with pytest.raises(LookupError, match="there are"):
        await ann.submit({"Colour": "red"})
    await ann.close()
    assert len(bot.of("closed")) == 1


async def test_a_button_is_pressed_and_its_card_replaced(
    slack: Slack, bot: Bot, ann: Person, room: Channel
) -> None:
    client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)
    await client.chat_postMessage(channel=room.id, text="Checkout is down", blocks=CARD)
    (card,) = room.top_level()
    await ann.press("Acknowledge", card)
    await ann.reads("Acknowledged by Ann", room)
    (body,) = bot.of("action")
    assert body["actions"][0]["value"] == "7"
    assert body["container"]["message_ts"] == card.ts
    with pytest.raises(LookupError, match="there are"):
        await ann.press("Resolve", card)


async def test_a_shortcut_opens_a_form_from_anywhere_and_from_a_message(
    bot: Bot, ann: Person, room: Channel
) -> None:
    message = await ann.say("It is slow", room)
    assert (await ann.shortcut("declare_from_here")).view
    assert (await ann.shortcut("declare_from_here", message)).view
    assert bot.of("shortcut")[-1]["message"]["ts"] == message.ts


async def test_an_outsider_is_known_by_their_team_and_has_no_commands(
    slack: Slack, bot: Bot, room: Channel
) -> None:
    room.outside_team = "T0OTHER"
    olga = slack.add_person("olga", team_id="T0OTHER")
    await olga.join(room)
    await olga.mention("declare it", room)
    (mention,) = bot.of("app_mention")
    assert (mention["event"]["team"], mention["is_ext_shared_channel"]) == ("T0OTHER", True)
    with pytest.raises(ValueError, match="not a valid command"):
        await olga.command("/incident declare", room)


async def test_what_people_do_with_their_channels_is_told(slack: Slack, ann: Person) -> None:
    room = await ann.create("ops")
    await ann.invite(slack.app.bot_user, room)
    await ann.set_topic("on call: Ann", room)
    message = await ann.say("hello", room)
    await ann.edit(message, "hello all")
    await ann.delete(message)
    await ann.rename(room, "operations")
    await ann.archive(room)
    await ann.unarchive(room)
    told = [event.get("subtype") or event["type"] for event in slack.events]
    assert told == [
        "channel_join",
        "member_joined_channel",
        "channel_join",
        "member_joined_channel",
        "channel_topic",
        "message",
        "message_changed",
        "message_deleted",
        "channel_name",
        "channel_rename",
        "channel_archive",
        "channel_archive",
        "channel_unarchive",
        "channel_unarchive",
    ]
