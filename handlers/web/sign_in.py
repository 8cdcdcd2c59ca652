"""Signing in and out, and in dev acting as somebody. A link acts only by the button it shows."""

from aiohttp import web

from bot.domain.errors import NotFound, UserError
from handlers.web.pages import html, render, see_other
from handlers.web.visitor import Visitors


class LinkIsUsed(UserError):
    """The one-time link opens nothing (any more)."""

    status = 410
    title = "This link does not work any more"


class SignIn:
    def __init__(self, visitors: Visitors) -> None:
        self.visitors = visitors

    async def ask(self, request: web.Request) -> web.Response:
        """A mail program that looks at the link must not use it up."""
        return self._confirm(request, "Sign in to Muster", "Sign in", request.path)

    async def open(self, request: web.Request) -> web.Response:
        await self.visitors.form(request)
        session = await self.visitors.logins.open_link(request.match_info["secret"])
        if session is None:
            raise LinkIsUsed(
                "A sign-in link works once and not for long. Ask an admin for another one"
                " (`muster login-link you`)."
            )
        if before := self.visitors.session_of(request):
            await self.visitors.logins.end(before)
        response = see_other("/")
        self.visitors.signed_in(response, session)
        return response

    async def ask_out(self, request: web.Request) -> web.Response:
        return self._confirm(request, "Sign out of Muster", "Sign out", "/logout")

    async def out(self, request: web.Request) -> web.Response:
        await self.visitors.form(request)
        if session := self.visitors.session_of(request):
            await self.visitors.logins.end(session)
        response = html(render("signed_out.html", title="Signed out"))
        self.visitors.signed_out(response)
        return response

    async def act_as(self, request: web.Request) -> web.Response:
        """In dev only."""
        fields = await self.visitors.form(request)
        person = fields.get("person", "")
        if not self.visitors.dev or person not in self.visitors.readers():
            raise NotFound(f"There is nobody called {person[:40]} to act as.")
        response = see_other(_own_path(fields.get("back", "/")))
        self.visitors.act_as(response, person)
        return response

    def _confirm(self, request: web.Request, title: str, label: str, action: str) -> web.Response:
        return html(
            render(
                "confirm.html",
                title=title,
                label=label,
                action=action,
                csrf=self.visitors.token(request),
            )
        )


def _own_path(back: str) -> str:
    """A page of ours to go back to, and never another site."""
    plain = back.startswith("/") and not back.startswith(("//", "/\\"))
    return back if plain and back.isascii() and back.isprintable() else "/"
