"""What people do in Slack, as Slack posts it: a slash command and a click in turn, each signed.

Clicks say that somebody has it; most of them are late, as they are when many press.

https://docs.slack.dev/interactivity/implementing-slash-commands
"""

import json
import time
from collections.abc import Callable
from hashlib import sha256
from hmac import new as hmac
from typing import Any, Final
from urllib.parse import urlencode

SECRET: Final = "8f742231b10e8888abcd99yyyzzz85a5"
TEAM: Final = "T0ACME"
PEOPLE: Final = ("U0ANN", "U0BEN", "U0CARA")
INCIDENTS: Final = 20
"""The incidents that commands and clicks are about are #1 to this."""


def requests(path: str, port: int, channel: str, answers: str) -> Callable[[int], bytes]:
    """The whole HTTP request of interaction number so-and-so; `answers` is its `response_url`."""

    def make(number: int) -> bytes:
        user, incident = PEOPLE[number % len(PEOPLE)], number % INCIDENTS + 1
        write = _command if number % 2 else _click
        body = urlencode(write(number, user, incident, channel, answers)).encode()
        seconds = str(int(time.time()))
        signed = hmac(SECRET.encode(), b"v0:" + seconds.encode() + b":" + body, sha256)
        return (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: Slackbot 1.0\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
            f"X-Slack-Request-Timestamp: {seconds}\r\n"
            f"X-Slack-Signature: v0={signed.hexdigest()}\r\n\r\n"
        ).encode() + body

    return make


def _command(number: int, user: str, incident: int, channel: str, answers: str) -> dict[str, str]:
    return {
        "team_id": TEAM,
        "channel_id": channel,
        "user_id": user,
        "command": "/incident",
        "text": _words(number, incident),
        "response_url": answers,
        "trigger_id": f"{number}.1.bench",
    }


def _words(number: int, incident: int) -> str:
    """Every fifth command is a note, which is told in the thread and on the card; others look."""
    return f"note #{incident} we look at {number}" if number % 10 == 1 else f"status #{incident}"


def _click(number: int, user: str, incident: int, channel: str, answers: str) -> dict[str, str]:
    said: dict[str, Any] = {
        "type": "block_actions",
        "user": {"id": user, "team_id": TEAM},
        "team": {"id": TEAM},
        "channel": {"id": channel},
        "container": {"type": "message", "message_ts": "1767603600.000100", "channel_id": channel},
        "message": {"ts": "1767603600.000100"},
        "trigger_id": f"{number}.1.bench",
        "response_url": answers,
        "actions": [
            {
                "type": "button",
                "action_id": "muster:0",
                "block_id": "muster:v1:2",
                "value": f"ack #{incident}",
                "action_ts": f"{1_767_603_600 + number}.000100",
            }
        ],
    }
    return {"payload": json.dumps(said)}
