"""slack-bolt as what carries requests to us, by HTTP and by Socket Mode: one middleware hears all.

It stands before bolt's own authorisation, which would ask Slack in the time we have to acknowledge.
Bolt acknowledges events before its listeners run and loses what is sent twice; the middleware
answers when the command is kept.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.domain.errors import Unreadable
from bot.platforms.slack.client import Slack
from bot.platforms.slack.heard import AGAIN, Answer
from bot.platforms.slack.inbound import Inbound

log = structlog.get_logger()


class Hear(AsyncMiddleware):
    """A class, since for a plain function bolt first takes every payload apart, and breaks on those
    that Slack never sends."""

    def __init__(self, inbound: Inbound) -> None:
        self.inbound = inbound

    async def async_process(
        self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Callable[[], Awaitable[Any]]
    ) -> BoltResponse:
        if req.body.get("type") == "url_verification":
            await next()
            return resp
        answer = await _answered(self.inbound, req)
        return BoltResponse(status=answer.status, body=dict(answer.body) or "")


def bolt_app(slack: Slack, inbound: Inbound) -> AsyncApp:
    """Requests reach it verified: by their signature, or by the socket they came through."""
    return AsyncApp(
        name="muster",
        client=slack.web,
        request_verification_enabled=False,
        before_authorize=Hear(inbound),
    )


async def _answered(inbound: Inbound, request: AsyncBoltRequest) -> Answer:
    try:
        return await inbound(request.body)
    except Unreadable as wrong:
        log.warning("slack_sent_something_else", why=str(wrong))
        return Answer(400)
    except Exception:
        log.exception("slack_not_heard", type=request.body.get("type"))
        return AGAIN
