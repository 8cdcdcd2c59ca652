"""What an app may say in its acknowledgement, and what Slack makes of it."""

from typing import TYPE_CHECKING, Any

from tests.fakes.slack.interactivity.response_urls import show
from tests.fakes.slack.outward.letter import Ack
from tests.fakes.slack.refusal import Refusal
from tests.fakes.slack.state import Channel, Json, View

if TYPE_CHECKING:
    from tests.fakes.slack.server import Slack

CONNECTING = "We had some trouble connecting. Try again?"


def command_answer(slack: "Slack", user: str, channel: Channel, ack: Ack) -> str:
    """Shows the answer to a command; what Slack says instead if there is none."""
    if not ack.ok:
        late = ack.reason in ("http_timeout", "timeout")
        return f"failed with the error {'operation_timeout' if late else 'dispatch_failed'}"
    said = {"text": ack.body} if isinstance(ack.body, str) else ack.body
    if not said or said == {"text": ""}:
        return ""
    try:
        show(slack, user, channel, said)
    except Refusal as refusal:
        slack.complain(f"the answer to a command: {refusal}")
        return "failed with the error invalid_command_response"
    return ""


def submission_answer(slack: "Slack", view: View, ack: Ack) -> tuple[dict[str, str], str]:
    """Errors by block_id, and what Slack says if the answer is none."""
    if not ack.ok:
        return {}, CONNECTING
    said = ack.body or {}
    act = said.get("response_action", "") if isinstance(said, dict) else "no object"
    if not said:
        slack.modals.close(view)
        return {}, ""
    try:
        return ANSWERS[act](slack, view, said), ""
    except (KeyError, Refusal) as wrong:
        slack.complain(f"the answer to a form ({act}): {wrong!r}")
        return {}, CONNECTING


def _errors(slack: "Slack", view: View, said: Json) -> dict[str, str]:
    errors = dict(said["errors"])
    fields = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not errors or errors.keys() - fields:
        raise Refusal("invalid_arguments", f"{sorted(errors)} are not fields of {sorted(fields)}")
    return errors


def _update(slack: "Slack", view: View, said: Json) -> dict[str, str]:
    slack.modals.update(view, said["view"])
    return {}


def _push(slack: "Slack", view: View, said: Json) -> dict[str, str]:
    slack.modals.push(view.user, said["view"])
    return {}


def _clear(slack: "Slack", view: View, said: Json) -> dict[str, str]:
    slack.modals.clear(view.user)
    return {}


ANSWERS: dict[str, Any] = {"errors": _errors, "update": _update, "push": _push, "clear": _clear}
