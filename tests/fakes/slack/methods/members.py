"""Who is in a channel: conversations.invite, kick, join, leave, members."""

from tests.fakes.slack.call import Call
from tests.fakes.slack.limits import TIER_3, TIER_4
from tests.fakes.slack.methods.method import FLAG, PAGE, TEXT, Method
from tests.fakes.slack.methods.paging import more, page
from tests.fakes.slack.methods.scopes import INVITE, MANAGE, READ
from tests.fakes.slack.refusal import Refusal
from tests.fakes.slack.state import Channel, Json, Kind

MOST_INVITED = 100


def invite(call: Call) -> Json:
    """One bad id refuses all, unless `force`: then the good ones are invited all the same."""
    channel = _open_room(call)
    call.need(*INVITE[channel.kind])
    users = call.ids("users")
    if not users or len(users) > MOST_INVITED:
        raise Refusal("no_user" if not users else "too_many_users")
    call.channel(inside=True)
    errors = [_judge(call, channel, user) for user in users]
    bad = [error for error in errors if error]
    good = [user for user, error in zip(users, errors, strict=True) if not error]
    if bad and not (call.flag("force") and good):
        more = {"errors": bad} if len(users) > 1 else {}
        raise Refusal(bad[0]["error"], ", ".join(each["user"] for each in bad), **more)
    for user in good:
        call.workspace.join(channel, user, inviter=call.me)
    return {"channel": channel.as_json(call.me), **({"errors": bad} if bad else {})}


def _judge(call: Call, channel: Channel, id: str) -> Json | None:
    user = call.workspace.users.get(id)
    code = ""
    if id == call.me:
        code = "cant_invite_self"
    elif user is None:
        code = "user_not_found"
    elif user.deleted:
        code = "user_is_deactivated"
    elif id in channel.members:
        code = "already_in_channel"
    elif user.team_id not in (call.slack.app.team_id, channel.outside_team):
        code = "cant_invite"
    return {"user": id, "ok": False, "error": code} if code else None


def kick(call: Call) -> Json:
    channel = _open_room(call)
    call.need(*MANAGE[channel.kind])
    user = call.text("user")
    if user == call.me:
        raise Refusal("cant_kick_self")
    if channel.name == "general":
        raise Refusal("cant_kick_from_general")
    if user not in call.channel(inside=True).members:
        raise Refusal("not_in_channel", user)
    call.workspace.leave(channel, user)
    return {"errors": {}}


def join(call: Call) -> Json:
    call.need("channels:join")
    channel = _open_room(call)
    if channel.kind is not Kind.PUBLIC:
        raise Refusal("method_not_supported_for_channel_type", channel.id)
    again = call.me in channel.members
    call.workspace.join(channel, call.me)
    warned = {"warning": "already_in_channel"} if again else {}
    return {"channel": channel.as_json(call.me), **warned}


def leave(call: Call) -> Json:
    channel = _open_room(call)
    call.need(*MANAGE[channel.kind])
    if call.me not in channel.members:
        return {"not_in_channel": True}
    call.workspace.leave(channel, call.me)
    return {}


def members(call: Call) -> Json:
    channel = call.channel()
    call.need(*READ[channel.kind])
    return {"members": page(call, channel.members), **more(call, channel.members)}


def _open_room(call: Call) -> Channel:
    channel = call.channel()
    if channel.kind is Kind.IM:
        raise Refusal("method_not_supported_for_channel_type", channel.id)
    if channel.is_archived:
        raise Refusal("is_archived", channel.name)
    return channel


CHANNEL = {"channel": TEXT}

METHODS = {
    "conversations.invite": Method(
        invite, {"channel": TEXT, "users": TEXT, "force": FLAG}, ("channel", "users"), tier=TIER_3
    ),
    "conversations.kick": Method(
        kick, {"channel": TEXT, "user": TEXT}, ("channel", "user"), tier=TIER_3
    ),
    "conversations.join": Method(join, CHANNEL, ("channel",), tier=TIER_3),
    "conversations.leave": Method(leave, CHANNEL, ("channel",), tier=TIER_3),
    "conversations.members": Method(members, {**CHANNEL, **PAGE}, ("channel",), tier=TIER_4),
}
