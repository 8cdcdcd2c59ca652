"""What Slack writes about a click, a command or a form.

https://docs.slack.dev/reference/interaction-payloads
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.fakes.slack.interactivity.forms import beginnings
from tests.fakes.slack.state import Channel, Json, Kind, Message, User, View

if TYPE_CHECKING:
    from tests.fakes.slack.server import Slack


@dataclass(frozen=True)
class Click:
    """Somebody did something that may be answered."""

    slack: "Slack"
    user: User
    trigger: str
    url: str = ""


def about(click: Click) -> Json:
    """What every interaction says."""
    slack, user = click.slack, click.user
    return {
        "user": {
            "id": user.id,
            "username": user.name,
            "name": user.name,
            "team_id": user.team_id,
        },
        "api_app_id": slack.app.id,
        "token": slack.app.verification_token,
        "team": {"id": slack.app.team_id, "domain": slack.workspace.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def place(channel: Channel) -> Json:
    names = {Kind.IM: "directmessage", Kind.PRIVATE: "privategroup"}
    return {"id": channel.id, "name": names.get(channel.kind, channel.name)}


def command(click: Click, channel: Channel, line: str, text: str) -> Json:
    slack, user = click.slack, click.user
    return {
        "token": slack.app.verification_token,
        "team_id": slack.app.team_id,
        "team_domain": slack.workspace.domain,
        "channel_id": channel.id,
        "channel_name": place(channel)["name"],
        "user_id": user.id,
        "user_name": user.name,
        "command": line,
        "text": text,
        "api_app_id": slack.app.id,
        "is_enterprise_install": "false",
        "response_url": click.url,
        "trigger_id": click.trigger,
    }


def message_action(click: Click, message: Message, action: Json) -> Json:
    channel = click.slack.workspace.channels[message.channel]
    ephemeral = bool(message.seen_by)
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": ephemeral,
        **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
    }
    written = {} if ephemeral else {"message": message.as_json()}
    return {
        "type": "block_actions",
        **about(click),
        "container": container,
        "trigger_id": click.trigger,
        "channel": place(channel),
        **written,
        "state": {"values": {}},
        "response_url": click.url,
        "actions": [action],
    }


def view_action(click: Click, view: View, action: Json) -> Json:
    return {
        "type": "block_actions",
        **about(click),
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": click.trigger,
        "view": _with_state(click, view, beginnings(view.blocks)),
        "actions": [action],
    }


def submission(click: Click, view: View, values: Json) -> Json:
    return {
        "type": "view_submission",
        **about(click),
        "trigger_id": click.trigger,
        "view": _with_state(click, view, values),
        "response_urls": [],
    }


def closed(click: Click, view: View, *, cleared: bool) -> Json:
    return {
        "type": "view_closed",
        **about(click),
        "view": _with_state(click, view, {}),
        "is_cleared": cleared,
    }


def shortcut(click: Click, callback_id: str) -> Json:
    return {
        "type": "shortcut",
        **about(click),
        "callback_id": callback_id,
        "trigger_id": click.trigger,
        "action_ts": click.slack.time.ts(),
    }


def message_shortcut(click: Click, callback_id: str, message: Message) -> Json:
    return {
        "type": "message_action",
        **about(click),
        "callback_id": callback_id,
        "trigger_id": click.trigger,
        "action_ts": click.slack.time.ts(),
        "response_url": click.url,
        "message_ts": message.ts,
        "channel": place(click.slack.workspace.channels[message.channel]),
        "message": message.as_json(),
    }


def _with_state(click: Click, view: View, values: Json) -> Json:
    return {**view.as_json(click.slack.byline), "state": {"values": values}}
