"""Letters as signed requests: https://docs.slack.dev/authentication/verifying-requests-from-slack."""

import hashlib
import hmac
import json
from time import perf_counter
from urllib.parse import urlencode

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout

from tests.fakes.slack.app import App
from tests.fakes.slack.outward.letter import Ack, Letter, Sort
from tests.fakes.slack.time import Time

FORM = "application/x-www-form-urlencoded"


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The value of `X-Slack-Signature`."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def write(letter: Letter) -> tuple[str, bytes]:
    """Content type and body, the way Slack writes this sort."""
    if letter.sort is Sort.EVENT:
        return "application/json", json.dumps(letter.payload).encode()
    if letter.sort is Sort.COMMAND:
        return FORM, urlencode(letter.payload).encode()
    return FORM, urlencode({"payload": json.dumps(letter.payload)}).encode()


class ByHttp:
    """`within` are the seconds that Slack waits for an answer."""

    def __init__(self, app: App, time: Time, http: ClientSession) -> None:
        self.app = app
        self.time = time
        self.http = http
        self.within = 3.0

    def headers(self, content_type: str, body: bytes) -> dict[str, str]:
        """What makes a request believable; tests take it apart to write false ones."""
        timestamp = str(self.time.seconds())
        return {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": sign(self.app.signing_secret, timestamp, body),
        }

    async def send(self, letter: Letter) -> Ack:
        content_type, body = write(letter)
        headers = self.headers(content_type, body)
        if letter.retry_num:
            headers["X-Slack-Retry-Num"] = str(letter.retry_num)
            headers["X-Slack-Retry-Reason"] = letter.retry_reason
        return await self.post(body, headers)

    async def post(self, body: bytes, headers: dict[str, str]) -> Ack:
        began = perf_counter()
        try:
            async with self.http.post(
                self.app.events_url,
                data=body,
                headers=headers,
                allow_redirects=False,
                timeout=ClientTimeout(total=self.within),
            ) as response:
                read = await _read(response)
                taken = 200 <= response.status < 300
                return Ack(
                    response.status,
                    read,
                    "" if taken else "http_error",
                    perf_counter() - began,
                    dict(response.headers),
                )
        except TimeoutError:
            return Ack(reason="http_timeout", seconds=perf_counter() - began)
        except ClientError:
            return Ack(reason="connection_failed", seconds=perf_counter() - began)


async def _read(response: ClientResponse) -> object:
    text = (await response.read()).decode()
    if response.content_type != "application/json" or not text:
        return text
    return json.loads(text)
