"""What goes wrong between an app and Slack, by script."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from aiohttp import web


class Deed(StrEnum):
    ANSWER = "answers with this"
    HALF = "answers, and breaks off in the body"
    HANG = "never answers"
    RESET = "resets the connection"


@dataclass(frozen=True)
class Fault:
    """`done` says that Slack did what it was asked for before it failed to say so."""

    deed: Deed = Deed.ANSWER
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    content_type: str = "application/json"
    done: bool = False

    def after_it_is_done(self) -> "Fault":
        return replace(self, done=True)


def rate_limited(retry_after: str | int | None = 30) -> Fault:
    """429 with `Retry-After` as it is written here; None leaves it out."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Fault(status=429, headers=headers, body='{"ok":false,"error":"ratelimited"}')


def broken(status: int = 503) -> Fault:
    return Fault(status=status, body="upstream connect error", content_type="text/plain")


def refuses(code: str) -> Fault:
    """`{"ok": false, "error": code}`, with status 200 as Slack does it."""
    return Fault(body=f'{{"ok":false,"error":"{code}"}}')


HTML: Final = Fault(
    body="<!DOCTYPE html><html><body><h1>Server Error</h1></body></html>",
    content_type="text/html",
)
HTML_503: Final = replace(HTML, status=503)
HALF_BODY: Final = Fault(Deed.HALF, body='{"ok":true,"channel":{"id":"C0')
NO_JSON: Final = Fault(body='{"ok":tr')
"""A whole body, of which the last half was lost long before."""
HANG: Final = Fault(Deed.HANG)
RESET: Final = Fault(Deed.RESET)
LOST_ANSWER: Final = RESET.after_it_is_done()
"""Slack did it, and the connection closed before it said so."""


@dataclass
class Faults:
    """Happen to the next calls, one each; `always` and `choose` stay until they are taken away.

    `choose` gets the method's name; give it a seeded random choice for long runs.
    """

    always: dict[str, Fault] = field(default_factory=dict)
    everything: Fault | None = None
    choose: Callable[[str], Fault | None] | None = None
    happened: list[tuple[str, Fault]] = field(default_factory=list)
    _next: deque[Fault] = field(default_factory=deque)
    _by_method: dict[str, deque[Fault]] = field(default_factory=dict)

    def add(self, method: str, *faults: Fault) -> None:
        """To the next calls of this method."""
        self._by_method.setdefault(method, deque()).extend(faults)

    def add_any(self, *faults: Fault) -> None:
        """To the next calls, whatever they are."""
        self._next.extend(faults)

    def clear(self) -> None:
        """Slack is well again."""
        self.always.clear()
        self._next.clear()
        self._by_method.clear()
        self.everything = self.choose = None

    def pick(self, method: str) -> Fault | None:
        fault = self._scripted(method) or self.always.get(method) or self.everything
        if fault is None and self.choose:
            fault = self.choose(method)
        if fault:
            self.happened.append((method, fault))
        return fault

    def _scripted(self, method: str) -> Fault | None:
        for waiting in (self._by_method.get(method), self._next):
            if waiting:
                return waiting.popleft()
        return None


async def misbehave(request: web.Request, fault: Fault) -> web.StreamResponse:
    if fault.deed is Deed.HANG:
        await asyncio.Event().wait()
    if fault.deed is Deed.RESET:
        abort(request)
    if fault.deed is Deed.HALF:
        headers = {"Content-Length": "100000", "Content-Type": fault.content_type}
        half = web.StreamResponse(status=fault.status, headers=headers)
        await half.prepare(request)
        await half.write(fault.body.encode())
        abort(request)
        return half
    return web.Response(
        status=fault.status,
        headers=fault.headers,
        text=fault.body,
        content_type=fault.content_type,
    )


def abort(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
