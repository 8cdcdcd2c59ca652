"""The one place where machines' errors are caught, and the guard of dev."""

import asyncio
from typing import Any

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.domain.errors import ConfigError, DeliveryError, IllegalTransition, Invalid, Stale
from handlers.doors.body import read_body
from handlers.guard import _is_here
from tests.fakes.doors import House, open_house

RAISED: dict[str, Exception] = {
    "conflict": IllegalTransition("Not from CLOSED.", allowed=["reopen"]),
    "invalid": Invalid("No such severity.", field="severity"),
    "stale": Stale("Somebody was faster."),
    "broken": KeyError("secret detail"),
    "config": ConfigError("secret detail"),
    "delivery": DeliveryError("secret detail"),
    "gone": ConnectionResetError("database gone"),
    "slow": TimeoutError(),
    "redirect": web.HTTPFound("/elsewhere"),
    "gone for good": web.HTTPGone(),
}


async def raises(request: web.Request) -> web.Response:
    raise RAISED[request.match_info["what"]]


async def slowly(request: web.Request) -> web.Response:
    return web.Response(body=await read_body(request, patience=0.05))


async def page(request: web.Request) -> web.Response:
    return web.Response(text="<p>hello</p>", content_type="text/html")


ROUTES = [
    web.get("/raise/{what}", raises),
    web.post("/slowly", slowly),
    web.get("/page", page),
]


async def get(house: House, path: str) -> tuple[int, dict[str, Any]]:
    async with house.client.get(path, allow_redirects=False) as response:
        assert response.content_type == "application/problem+json"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == "no-store"
        return response.status, await response.json(content_type=None)


async def test_an_error_of_ours_is_a_problem() -> None:
    async with open_house(more=ROUTES) as house:
        assert await get(house, "/raise/conflict") == (
            409,
            {
                "type": "urn:muster:problem:refused",
                "title": "Refused",
                "status": 409,
                "detail": "Not from CLOSED.",
                "allowed": ["reopen"],
            },
        )
        assert (await get(house, "/raise/invalid"))[1]["field"] == "severity"
        assert (await get(house, "/raise/stale"))[0] == 412


@pytest.mark.parametrize("what", ["broken", "config", "delivery", "gone"])
async def test_what_nobody_expected_shows_a_reference_only(what: str) -> None:
    async with open_house(more=ROUTES) as house:
        with capture_logs() as logs:
            status, said = await get(house, f"/raise/{what}")
    assert status == 500
    assert said["reference"] == "ref-1"
    assert "secret" not in str(said)
    (line,) = logs
    assert line["event"] == "request_failed"
    assert line["reference"] == "ref-1"
    assert line["exc_info"] is RAISED[what]


async def test_something_slow_may_be_tried_again() -> None:
    async with open_house(more=ROUTES) as house:
        with capture_logs():
            assert (await get(house, "/raise/slow"))[0] == 503


async def test_no_such_page_and_no_such_method_are_problems() -> None:
    async with open_house(more=ROUTES) as house:
        assert (await get(house, "/nothing"))[1]["detail"] == "There is nothing at /nothing."
        status, said = await get(house, "/webhooks/alertmanager")
        assert status == 405
        assert "POST" in said["detail"]
        assert (await get(house, "/raise/gone for good"))[0] == 410


async def test_a_redirect_passes() -> None:
    async with (
        open_house(more=ROUTES) as house,
        house.client.get("/raise/redirect", allow_redirects=False) as response,
    ):
        assert response.status == 302
        assert response.headers["Location"] == "/elsewhere"


async def test_head_and_options_are_answered() -> None:
    async with open_house(more=ROUTES) as house:
        async with house.client.options("/webhooks/alertmanager") as response:
            assert response.status == 204
            assert response.headers["Allow"] == "OPTIONS, POST, PUT"
        async with house.client.head("/page") as response:
            assert response.status == 200
        async with house.client.head("/nothing") as response:
            assert response.status == 404
            assert await response.read() == b""


async def test_a_page_may_be_kept_but_not_sniffed() -> None:
    async with open_house(more=ROUTES) as house, house.client.get("/page") as response:
        assert "Cache-Control" not in response.headers
        assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    async def dawdles() -> Any:
        yield b"{"
        await asyncio.sleep(0.3)

    async with (
        open_house(more=ROUTES) as house,
        house.client.post("/slowly", data=dawdles()) as response,
    ):
        assert response.status == 408


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 202),
        ({"Host": "localhost"}, 202),
        ({"Host": "LOCALHOST:8080"}, 202),
        ({"Host": "[::1]:8080"}, 202),
        ({"Host": "127.0.0.1:1"}, 202),
        ({"Host": "localhost:80", "Origin": "http://localhost:80"}, 202),
        ({"Host": "LocalHost:80", "Origin": "http://localhost:80"}, 202),
        ({"Host": "muster.example"}, 403),
        ({"Host": "localhost.evil.example"}, 403),
        ({"Host": "127.0.0.1.nip.io"}, 403),
        ({"Host": "[::1"}, 403),
        ({"Host": ""}, 403),
        ({"Host": "localhost", "Origin": "https://evil.example"}, 403),
        ({"Host": "localhost:80", "Origin": "http://localhost:81"}, 403),
        ({"Host": "localhost", "Origin": "null"}, 403),
    ],
)
async def test_dev_answers_this_computer_only(headers: dict[str, str], status: int) -> None:
    async with open_house(dev=True) as house:
        body = b'{"alerts": []}'
        async with house.client.post(
            "/webhooks/alertmanager", data=body, headers=headers
        ) as response:
            assert response.status == status


@pytest.mark.parametrize(
    ("remote", "here"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("", True),
        (None, True),
        ("10.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("fe80::1%eth0", False),
        ("nonsense", False),
    ],
)
def test_what_counts_as_this_computer(remote: str | None, here: bool) -> None:
    assert _is_here(remote) is here
