"""chat.*: https://docs.slack.dev/reference/methods?family=chat."""

from tests.fakes.slack.call import Call
from tests.fakes.slack.limits import POSTING, SPECIAL, TIER_3, TIER_4
from tests.fakes.slack.methods.content import LONGEST_UPDATE, judge_content
from tests.fakes.slack.methods.method import FLAG, LIST, OBJECT, TEXT, Method
from tests.fakes.slack.refusal import Refusal
from tests.fakes.slack.state import Channel, Json, Kind, Message


def post_message(call: Call) -> Json:
    channel = _where(call)
    content = judge_content(call)
    unfurls = call.flag("unfurl_links") or call.flag("unfurl_media", default=True)
    message = call.workspace.post(
        channel,
        call.me,
        **content,
        bot=_byline(call),
        thread_ts=_thread(call, channel),
        broadcast=call.flag("reply_broadcast"),
        unfurls=unfurls,
    )
    said = message.as_json(with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": said}


def update(call: Call) -> Json:
    channel, message = _own(call, "cant_update_message")
    content = judge_content(call, longest=LONGEST_UPDATE)
    for name in _retained(call):
        content[name] = getattr(message, name)
    drawn = bool(content["blocks"] or content["attachments"])
    call.workspace.edit(message, call.me, flagged=not drawn, **content)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": message.text,
        "message": message.as_json(with_metadata=True),
    }


def _retained(call: Call) -> set[str]:
    """What stays as it was because nothing was said of it; a new text alone removes the blocks.

    https://docs.slack.dev/reference/methods/chat.update
    """
    silent = {"metadata", "attachments", "blocks"} - call.said.keys()
    return silent - {"blocks"} if call.text("text") else silent


def delete(call: Call) -> Json:
    channel, message = _own(call, "cant_delete_message")
    call.workspace.delete(message)
    return {"channel": channel.id, "ts": message.ts}


def post_ephemeral(call: Call) -> Json:
    channel = call.channel(inside=True)
    if channel.is_archived:
        raise Refusal("is_archived", channel.name)
    content = judge_content(call)
    user = call.text("user")
    if user not in channel.members:
        raise Refusal("user_not_in_channel", user)
    thread = _thread(call, channel)
    message = call.workspace.whisper(channel, user, **content, bot=_byline(call), thread_ts=thread)
    return {"message_ts": message.ts}


def get_permalink(call: Call) -> Json:
    channel = call.channel()
    message = call.message(channel, "message_ts")
    return {"channel": channel.id, "permalink": call.workspace.permalink(message)}


def _where(call: Call) -> Channel:
    named = call.text("channel")
    if named in call.workspace.users:
        user = call.workspace.find_user(named)
        if user.deleted:
            raise Refusal("user_is_deactivated", named)
        return call.workspace.direct(call.me, named)
    channel = call.workspace.find_named(named, call.me)
    if channel.is_archived:
        raise Refusal("is_archived", channel.name)
    if call.me not in channel.members and not (
        channel.kind is Kind.PUBLIC and call.may("chat:write.public")
    ):
        raise Refusal("not_in_channel", channel.name)
    other = next((m for m in channel.members if m != call.me), call.me)
    if channel.kind is Kind.IM and call.workspace.find_user(other).deleted:
        raise Refusal("user_is_deactivated", other)
    return channel


def _thread(call: Call, channel: Channel) -> str:
    ts = call.text("thread_ts")
    if not ts:
        return ""
    if ts not in channel.messages:
        raise Refusal("thread_not_found", ts)
    root = channel.messages[ts]
    if root.in_thread:
        call.slack.complain(f"{call.method}: {ts} is a reply, so it heads no thread")
        return root.thread_ts
    return ts


def _own(call: Call, otherwise: str) -> tuple[Channel, Message]:
    channel = call.channel()
    message = call.message(channel)
    if channel.is_archived:
        raise Refusal("is_archived", channel.name)
    if message.user != call.me or message.subtype:
        raise Refusal(otherwise, f"{message.ts} is by {message.user}")
    return channel, message


def _byline(call: Call) -> Json:
    app = call.slack.app
    return {"bot_id": app.bot_id, "app_id": app.id, "team": app.team_id}


CONTENT = {
    "text": TEXT,
    "markdown_text": TEXT,
    "blocks": LIST,
    "attachments": LIST,
    "metadata": OBJECT,
    "link_names": FLAG,
    "parse": TEXT,
}
POST = {
    **CONTENT,
    "channel": TEXT,
    "thread_ts": TEXT,
    "reply_broadcast": FLAG,
    "unfurl_links": FLAG,
    "unfurl_media": FLAG,
    "mrkdwn": FLAG,
    "as_user": FLAG,
    "username": TEXT,
    "icon_emoji": TEXT,
    "icon_url": TEXT,
}
WRITE = ("chat:write",)

METHODS = {
    "chat.postMessage": Method(post_message, POST, ("channel",), WRITE, POSTING),
    "chat.update": Method(
        update,
        {**CONTENT, "channel": TEXT, "ts": TEXT, "as_user": FLAG, "reply_broadcast": FLAG},
        ("channel", "ts"),
        WRITE,
        TIER_3,
    ),
    "chat.delete": Method(
        delete, {"channel": TEXT, "ts": TEXT, "as_user": FLAG}, ("channel", "ts"), WRITE, TIER_3
    ),
    "chat.postEphemeral": Method(
        post_ephemeral, {**POST, "user": TEXT}, ("channel", "user"), WRITE, TIER_4
    ),
    "chat.getPermalink": Method(
        get_permalink,
        {"channel": TEXT, "message_ts": TEXT},
        ("channel", "message_ts"),
        tier=SPECIAL,
    ),
}
