"""An address to answer a click or a command: five times within thirty minutes.

https://docs.slack.dev/interactivity/handling-user-interaction/#message_responses
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from aiohttp import web

from tests.fakes.slack.block_kit.blocks import Surface, judge_blocks, named
from tests.fakes.slack.faults import misbehave
from tests.fakes.slack.refusal import Refusal
from tests.fakes.slack.request import read_request
from tests.fakes.slack.state import Channel, Json, Message

if TYPE_CHECKING:
    from tests.fakes.slack.server import Slack

LIVES: Final = 30 * 60
USES: Final = 5
TAKES: Final = {
    "text",
    "blocks",
    "attachments",
    "response_type",
    "replace_original",
    "delete_original",
    "thread_ts",
    "metadata",
    "unfurl_links",
    "unfurl_media",
}


@dataclass
class ResponseUrl:
    user: str
    channel: Channel
    made: float
    original: Message | None
    used: int = 0


class ResponseUrls:
    def __init__(self, slack: "Slack") -> None:
        self.slack = slack
        self.made: dict[str, ResponseUrl] = {}

    def make(self, user: str, channel: Channel, original: Message | None = None) -> str:
        key = uuid4().hex
        self.made[key] = ResponseUrl(user, channel, self.slack.time.now(), original)
        return f"{self.slack.url}/response/{key}"

    async def receive(self, request: web.Request) -> web.StreamResponse:
        """`response_url` is its name among the faults."""
        fault = self.slack.faults.pick("response_url")
        if fault and not fault.done:
            return await misbehave(request, fault)
        try:
            _, said = await read_request(request)
            url = self._find(request.match_info["key"])
            show(self.slack, url.user, url.channel, said, url.original)
            url.used += 1
            answer: Json = {"ok": True}
            status = 200
        except Refusal as refusal:
            self.slack.refused.append(("response_url", refusal.code))
            self.slack.complain(f"response_url: {refusal}")
            answer = {"ok": False, "error": refusal.code}
            status = 404 if refusal.code.endswith("_url") else 400
        self.slack.stir()
        return (
            await misbehave(request, fault) if fault else web.json_response(answer, status=status)
        )

    def _find(self, key: str) -> ResponseUrl:
        url = self.made.get(key)
        if url is None:
            raise Refusal("invalid_url", key)
        if self.slack.time.now() - url.made > LIVES:
            raise Refusal("expired_url")
        if url.used >= USES:
            raise Refusal("used_url")
        return url


def show(
    slack: "Slack", user: str, channel: Channel, said: Json, original: Message | None = None
) -> None:
    """What an app says at a response_url or in its acknowledgement of a command."""
    if unknown := said.keys() - TAKES:
        slack.complain(f"a response takes no {', '.join(sorted(unknown))}")
    if said.get("delete_original"):
        _delete(slack, original)
        return
    content = _content(slack, said)
    if said.get("replace_original") and original:
        slack.workspace.edit(original, slack.app.bot_user, **content)
        return
    rest = {**content, "bot": slack.byline, "thread_ts": said.get("thread_ts", "")}
    if said.get("response_type", "ephemeral") == "in_channel":
        slack.workspace.post(channel, slack.app.bot_user, **rest)
    else:
        slack.workspace.whisper(channel, user, **rest)


def _content(slack: "Slack", said: Json) -> Json:
    if not (said.get("text") or said.get("blocks") or said.get("attachments")):
        raise Refusal("no_text")
    if said.get("response_type", "ephemeral") not in ("ephemeral", "in_channel"):
        raise Refusal("invalid_arguments", f"response_type {said['response_type']}")
    blocks = said.get("blocks", [])
    if wrongs := judge_blocks(blocks, Surface.MESSAGE):
        raise Refusal("invalid_blocks", "; ".join(wrongs))
    return {
        "text": said.get("text", ""),
        "blocks": named(blocks, slack.new_block_id),
        "attachments": said.get("attachments", []),
    }


def _delete(slack: "Slack", original: Message | None) -> None:
    if original is None:
        raise Refusal("message_not_found", "there is no original")
    if original.seen_by:
        slack.workspace.ephemerals.remove(original)
    else:
        slack.workspace.delete(original)
