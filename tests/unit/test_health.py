"""What the health pages say while the database is away."""

from datetime import UTC, datetime
from typing import Any

import orjson
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from structlog.testing import capture_logs

from bot.domain.errors import Away
from bot.telemetry import Telemetry
from handlers.health import Health, Vitals

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


async def away() -> Any:
    raise Away


async def there() -> dict[str, Any]:
    return {"outbox": {"pending": 1}}


def health(**changed: Any) -> Health:
    said = {
        "now": lambda: NOW,
        "ping": there,
        "refresh": there,
        "loops": lambda: {"timers": NOW},
        "on_hold": lambda: False,
        "complaints": list,
        "deep": there,
    }
    return Health(Vitals(**{**said, **changed}), Telemetry())


def told(response: web.Response) -> Any:
    return orjson.loads(response.body)  # type: ignore[arg-type]  # it is bytes


async def test_the_deep_look_says_how_it_stands() -> None:
    response = await health().deep(make_mocked_request("GET", "/health/deep"))
    assert told(response) == {"status": "ok", "problems": [], "outbox": {"pending": 1}}


async def test_the_deep_look_outlives_the_database() -> None:
    """Somebody looks there just because something is amiss."""
    looked = health(ping=away, deep=away)
    response = await looked.deep(make_mocked_request("GET", "/health/deep"))
    assert response.status == 200
    assert told(response) == {
        "status": "degraded",
        "problems": ["the database is away"],
    }
    ready = await looked.ready(make_mocked_request("GET", "/ready"))
    assert (ready.status, told(ready)["status"]) == (503, "not ready")


async def test_a_scrape_adds_nothing_to_what_the_log_says_of_a_database_that_is_away() -> None:
    with capture_logs() as logs:
        response = await health(refresh=away).metrics(make_mocked_request("GET", "/metrics"))
    assert (response.status, logs) == (200, [])
