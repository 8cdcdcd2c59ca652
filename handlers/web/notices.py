"""What waits for one person, and that it was seen."""

from aiohttp import web

from handlers.web.commands import wants_json
from handlers.web.pages import SECURITY, see_other
from handlers.web.shell import Shell
from handlers.web.visitor import read_number

PAGE = 50


class NoticePages:
    def __init__(self, shell: Shell) -> None:
        self.shell = shell

    async def show(self, request: web.Request) -> web.StreamResponse:
        visitor = await self.shell.visitors.who(request)
        before = read_number(request.query.get("before", ""))
        found = await self.shell.notices.latest(visitor.id, before=before, limit=PAGE)
        return await self.shell.page(
            "notices.html",
            visitor,
            title="Notices",
            path="/notices",
            notices=found,
            older=found[-1].id if len(found) == PAGE else None,
        )

    async def seen(self, request: web.Request) -> web.StreamResponse:
        """One of them, or `all`."""
        await self.shell.visitors.form(request)
        visitor = await self.shell.visitors.who(request)
        await self.shell.seen(visitor, read_number(request.match_info["id"]))
        if wants_json(request):
            return web.Response(status=204, headers=SECURITY)
        return see_other("/notices")
