"""bookmarks.*: https://docs.slack.dev/reference/methods?family=bookmarks."""

from tests.fakes.slack.call import Call
from tests.fakes.slack.limits import TIER_2, TIER_3
from tests.fakes.slack.methods.method import TEXT, Method
from tests.fakes.slack.refusal import Refusal
from tests.fakes.slack.state import Channel, Json

MOST = 100


def add(call: Call) -> Json:
    channel = _channel(call)
    if call.text("type") != "link":
        raise Refusal("invalid_bookmark_type", call.text("type"))
    if len(channel.bookmarks) >= MOST:
        raise Refusal("too_many_bookmarks")
    now = call.workspace.time.seconds()
    bookmark: Json = {
        "id": call.workspace.id("Bk"),
        "channel_id": channel.id,
        "type": "link",
        "title": call.text("title"),
        "link": _link(call),
        "emoji": call.text("emoji") or None,
        "icon_url": None,
        "entity_id": None,
        "app_id": call.slack.app.id,
        "date_created": now,
        "date_updated": 0,
        "rank": str(len(channel.bookmarks)),
        "last_updated_by_user_id": call.me,
    }
    channel.bookmarks[bookmark["id"]] = bookmark
    return {"bookmark": bookmark}


def edit(call: Call) -> Json:
    bookmark = _find(call, _channel(call))
    if call.text("link"):
        bookmark["link"] = _link(call)
    bookmark |= {name: call.text(name) for name in ("title", "emoji") if call.text(name)}
    bookmark["date_updated"] = call.workspace.time.seconds()
    return {"bookmark": bookmark}


def list_all(call: Call) -> Json:
    return {"bookmarks": list(call.channel("channel_id").bookmarks.values())}


def remove(call: Call) -> Json:
    channel = _channel(call)
    del channel.bookmarks[_find(call, channel)["id"]]
    return {}


def _channel(call: Call) -> Channel:
    channel = call.channel("channel_id", inside=True)
    if channel.is_archived:
        raise Refusal("is_archived", channel.name)
    return channel


def _find(call: Call, channel: Channel) -> Json:
    bookmark = channel.bookmarks.get(call.text("bookmark_id"))
    if bookmark is None:
        raise Refusal("not_found", call.text("bookmark_id"))
    return bookmark


def _link(call: Call) -> str:
    link = call.text("link")
    if not link.startswith(("http://", "https://")):
        raise Refusal("invalid_link", link)
    return link


WHERE = {"channel_id": TEXT}
SAID = {"title": TEXT, "link": TEXT, "emoji": TEXT}
WRITE, READ = ("bookmarks:write",), ("bookmarks:read",)

METHODS = {
    "bookmarks.add": Method(
        add,
        {**WHERE, **SAID, "type": TEXT, "entity_id": TEXT, "parent_id": TEXT},
        ("channel_id", "title", "type"),
        WRITE,
        TIER_2,
    ),
    "bookmarks.edit": Method(
        edit,
        {**WHERE, **SAID, "bookmark_id": TEXT},
        ("channel_id", "bookmark_id"),
        WRITE,
        TIER_2,
    ),
    "bookmarks.list": Method(list_all, WHERE, ("channel_id",), READ, TIER_3),
    "bookmarks.remove": Method(
        remove,
        {**WHERE, "bookmark_id": TEXT, "quip_section_id": TEXT},
        ("channel_id", "bookmark_id"),
        WRITE,
        TIER_2,
    ),
}
