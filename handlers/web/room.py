"""The whole web room: its pages, its commands, its sockets. `bot/app.py` makes one."""

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.engine.oncall import OnCall
from bot.engine.page_links import PageLinks
from bot.platforms.web.live import Live
from handlers.api.caller import Caller
from handlers.http import FRONT_PAGE, answers_as
from handlers.web import assets
from handlers.web.answer import Answers
from handlers.web.commands import Commands
from handlers.web.followups import FollowupPage
from handlers.web.incidents import IncidentPages
from handlers.web.needs import Completes, Inbox
from handlers.web.notices import NoticePages
from handlers.web.oncall import OnCallPage
from handlers.web.pages import failure_page
from handlers.web.postmortem import PostmortemPage
from handlers.web.shell import Shell
from handlers.web.sign_in import SignIn
from handlers.web.silences import SilencePages
from handlers.web.sockets import Sockets


class WebRoom:
    def __init__(
        self,
        shell: Shell,
        *,
        oncall: OnCall,
        inbox: Inbox,
        complete: Completes,
        live: Live | None = None,
        caller: Caller | None = None,
        links: PageLinks | None = None,
    ) -> None:
        self.shell = shell
        self.incidents = IncidentPages(shell, complete)
        self.commands = Commands(shell, self.incidents, inbox, complete)
        self.silences = SilencePages(shell, self.commands)
        self.postmortem = PostmortemPage(shell, self.commands)
        self.followups = FollowupPage(shell, self.commands)
        self.oncall = OnCallPage(shell, oncall)
        self.notices = NoticePages(shell)
        self.sign_in = SignIn(shell.visitors)
        self.answers = Answers(shell, inbox, links) if links is not None else None
        live = live or Live(shell.queries, shell.notices, shell.hub)
        self.sockets = Sockets(shell, live, caller=caller)

    def routes(self) -> list[web.RouteDef]:
        get: dict[str, Handler] = {
            "/incidents": self.incidents.home,
            "/command": self.incidents.home,
            "/incidents/{number}": self.incidents.room,
            "/incidents/{number}/command": self.incidents.back,
            "/incidents/{number}/brief": self.incidents.brief,
            "/incidents/{number}/postmortem": self.postmortem.show,
            "/followups": self.followups.show,
            "/complete": self.commands.complete,
            "/silences": self.silences.show,
            "/oncall": self.oncall.show,
            "/notices": self.notices.show,
            "/login/{secret}": self.sign_in.ask,
            "/logout": self.sign_in.ask_out,
            "/ws/incidents": self.sockets.list,
            "/ws/incidents/{number}": self.sockets.incident,
            "/ws/notices": self.sockets.notices,
        }
        post: dict[str, Handler] = {
            "/command": self.commands.anywhere,
            "/incidents/{number}/command": self.commands.in_room,
            "/silences": self.silences.act,
            "/incidents/{number}/postmortem": self.postmortem.act,
            "/followups": self.followups.act,
            "/notices/{id}/seen": self.notices.seen,
            "/login/{secret}": self.sign_in.open,
            "/logout": self.sign_in.out,
            "/act-as": self.sign_in.act_as,
        }
        if self.answers is not None:
            get["/page/{token}"], post["/page/{token}"] = self.answers.ask, self.answers.act
        return [
            web.get("/static/{digest}/{name}", assets.serve),
            web.get("/", self._page(self.incidents.index), name=FRONT_PAGE),
            *(web.get(path, self._page(handler)) for path, handler in get.items()),
            *(web.post(path, self._page(handler)) for path, handler in post.items()),
        ]

    async def close(self) -> None:
        """Before the server goes: lets go of every open page."""
        await self.sockets.close()

    def _page(self, handler: Handler) -> Handler:
        """A handler whose failures are pages, and which knows its browser again."""

        @answers_as(failure_page)
        async def answer(request: web.Request) -> web.StreamResponse:
            response = await handler(request)
            if not response.prepared:
                self.shell.visitors.remember(request, response)
            return response

        return answer
