"""What is put on a message: pins.* and reactions.*."""

import re

from tests.fakes.slack.call import Call
from tests.fakes.slack.limits import TIER_2, TIER_3
from tests.fakes.slack.methods.method import FLAG, TEXT, Method
from tests.fakes.slack.refusal import Refusal
from tests.fakes.slack.state import Json, Message

MOST_REACTIONS = 23


def pin(call: Call) -> Json:
    call.workspace.pin(_message(call), call.me)
    return {}


def unpin(call: Call) -> Json:
    call.workspace.unpin(_message(call), call.me)
    return {}


def list_pins(call: Call) -> Json:
    channel = call.channel(inside=True)
    items = [
        {
            "type": "message",
            "channel": channel.id,
            **made,
            "message": message.as_json() | {"permalink": call.workspace.permalink(message)},
        }
        for ts, made in reversed(channel.pins.items())
        for message in [channel.messages[ts]]
    ]
    return {"items": items}


def react(call: Call) -> Json:
    message = _message(call)
    if len(message.reactions) >= MOST_REACTIONS:
        raise Refusal("too_many_emoji")
    call.workspace.react(message, _emoji(call), call.me)
    return {}


def unreact(call: Call) -> Json:
    call.workspace.unreact(_message(call), _emoji(call), call.me)
    return {}


def get_reactions(call: Call) -> Json:
    channel = call.channel()
    message = call.message(channel, "timestamp")
    said = message.as_json() | {"permalink": call.workspace.permalink(message)}
    return {"type": "message", "channel": channel.id, "message": said}


def _message(call: Call) -> Message:
    channel = call.channel(inside=True)
    if channel.is_archived:
        raise Refusal("is_archived", channel.name)
    return call.message(channel, "timestamp")


def _emoji(call: Call) -> str:
    name = call.text("name")
    if not re.fullmatch(r"[\w+'-]+(::skin-tone-[2-6])?", name):
        raise Refusal("invalid_name", name)
    return name


ITEM = {"channel": TEXT, "timestamp": TEXT}
EMOJI = {**ITEM, "name": TEXT}
ITEM_NEEDS = ("channel", "timestamp")

METHODS = {
    "pins.add": Method(pin, ITEM, ITEM_NEEDS, ("pins:write",), TIER_2),
    "pins.remove": Method(unpin, ITEM, ITEM_NEEDS, ("pins:write",), TIER_2),
    "pins.list": Method(list_pins, {"channel": TEXT}, ("channel",), ("pins:read",), TIER_2),
    "reactions.add": Method(react, EMOJI, (*ITEM_NEEDS, "name"), ("reactions:write",), TIER_3),
    "reactions.remove": Method(unreact, EMOJI, (*ITEM_NEEDS, "name"), ("reactions:write",), TIER_2),
    "reactions.get": Method(
        get_reactions, {**ITEM, "full": FLAG}, ITEM_NEEDS, ("reactions:read",), TIER_3
    ),
}
