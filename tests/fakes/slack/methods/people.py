"""users.*, usergroups.*, bots.info: https://docs.slack.dev/reference/methods?family=users."""

from tests.fakes.slack.call import Call
from tests.fakes.slack.limits import TIER_2, TIER_3, TIER_4
from tests.fakes.slack.methods.method import FLAG, PAGE, TEXT, Method
from tests.fakes.slack.methods.paging import more, page
from tests.fakes.slack.methods.reading import TYPES
from tests.fakes.slack.methods.scopes import READ
from tests.fakes.slack.refusal import Refusal
from tests.fakes.slack.state import Json, Kind, User


def info(call: Call) -> Json:
    return {"user": _written(call, call.workspace.find_user(call.text("user")))}


def list_users(call: Call) -> Json:
    users = list(call.workspace.users.values())
    members = [_written(call, user) for user in page(call, users)]
    return {"members": members, "cache_ts": call.workspace.time.seconds(), **more(call, users)}


def look_up_by_email(call: Call) -> Json:
    email = call.text("email").lower()
    for user in call.workspace.users.values():
        if user.email and user.email.lower() == email and not user.deleted:
            return {"user": _written(call, user)}
    raise Refusal("users_not_found", email)


def conversations(call: Call) -> Json:
    user = call.workspace.find_user(call.text("user") or call.me).id
    kinds = [TYPES[type] for type in call.ids("types") or ["public_channel"] if type in TYPES]
    for kind in kinds:
        call.need(*READ[kind])
    seen = [
        channel
        for channel in call.workspace.channels.values()
        if user in channel.members
        and channel.kind in kinds
        and (channel.kind is Kind.PUBLIC or call.me in channel.members)
        and not (channel.is_archived and call.flag("exclude_archived"))
    ]
    channels = [channel.as_json(call.me) for channel in page(call, seen)]
    return {"channels": channels, **more(call, seen)}


def list_groups(call: Call) -> Json:
    groups = call.workspace.groups.values()
    users = {group.id: group.users for group in groups}
    return {
        "usergroups": [
            group.as_json() | ({"users": users[group.id]} if call.flag("include_users") else {})
            for group in groups
        ]
    }


def list_group_users(call: Call) -> Json:
    group = call.workspace.groups.get(call.text("usergroup"))
    if group is None:
        raise Refusal("no_such_subteam", call.text("usergroup"))
    return {"users": list(group.users)}


def bot_info(call: Call) -> Json:
    app = call.slack.app
    if call.text("bot", app.bot_id) != app.bot_id:
        raise Refusal("bot_not_found", call.text("bot"))
    bot = {"id": app.bot_id, "deleted": False, "name": app.name, "app_id": app.id}
    return {"bot": {**bot, "user_id": app.bot_user}}


def _written(call: Call, user: User) -> Json:
    return user.as_json(with_email=call.may("users:read.email"))


USERS = ("users:read",)
GROUPS = ("usergroups:read",)

METHODS = {
    "users.info": Method(info, {"user": TEXT, "include_locale": FLAG}, ("user",), USERS, TIER_4),
    "users.list": Method(
        list_users, {**PAGE, "include_locale": FLAG, "team_id": TEXT}, (), USERS, TIER_2
    ),
    "users.lookupByEmail": Method(
        look_up_by_email, {"email": TEXT}, ("email",), ("users:read.email",), TIER_3
    ),
    "users.conversations": Method(
        conversations,
        {**PAGE, "user": TEXT, "types": TEXT, "exclude_archived": FLAG, "team_id": TEXT},
        tier=TIER_3,
    ),
    "usergroups.list": Method(
        list_groups,
        {
            "include_users": FLAG,
            "include_count": FLAG,
            "include_disabled": FLAG,
            "team_id": TEXT,
        },
        (),
        GROUPS,
        TIER_2,
    ),
    "usergroups.users.list": Method(
        list_group_users,
        {"usergroup": TEXT, "include_disabled": FLAG, "team_id": TEXT},
        ("usergroup",),
        GROUPS,
        TIER_2,
    ),
    "bots.info": Method(bot_info, {"bot": TEXT, "team_id": TEXT}, (), USERS, TIER_3),
}
