"""Templates, and the headers every page is sent with."""

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from bot.cards.plain_text import visible
from bot.domain.duration import say_duration
from bot.platforms.web.text import foreign, link, markdown, moment
from handlers.http import Failure
from handlers.web.assets import asset

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES: Final = Path(__file__).parent / "templates"

SECURITY: Final = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "img-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
"""No script, style, frame or address that is not ours. A page is for one person: never kept."""


@cache
def _environment() -> "Environment":
    """Made by the first page: a process that serves none never loads Jinja."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - lazily

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = asset
    environment.filters.update(
        foreign=foreign,
        markdown=markdown,
        moment=moment,
        visible=visible,
        link=lambda url, label: link(label, url),
    )
    return environment


def render(template: str, **values: Any) -> str:
    return _environment().get_template(template).render(values)


def html(body: str, *, status: int = 200) -> web.Response:
    return web.Response(text=body, status=status, content_type="text/html", headers=SECURITY)


def see_other(location: str) -> web.Response:
    return web.Response(status=303, headers={**SECURITY, "Location": location})


def age(since: datetime, now: datetime) -> str:
    """`3m`, `2h 10m`, `5d 1h`: how long it has been."""
    span = max(now - since, timedelta(0))
    if span < timedelta(minutes=1):
        return "now"
    return say_duration(span - timedelta(seconds=span.seconds % 60))


def failure_page(failure: Failure) -> web.Response:
    """What went wrong, as a page. It is the same for what is missing and what is not yours."""
    response = html(
        render("problem.html", failure=failure, title=failure.title), status=failure.status
    )
    response.headers.update(failure.headers)
    return response
