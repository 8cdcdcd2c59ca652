"""Between a client of the real Slack and `emulate`, which reads nothing but JSON that is posted.

Slack takes arguments from the address, from a form or as JSON; so does this, and posts them on.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import ClientSession, DummyCookieJar, web

WRITTEN: Final = frozenset({"attachments", "blocks", "files", "metadata", "view"})
"""Arguments that are JSON even in a form."""
WORDS: Final = {"true": True, "false": False}


@dataclass
class Proxy:
    """`lacks` are the methods that were asked for and are not there."""

    session: ClientSession
    target: str
    url: str = ""
    lacks: set[str] = field(default_factory=set)

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    async def pass_on(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        said = await _arguments(request)
        token = said.pop("token", "")
        headers = {"Authorization": request.headers.get("Authorization") or f"Bearer {token}"}
        address = f"{self.target}/api/{method}"
        async with self.session.post(address, json=said, headers=headers) as answer:
            text, status = await answer.text(), answer.status
        if status == 404 and '"ok"' not in text:
            self.lacks.add(method)
            return web.json_response({"ok": False, "error": "unknown_method"})
        return web.Response(text=text, status=status, content_type="application/json")


async def _arguments(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        return dict(await request.json())
    fields = {**request.query, **(await request.post())}
    return {name: _value(name, str(value)) for name, value in fields.items()}


def _value(name: str, said: str) -> Any:
    if name in WRITTEN:
        return json.loads(said)
    if name == "limit":
        return int(said)
    return WORDS.get(said, said)


@asynccontextmanager
async def proxy_to(target: str) -> AsyncIterator[Proxy]:
    """Listens on 127.0.0.1 as long as the block lasts."""
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        proxy = Proxy(session, target)
        app = web.Application(client_max_size=8 * 2**20)
        app.router.add_route("*", "/api/{method}", proxy.pass_on)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        proxy.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield proxy
        finally:
            await runner.cleanup()
