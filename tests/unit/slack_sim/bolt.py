"""A small app by slack_bolt, by HTTP and in Socket Mode: the simulator's first customer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp.test_utils import TestServer
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from tests.fakes.slack import Slack

FORM: dict[str, Any] = {
    "type": "modal",
    "callback_id": "declare",
    "title": {"type": "plain_text", "text": "Declare"},
    "submit": {"type": "plain_text", "text": "Go"},
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "title",
            "label": {"type": "plain_text", "text": "Title"},
            "element": {"type": "plain_text_input", "action_id": "title"},
        },
        {
            "type": "input",
            "block_id": "severity",
            "label": {"type": "plain_text", "text": "Severity"},
            "optional": True,
            "element": {
                "type": "static_select",
                "action_id": "severity",
                "options": [
                    {"text": {"type": "plain_text", "text": text}, "value": text.lower()}
                    for text in ("Minor", "Major")
                ],
            },
        },
    ],
}

CARD: list[dict[str, Any]] = [
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "text": {"type": "plain_text", "text": "Acknowledge"},
                "action_id": "ack",
                "value": "7",
            }
        ],
    }
]


class Bot:
    """`seen` are the bodies of what came, by what they are."""

    def __init__(self, slack: Slack) -> None:
        self.seen: list[tuple[str, dict[str, Any]]] = []
        self.app = AsyncApp(
            token=slack.app.bot_token,
            signing_secret=slack.app.signing_secret,
            process_before_response=True,
            url_verification_enabled=True,
        )
        self.app.client.base_url = slack.api_url
        self._listen()

    def of(self, what: str) -> list[dict[str, Any]]:
        return [body for name, body in self.seen if name == what]

    def _listen(self) -> None:
        self.app.command("/incident")(self._command)
        self.app.view("declare")(self._declare)
        self.app.view_closed("declare")(self._closed)
        self.app.action("ack")(self._acknowledge)
        self.app.shortcut("declare_from_here")(self._shortcut)
        for event in ("app_mention", "message", "reaction_added", "pin_added", "app_home_opened"):
            self.app.event(event)(self._hear)

    async def _command(self, ack: Any, body: Any, client: Any) -> None:
        self.seen.append(("command", body))
        if body["text"] == "declare":
            await client.views_open(trigger_id=body["trigger_id"], view=FORM)
            await ack()
        else:
            await ack(f"You said: {body['text']}")

    async def _declare(self, ack: Any, body: Any) -> None:
        self.seen.append(("view", body))
        title = body["view"]["state"]["values"]["title"]["title"]["value"]
        if title == "?":
            await ack(response_action="errors", errors={"title": "Say what is wrong."})
        else:
            await ack()

    async def _closed(self, ack: Any, body: Any) -> None:
        self.seen.append(("closed", body))
        await ack()

    async def _acknowledge(self, ack: Any, body: Any, respond: Any) -> None:
        self.seen.append(("action", body))
        await ack()
        await respond(text="Acknowledged by Ann", replace_original=True)

    async def _shortcut(self, ack: Any, body: Any, client: Any) -> None:
        self.seen.append(("shortcut", body))
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)
        await ack()

    async def _hear(self, event: dict[str, Any], body: dict[str, Any]) -> None:
        self.seen.append((event["type"], body))


@asynccontextmanager
async def by_http(slack: Slack) -> AsyncIterator[Bot]:
    bot = Bot(slack)
    async with TestServer(bot.app.web_app("/slack/events")) as server:
        await slack.point_at(str(server.make_url("/slack/events")))
        yield bot


@asynccontextmanager
async def by_socket(slack: Slack) -> AsyncIterator[Bot]:
    bot = Bot(slack)
    handler = AsyncSocketModeHandler(bot.app, slack.app.app_token)
    await handler.connect_async()
    await slack.until(lambda: slack.socket.open)
    try:
        yield bot
    finally:
        await handler.close_async()
