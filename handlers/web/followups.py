"""All follow-ups that exist for the visitor, what is due first."""

from typing import Final
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.cards.followups import about
from bot.domain.errors import Invalid
from bot.domain.task import TaskState
from bot.platforms.web.render import Posting
from handlers.web.commands import Commands, fragment, wants_json
from handlers.web.shell import Said, Shell
from handlers.web.visitor import Visitor

PATH: Final = "/followups"
VIEWS: Final = {"open": "Open", "mine": "Mine", "overdue": "Overdue", "all": "All"}
SHOWN: Final = 200


class FollowupPage:
    def __init__(self, shell: Shell, commands: Commands) -> None:
        self.shell, self.commands = shell, commands

    async def show(self, request: web.Request) -> web.StreamResponse:
        visitor = await self.shell.visitors.who(request)
        return await self._page(visitor, request.query.get("view", "open"))

    async def act(self, request: web.Request) -> web.StreamResponse:
        """`followup #42 done 3` and the like."""
        fields = await self.shell.visitors.form(request)
        visitor = await self.shell.visitors.who(request)
        if not fields.get("text", "").startswith("followup"):
            raise Invalid("Only follow-ups are changed here.")
        said = await self.commands.carry_out(visitor, fields, None)
        return fragment(said) if wants_json(request) else await self._page(visitor, "open", said)

    async def _page(self, visitor: Visitor, view: str, said: Said | None = None) -> web.Response:
        view = view if view in VIEWS else "open"
        people = self.shell.policies().people
        known = people.get(visitor.id)
        zone = ZoneInfo(known.zone if known else "UTC")
        today = self.shell.clock.wall().astimezone(zone).date().isoformat()
        found = await self.shell.queries.followups(
            visitor.viewer,
            owner=visitor.id if view == "mine" else None,
            state=None if view == "all" else TaskState.OPEN,
            due_before=today if view == "overdue" else None,
            limit=SHOWN,
        )
        return await self.shell.page(
            "followups.html",
            visitor,
            title="Follow-ups",
            path=PATH,
            said=said,
            view=view,
            views=VIEWS,
            here=Posting(PATH, visitor.csrf, self.shell.new_key),
            followups=[(task, about(task, people, today)) for task in found],
        )
