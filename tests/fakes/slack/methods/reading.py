"""What there is to read: conversations.list, info, history, replies, mark."""

from decimal import Decimal, InvalidOperation

from tests.fakes.slack.call import Call
from tests.fakes.slack.limits import TIER_2, TIER_3
from tests.fakes.slack.methods.method import FLAG, PAGE, TEXT, Method
from tests.fakes.slack.methods.paging import more, page
from tests.fakes.slack.methods.scopes import HISTORY, MANAGE, READ
from tests.fakes.slack.refusal import Refusal, wrong_arguments
from tests.fakes.slack.state import Channel, Json, Kind, Message

TYPES = {"public_channel": Kind.PUBLIC, "private_channel": Kind.PRIVATE, "im": Kind.IM}


def list_channels(call: Call) -> Json:
    kinds = _kinds(call)
    for kind in kinds:
        call.need(*READ[kind])
    seen = [
        channel
        for channel in call.workspace.channels.values()
        if channel.kind in kinds
        and (channel.kind is Kind.PUBLIC or call.me in channel.members)
        and not (channel.is_archived and call.flag("exclude_archived"))
    ]
    channels = [channel.as_json(call.me) for channel in page(call, seen)]
    return {"channels": channels, **more(call, seen)}


def _kinds(call: Call) -> list[Kind]:
    types = call.ids("types") or ["public_channel"]
    if unknown := set(types) - TYPES.keys() - {"mpim"}:
        raise Refusal("invalid_types", ", ".join(unknown))
    return [TYPES[type] for type in types if type in TYPES]


def info(call: Call) -> Json:
    channel = call.channel()
    call.need(*READ[channel.kind])
    said = channel.as_json(call.me)
    if not call.flag("include_num_members"):
        said.pop("num_members", None)
    return {"channel": said}


def history(call: Call) -> Json:
    channel = _readable(call)
    oldest, latest = _moment(call, "oldest"), _moment(call, "latest")
    newest_first = [
        message
        for message in reversed(channel.messages.values())
        if (not message.in_thread or message.broadcast)
        and _within(message, oldest, latest, inclusive=call.flag("inclusive"))
    ]
    limits = {"default": 100, "most": 999}
    return {
        "messages": _written(call, page(call, newest_first, **limits)),
        "has_more": bool(_cursor(more(call, newest_first, **limits))),
        "pin_count": len(channel.pins),
        **more(call, newest_first, **limits),
    }


def replies(call: Call) -> Json:
    channel = _readable(call)
    root = channel.messages.get(call.text("ts"))
    if root is None:
        raise Refusal("thread_not_found", call.text("ts"))
    root = channel.messages.get(root.thread_ts, root)
    oldest, latest = _moment(call, "oldest"), _moment(call, "latest")
    thread = [root] + [
        reply
        for reply in channel.thread(root.ts)
        if _within(reply, oldest, latest, inclusive=call.flag("inclusive"))
    ]
    messages = _written(call, page(call, thread))
    return {
        "messages": messages,
        "has_more": bool(_cursor(more(call, thread))),
        **more(call, thread),
    }


def mark(call: Call) -> Json:
    channel = call.channel(inside=True)
    call.need(*MANAGE[channel.kind])
    return {}


def _readable(call: Call) -> Channel:
    channel = call.channel()
    call.need(*HISTORY[channel.kind])
    return call.channel(inside=True)


def _moment(call: Call, name: str) -> Decimal | None:
    said = call.text(name)
    if not said or said == "now":
        return None
    try:
        return Decimal(said)
    except InvalidOperation as error:
        raise wrong_arguments(f"must be a timestamp [json-pointer:/{name}]") from error


def _within(
    message: Message, oldest: Decimal | None, latest: Decimal | None, *, inclusive: bool
) -> bool:
    ts = Decimal(message.ts)
    if inclusive and ts in (oldest, latest):
        return True
    return (oldest is None or ts > oldest) and (latest is None or ts < latest)


def _cursor(said: Json) -> str:
    return str(said["response_metadata"]["next_cursor"])


def _written(call: Call, messages: list[Message]) -> list[Json]:
    with_metadata = call.flag("include_all_metadata") and call.may("metadata.message:read")
    return [
        message.as_json(with_metadata=with_metadata) | _thread_of(call, message)
        for message in messages
    ]


def _thread_of(call: Call, message: Message) -> Json:
    thread = call.workspace.channels[message.channel].thread(message.ts)
    if not thread:
        return {}
    users = list(dict.fromkeys(reply.user for reply in thread))
    return {
        "thread_ts": message.ts,
        "reply_count": len(thread),
        "reply_users": users,
        "reply_users_count": len(users),
        "latest_reply": thread[-1].ts,
    }


SPAN = {"oldest": TEXT, "latest": TEXT, "inclusive": FLAG, "include_all_metadata": FLAG}

METHODS = {
    "conversations.list": Method(
        list_channels,
        {**PAGE, "types": TEXT, "exclude_archived": FLAG, "team_id": TEXT},
        tier=TIER_2,
    ),
    "conversations.info": Method(
        info,
        {"channel": TEXT, "include_locale": FLAG, "include_num_members": FLAG},
        ("channel",),
        tier=TIER_3,
    ),
    "conversations.history": Method(
        history, {"channel": TEXT, **PAGE, **SPAN}, ("channel",), tier=TIER_3
    ),
    "conversations.replies": Method(
        replies, {"channel": TEXT, "ts": TEXT, **PAGE, **SPAN}, ("channel", "ts"), tier=TIER_3
    ),
    "conversations.mark": Method(
        mark, {"channel": TEXT, "ts": TEXT}, ("channel", "ts"), tier=TIER_3
    ),
}
