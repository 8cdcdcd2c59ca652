"""The page's three addresses. They listen where the simulator does, on 127.0.0.1."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from aiohttp import web

from tests.fakes.slack.page.do import do
from tests.fakes.slack.page.look import look

if TYPE_CHECKING:
    from tests.fakes.slack.server import Slack

PAGE: Final = Path(__file__).with_name("page.html")


def install(slack: "Slack", app: web.Application) -> None:
    async def page(request: web.Request) -> web.FileResponse:
        return web.FileResponse(PAGE)

    async def state(request: web.Request) -> web.Response:
        return web.json_response(look(slack, slack.person(request.query["person"])))

    async def deed(request: web.Request) -> web.Response:
        if request.content_type != "application/json":  # which no other site's form can send
            return web.Response(status=415)
        return web.json_response(await do(slack, await request.json()))

    app.router.add_get("/", page)
    app.router.add_get("/sim/state", state)
    app.router.add_post("/sim/do", deed)
