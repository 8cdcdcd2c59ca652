"""views.*: https://docs.slack.dev/reference/methods?family=views."""

from tests.fakes.slack.call import Call
from tests.fakes.slack.limits import TIER_4
from tests.fakes.slack.methods.method import OBJECT, TEXT, Method
from tests.fakes.slack.refusal import Refusal
from tests.fakes.slack.state import Json, View


def open_view(call: Call) -> Json:
    user = call.slack.triggers.exchange(call.text("trigger_id"))
    return _shown(call, call.slack.modals.open(user, call.said["view"]))


def push(call: Call) -> Json:
    user = call.slack.triggers.exchange(call.text("trigger_id"))
    return _shown(call, call.slack.modals.push(user, call.said["view"]))


def update(call: Call) -> Json:
    view = call.slack.modals.find(call.text("view_id"), call.text("external_id"))
    return _shown(call, call.slack.modals.update(view, call.said["view"], call.text("hash")))


def publish(call: Call) -> Json:
    user = call.workspace.find_user(call.text("user_id"))
    if user.deleted:
        raise Refusal("not_enabled", user.id)
    view = call.slack.modals.publish(user.id, call.said["view"], call.text("hash"))
    return _shown(call, view)


def _shown(call: Call, view: View) -> Json:
    return {"view": view.as_json(call.slack.byline)}


METHODS = {
    "views.open": Method(
        open_view, {"trigger_id": TEXT, "view": OBJECT}, ("trigger_id", "view"), tier=TIER_4
    ),
    "views.push": Method(
        push, {"trigger_id": TEXT, "view": OBJECT}, ("trigger_id", "view"), tier=TIER_4
    ),
    "views.update": Method(
        update,
        {"view_id": TEXT, "external_id": TEXT, "hash": TEXT, "view": OBJECT},
        ("view",),
        tier=TIER_4,
    ),
    "views.publish": Method(
        publish,
        {"user_id": TEXT, "hash": TEXT, "view": OBJECT},
        ("user_id", "view"),
        tier=TIER_4,
    ),
}
