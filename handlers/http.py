"""Where machines' errors are caught: the one middleware, around every HTTP handler.

Whatever is raised becomes `application/problem+json` (RFC 9457), or the shape of the vendor whose
door it is: `@answers_as(shape)` on the handler. Where no handler is, a browser is answered in the
shape of the page named FRONT_PAGE, if there is one. What nobody expected is logged with a
reference, and the answer shows the reference and nothing else.
"""

import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Final, TypeVar

import orjson
import structlog
from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.domain.errors import DoorError, Unauthentic, UserError

log = structlog.get_logger()

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Guard = Callable[[web.Request], None]
"""Lets a request pass, or raises a UserError."""

Count = Callable[[web.Request, web.StreamResponse, float], None]
"""Hears of an answer, and how many seconds it took."""

Handles = TypeVar("Handles", bound=Callable[..., Awaitable[web.StreamResponse]])

PROBLEM: Final = "application/problem+json"
FRONT_PAGE: Final = "front-page"
"""The name of the route whose failures people see as pages."""

NO_SNIFFING: Final = ("X-Content-Type-Options", "nosniff")
NO_STORING: Final = ("Cache-Control", "no-store")
"""Headers: the one of every answer, the other of JSON."""

REFUSED_FROM: Final = 400
_SHAPE: Final = "__answers_as__"
_SAID_ALOUD: Final = (
    "allowed",
    "field",
    "dead_letter",
    "errors",
    "version",
    "current",
    "yours",
)
"""Attributes of our errors that the answer repeats, where they say something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What went wrong, before it takes a shape. `more` are further members of the answer."""

    status: int
    title: str
    detail: str
    type: str = "about:blank"
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)


Shape = Callable[[Failure], web.Response]


def answer(
    data: Any,
    *,
    status: int = 200,
    content_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    """JSON."""
    return web.Response(
        body=orjson.dumps(data), status=status, content_type=content_type, headers=headers
    )


def problem(failure: Failure) -> web.Response:
    """As RFC 9457 says."""
    return answer(
        {
            "type": failure.type,
            "title": failure.title,
            "status": failure.status,
            "detail": failure.detail,
            **failure.more,
        },
        status=failure.status,
        content_type=PROBLEM,
        headers=failure.headers,
    )


def answers_as(shape: Shape) -> Callable[[Handles], Handles]:
    """Failures of this handler are told in the vendor's own shape."""

    def mark(handler: Handles) -> Handles:
        setattr(handler, _SHAPE, shape)
        return handler

    return mark


def error_middleware(
    new_reference: Callable[[], str],
    *,
    guards: Sequence[Guard] = (),
    count: Count = lambda request, response, seconds: None,
) -> Middleware:
    """`new_reference` makes the short id that the log and the answer share.

    `guards` look at a request before anybody else does; `count` hears what was answered. They are
    no middlewares of their own, since each of those costs a busy door a hundredth of its time.
    """

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        begun = time.perf_counter()
        try:
            for guard in guards:
                guard(request)
            response = await handler(request)
        except web.HTTPException as refusal:
            if refusal.status < REFUSED_FROM:  # a redirect
                _protect(refusal)
                raise
            response = _refuse(request, refusal)
        except Exception as error:
            response = _shape(request)(_failure(request, error, new_reference))
        if not response.prepared:
            _protect(response)
        count(request, response, time.perf_counter() - begun)
        return response

    return middleware


def _shape(request: web.Request) -> Shape:
    handler = request.match_info.handler
    if request.match_info.http_exception is not None and _is_browser(request):
        routes = request.app.router.routes()
        handler = next((route.handler for route in routes if route.name == FRONT_PAGE), handler)
    shape: Shape = getattr(handler, _SHAPE, problem)
    return shape


def _is_browser(request: web.Request) -> bool:
    """It names pages, and names them first; `*/*` alone is a program's."""
    first, *_ = request.headers.get("Accept", "").split(",")
    return first.partition(";")[0].strip().lower() == "text/html"


def _protect(response: web.StreamResponse) -> None:
    headers = response.headers
    headers.setdefault(*NO_SNIFFING)
    if headers.get("Content-Type", "").partition(";")[0].endswith("json"):
        headers.setdefault(*NO_STORING)


def _refuse(request: web.Request, refusal: web.HTTPException) -> web.StreamResponse:
    """404, 405 and the like, raised by aiohttp; an OPTIONS request is told the methods."""
    headers = {name: refusal.headers[name] for name in ("Allow",) if name in refusal.headers}
    if isinstance(refusal, web.HTTPMethodNotAllowed):
        allowed = sorted(refusal.allowed_methods | {"OPTIONS"})
        headers["Allow"] = ", ".join(allowed)
        if request.method == "OPTIONS":
            return web.Response(status=204, headers=headers)
    failure = Failure(
        status=refusal.status,
        title=refusal.reason,
        detail=_detail(request, refusal),
        headers=headers,
    )
    return _shape(request)(failure)


def _detail(request: web.Request, refusal: web.HTTPException) -> str:
    if isinstance(refusal, web.HTTPNotFound):
        return f"There is nothing at {request.path[:200]}."
    if isinstance(refusal, web.HTTPMethodNotAllowed):
        allowed = ", ".join(sorted(refusal.allowed_methods))
        return f"{request.method} does not work here; {allowed} does."
    return refusal.reason


def _failure(request: web.Request, error: Exception, new_reference: Callable[[], str]) -> Failure:
    if isinstance(error, UserError | DoorError):
        return _said(error)
    reference = new_reference()
    log.error(
        "request_failed",
        reference=reference,
        method=request.method,
        path=request.path[:200],
        exc_info=error,
    )
    if isinstance(error, TimeoutError):
        return Failure(
            status=503,
            title="Not now",
            detail="That took too long; please try again.",
            type=_urn("Too slow"),
            headers={"Retry-After": "1"},
            more={"reference": reference},
        )
    return Failure(
        status=500,
        title="Something broke",
        detail=f"Something broke on our side; it is logged as {reference}.",
        type=_urn("Something broke"),
        more={"reference": reference},
    )


def _said(error: UserError | DoorError) -> Failure:
    headers: dict[str, str] = {}
    if (seconds := getattr(error, "retry_after", None)) is not None:
        headers["Retry-After"] = str(max(1, ceil(seconds)))
    if isinstance(error, Unauthentic):
        headers["WWW-Authenticate"] = 'Bearer realm="muster"'
    return Failure(
        status=error.status,
        title=error.title,
        detail=str(error),
        type=_urn(error.title),
        headers=headers,
        more={name: said for name in _SAID_ALOUD if (said := getattr(error, name, None))},
    )


def _urn(title: str) -> str:
    return f"urn:muster:problem:{re.sub('[^a-z]+', '-', title.lower())}"
