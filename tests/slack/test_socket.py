"""The socket breaks, is renewed, or does not open at all; people go on when it is there again."""

import subprocess
import sys

from aiohttp import ClientSession

from storage.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.slack import Slack
from tests.fakes.slack.faults import refuses
from tests.slack.office import Office, opened


async def deep(office: Office) -> object:
    async with (
        ClientSession() as session,
        session.get(f"{office.address}health/deep") as answer,
    ):
        return (await answer.json())["platforms"]["slack"]


async def test_slack_asks_for_a_new_socket_now_and_then(
    slack: Slack, sqlite_store: SqlStore, clock: FakeClock
) -> None:
    async with opened(slack, sqlite_store, clock, by_http=False) as office:
        (first,) = slack.socket.open
        await slack.socket.say_goodbye()
        await slack.until(lambda: slack.socket.open and slack.socket.open != [first])
        assert await office.declared() == 1


async def test_an_event_that_comes_by_two_sockets_has_one_effect(
    slack: Slack, sqlite_store: SqlStore, clock: FakeClock
) -> None:
    async with opened(slack, sqlite_store, clock, by_http=False) as office:
        await office.ann.mention("declare it burns --anyway", office.general)
        letter, _ = slack.post.sent[-1]
        await slack.socket.say_goodbye()
        await slack.until(lambda: slack.socket.open)
        await slack.post.send(letter)
        await office.done()
        assert await office.types(1) == ["incident_created"]


async def test_the_health_page_tells_how_we_are_connected(office: Office) -> None:
    socket = "off" if office.slack.app.events_url else "open"
    expected = {"socket": socket, "http": bool(office.slack.app.events_url), "going_on": 0}
    await office.done()
    assert await deep(office) == expected


async def test_muster_starts_and_stops_while_slack_refuses(
    slack: Slack, sqlite_store: SqlStore, clock: FakeClock
) -> None:
    slack.faults.always["apps.connections.open"] = refuses("internal_error")
    slack.faults.always["auth.test"] = refuses("internal_error")
    async with opened(slack, sqlite_store, clock, by_http=False, waits=False) as office:
        assert await deep(office) == {"socket": "closed", "http": False, "going_on": 0}


def test_without_slack_in_the_settings_nothing_of_it_is_loaded() -> None:
    code = (
        "import sys, bot.app, handlers.health;"
        "print([n for n in sys.modules if n.startswith(('slack_', 'bot.platforms.slack'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr
