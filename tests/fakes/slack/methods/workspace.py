"""The workspace and the app itself: auth.*, api.test, team.info, emoji.list, apps.*."""

from tests.fakes.slack.call import Call
from tests.fakes.slack.limits import SPECIAL, TIER_1, TIER_2, TIER_3, TIER_4
from tests.fakes.slack.methods.method import FLAG, TEXT, Method
from tests.fakes.slack.refusal import Refusal
from tests.fakes.slack.state import Json


def who_am_i(call: Call) -> Json:
    app, domain = call.slack.app, call.workspace.domain
    return {
        "url": f"https://{domain}.slack.com/",
        "team": domain.title(),
        "user": app.name,
        "team_id": app.team_id,
        "user_id": app.bot_user,
        "bot_id": app.bot_id,
        "is_enterprise_install": False,
    }


def revoke(call: Call) -> Json:
    if not call.flag("test"):
        call.slack.app.revoked = True
    return {"revoked": not call.flag("test")}


def echo(call: Call) -> Json:
    if error := call.text("error"):
        raise Refusal(error)
    return {"args": dict(call.said)}


def team_info(call: Call) -> Json:
    domain = call.workspace.domain
    team = {"id": call.slack.app.team_id, "name": domain.title(), "domain": domain}
    return {"team": {**team, "email_domain": "", "icon": {"image_default": True}}}


def list_emoji(call: Call) -> Json:
    return {"emoji": {"bowtie": "https://emoji.example/bowtie.png"}, "cache_ts": "1"}


def open_connection(call: Call) -> Json:
    return {"url": call.slack.socket_url()}


METHODS = {
    "auth.test": Method(who_am_i, tier=SPECIAL),
    "auth.revoke": Method(revoke, {"test": FLAG}, tier=TIER_3),
    "api.test": Method(echo, {"error": TEXT, "foo": TEXT}, tier=TIER_4),
    "team.info": Method(team_info, {"team": TEXT, "domain": TEXT}, (), ("team:read",), TIER_3),
    "emoji.list": Method(list_emoji, {"include_categories": FLAG}, (), ("emoji:read",), TIER_2),
    "apps.connections.open": Method(open_connection, tier=TIER_1, app_token=True),
}
