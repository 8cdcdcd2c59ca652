"""Channels come, change and go: conversations.create, rename, archive, topic and the like.

https://docs.slack.dev/reference/methods?family=conversations
"""

from tests.fakes.slack.call import Call
from tests.fakes.slack.limits import TIER_2, TIER_3
from tests.fakes.slack.methods.method import FLAG, TEXT, Method
from tests.fakes.slack.methods.scopes import MANAGE, TOPIC
from tests.fakes.slack.refusal import Refusal
from tests.fakes.slack.state import Channel, Json, Kind

LONGEST_NOTE = 250


def create(call: Call) -> Json:
    private = call.flag("is_private")
    call.need(*MANAGE[Kind.PRIVATE if private else Kind.PUBLIC])
    channel = call.workspace.create(call.text("name"), call.me, private=private)
    return {"channel": channel.as_json(call.me)}


def rename(call: Call) -> Json:
    channel = _mine(call)
    if channel.creator != call.me:
        raise Refusal("not_authorized", f"{channel.name} was made by {channel.creator}")
    if channel.is_archived:
        raise Refusal("is_archived", channel.name)
    call.workspace.rename(channel, call.text("name"), call.me)
    return {"channel": channel.as_json(call.me)}


def archive(call: Call) -> Json:
    channel = _mine(call)
    if channel.is_archived:
        raise Refusal("already_archived", channel.name)
    if channel.name == "general":
        raise Refusal("cant_archive_general")
    call.workspace.archive(channel, call.me)
    return {}


def unarchive(call: Call) -> Json:
    """The page of this method says that bot tokens cannot do it; `not_in_channel` is the answer
    people report. A test of a workspace where it works sets `slack.bots_unarchive`."""
    channel = call.channel()
    call.need(*MANAGE[channel.kind])
    if not channel.is_archived:
        raise Refusal("not_archived", channel.name)
    if not call.slack.bots_unarchive:
        raise Refusal("not_in_channel", channel.name)
    call.workspace.unarchive(channel, call.me)
    return {}


def set_topic(call: Call) -> Json:
    channel = _writable(call)
    value = _note(call, "topic")
    call.workspace.set_topic(channel, value, call.me)
    return {"channel": channel.as_json(call.me)}


def set_purpose(call: Call) -> Json:
    channel = _writable(call)
    value = _note(call, "purpose")
    call.workspace.set_purpose(channel, value, call.me)
    return {"purpose": value, "channel": channel.as_json(call.me)}


def open_direct(call: Call) -> Json:
    """Between the app and one person; group messages are not simulated."""
    call.need("im:write")
    users = call.ids("users")
    if call.text("channel"):
        channel = call.channel()
    elif len(users) != 1:
        raise Refusal("users_list_not_supplied" if not users else "method_not_supported")
    else:
        if call.workspace.find_user(users[0]).deleted:
            raise Refusal("user_disabled", users[0])
        channel = call.workspace.direct(call.me, users[0])
    whole = channel.as_json(call.me) if call.flag("return_im") else {"id": channel.id}
    return {"channel": whole}


def _mine(call: Call) -> Channel:
    channel = call.channel()
    call.need(*MANAGE[channel.kind])
    if channel.kind is Kind.IM:
        raise Refusal("method_not_supported_for_channel_type", channel.id)
    return call.channel(inside=True)


def _writable(call: Call) -> Channel:
    channel = call.channel()
    call.need(*TOPIC[channel.kind])
    if channel.is_archived:
        raise Refusal("is_archived", channel.name)
    return call.channel(inside=True)


def _note(call: Call, name: str) -> str:
    value = call.text(name)
    if len(value) > LONGEST_NOTE:
        raise Refusal("too_long", f"a {name} of {len(value)} characters")
    return value


METHODS = {
    "conversations.create": Method(
        create, {"name": TEXT, "is_private": FLAG, "team_id": TEXT}, ("name",), tier=TIER_2
    ),
    "conversations.rename": Method(
        rename, {"channel": TEXT, "name": TEXT}, ("channel", "name"), tier=TIER_2
    ),
    "conversations.archive": Method(archive, {"channel": TEXT}, ("channel",), tier=TIER_2),
    "conversations.unarchive": Method(unarchive, {"channel": TEXT}, ("channel",), tier=TIER_2),
    "conversations.setTopic": Method(
        set_topic, {"channel": TEXT, "topic": TEXT}, ("channel", "topic"), tier=TIER_2
    ),
    "conversations.setPurpose": Method(
        set_purpose, {"channel": TEXT, "purpose": TEXT}, ("channel", "purpose"), tier=TIER_2
    ),
    "conversations.open": Method(
        open_direct,
        {
            "users": TEXT,
            "channel": TEXT,
            "return_im": FLAG,
            "prevent_creation": FLAG,
        },
        tier=TIER_3,
    ),
}
