"""An open page: nothing is lost, nothing doubled, and nobody hears what is not theirs."""

import asyncio
from collections.abc import AsyncIterator
from itertools import product
from typing import Any

import pytest
from aiohttp import ClientWSTimeout, WSMsgType, WSServerHandshakeError

from bot.domain.effect import EffectKind
from bot.domain.entry import EntryType
from bot.domain.people import SYSTEM, Right
from bot.ports.channel import Job
from bot.ports.store import Lane, Unit
from handlers.web.sockets import GONE, RELOAD
from storage.tokens import SqlTokens
from tests.chat.conftest import Desk
from tests.web.browser import Browser
from tests.web.conftest import Site, hear, socket, thoughts


async def test_a_page_hears_everything_after_its_cursor_once_and_in_order(
    browser: Browser, site: Site
) -> None:
    number = await site.desk.opens("Checkout is slow")
    await thoughts(site.desk, number, 450)
    async with socket(browser, f"/ws/incidents/{number}?after=3") as live:
        seqs = [(await hear(live, "entry"))["seq"] for _ in range(448)]
        assert seqs == list(range(4, 452))
        await site.desk.told("ann", f"note #{number} one more")
        assert (await hear(live, "entry"))["seq"] == 452


async def test_what_happens_shows_as_it_does(browser: Browser, site: Site) -> None:
    number = await site.desk.opens("Checkout is slow")
    async with socket(browser, f"/ws/incidents/{number}?after=1") as live:
        before = await hear(live, "card")
        assert before["data"]["version"] == 1
        await site.desk.told("ben", f"ack #{number}")
        line = await hear(live, "entry")
        assert "Ben Ito has it." in line["data"]["html"]
        assert line["data"]["entry"]["event_type"] == "acknowledged"
        card = await hear(live, "card")
        assert "Acknowledged by" in card["data"]["html"]
        assert "was </span>New</del>" in card["data"]["html"], "the old value is struck through"
        assert card["data"]["mark"] != before["data"]["mark"]
        await site.desk.told("ann", f"role #{number} lead @ben")
        aside = await hear(live, "alerts")
        assert "lead" in aside["data"]["html"]


async def test_an_open_page_s_buttons_are_of_now_however_often_it_is_escalated(
    browser: Browser, site: Site
) -> None:
    number = await site.desk.opens("Checkout is slow")
    async with socket(browser, f"/ws/incidents/{number}?after=1") as live:
        assert 'name="seen" value="1"' in (await hear(live, "card"))["data"]["html"]
        for _ in range(4):
            await site.desk.told("ben", f"escalate #{number}")
            now = (await site.desk.incident(number)).version
            assert f'name="seen" value="{now}"' in (await hear(live, "card"))["data"]["html"]


async def test_pages_that_come_and_go_lose_and_double_nothing(browser: Browser, site: Site) -> None:
    number = await site.desk.opens("Checkout is slow")
    stop = asyncio.Event()

    async def talk() -> None:
        n = 0
        while not stop.is_set():
            await site.desk.told("ann", f"note #{number} {n}")
            n += 1

    async def look() -> list[int]:
        cursor, seen = 1, []
        for stay in (3, 5, 1, 8, 2):
            async with socket(browser, f"/ws/incidents/{number}?after={cursor}") as live:
                for _ in range(stay):
                    cursor = (await hear(live, "entry"))["seq"]
                    seen.append(cursor)
        return seen

    talking = asyncio.create_task(talk())
    pages = await asyncio.gather(*(look() for _ in range(4)))
    stop.set()
    await talking
    for seen in pages:
        assert seen == list(range(2, 21))


async def test_many_changes_at_once_are_read_together(browser: Browser, site: Site) -> None:
    number = await site.desk.opens("Checkout is slow")
    async with socket(browser, f"/ws/incidents/{number}?after=1") as live:
        await hear(live, "alerts")
        await asyncio.gather(*(site.desk.told("ann", f"note #{number} {n}") for n in range(30)))
        seqs = [(await hear(live, "entry"))["seq"] for _ in range(30)]
        assert seqs == list(range(2, 32))


async def test_silence_is_broken_by_a_ping(desk: Desk) -> None:
    site = Site(desk, heartbeat=0.05)
    number = await desk.opens("Checkout is slow")
    async with site.browsing() as browser:
        async with socket(browser, f"/ws/incidents/{number}?after=1") as live:
            assert await hear(live, "ping") == {"type": "ping", "seq": 1, "data": None}
        async with socket(browser, "/ws/notices") as live:
            await hear(live, "ping")
        async with socket(browser, "/ws/incidents") as live:
            await hear(live, "ping")


async def test_a_change_made_elsewhere_is_seen_at_the_heartbeat(desk: Desk) -> None:
    """Another replica's commit wakes nobody here."""
    site = Site(desk, heartbeat=0.05)
    desk.store._told.clear()
    number = await desk.opens("Checkout is slow")
    async with site.browsing() as browser, socket(browser, f"/ws/incidents/{number}") as live:
        await hear(live, "ping")
        await desk.told("ann", f"note #{number} from afar")
        assert (await hear(live, "entry"))["seq"] == 2


async def closing(live: Any) -> int:
    """The code with which the server closes."""
    async with asyncio.timeout(10):
        while True:
            message = await live.receive()
            if message.type is WSMsgType.CLOSE:
                return int(message.data)


async def test_who_is_no_member_any_more_is_shut_out_at_once(browser: Browser, site: Site) -> None:
    number = await site.desk.opens("Secret", "P1", "--private", by="ann")
    async with socket(browser, f"/ws/incidents/{number}?after=1") as live:
        await hear(live, "alerts")

        async def remove(unit: Unit) -> None:
            incident = await unit.incident(number)
            unit.ledger.enter(
                incident, EntryType.INCIDENT_UPDATED, SYSTEM, set={"members": ["cara"]}
            )

        await site.desk.work(remove, lane=Lane.COMMANDS)
        assert await closing(live) == GONE


async def test_who_signs_out_hears_no_more(stranger: Browser, guarded: Site) -> None:
    await guarded.sign_in(stranger, "ben")
    number = await guarded.desk.opens("Checkout is slow")
    session = stranger.cookies()["muster_session"]
    async with (
        socket(stranger, f"/ws/incidents/{number}?after=1") as room,
        socket(stranger, "/ws/notices") as own,
    ):
        await hear(room, "alerts")
        await hear(own, "notices")
        await guarded.logins.end(session)
        await guarded.desk.told("ann", f"note #{number} behind their back")
        guarded.hub.noticed("ben")
        assert await closing(room) == GONE
        assert await closing(own) == GONE


async def test_a_page_that_knows_more_than_the_database_loads_again(
    browser: Browser, site: Site
) -> None:
    number = await site.desk.opens("Checkout is slow")
    async with socket(browser, f"/ws/incidents/{number}?after=99") as live:
        assert await closing(live) == RELOAD


@pytest.mark.parametrize(
    ("path", "origin"),
    [
        ("/ws/incidents/1", "https://evil.example"),
        ("/ws/incidents/1", "null"),
        *product(("/ws/incidents", "/ws/notices"), ("https://evil.example", "null", None)),
    ],
)
async def test_only_our_own_pages_open_a_socket(
    browser: Browser, site: Site, path: str, origin: str | None
) -> None:
    await site.desk.opens("Checkout is slow")
    with pytest.raises(WSServerHandshakeError) as refused:
        await browser.client.ws_connect(path, origin=origin)
    assert refused.value.status == 403


async def test_there_is_no_socket_for_what_is_not_there(browser: Browser, site: Site) -> None:
    await site.desk.opens("Secret", "P1", "--private", by="cara")
    await browser.press(await browser.get("/"), "Act as", person="vic")
    for number in ("1", "2", "abc"):
        with pytest.raises(WSServerHandshakeError) as refused:
            await browser.client.ws_connect(f"/ws/incidents/{number}", origin=browser.origin)
        assert refused.value.status == 404


async def test_a_page_that_does_not_read_is_cut_off(
    browser: Browser, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await site.desk.opens("Checkout is slow")
    for n in range(20):
        await site.desk.told("ann", f"note #{number} {'x' * 9_000}{n}")
    monkeypatch.setattr(site.room.sockets, "patience", 0.05)
    monkeypatch.setattr(site.room.sockets, "live", _Flood(site.room.sockets.live))
    live = await browser.client.ws_connect(
        f"/ws/incidents/{number}",
        origin=browser.origin,
        timeout=ClientWSTimeout(ws_close=0.1),  # we read nothing, not even the farewell
    )
    assert live._response.connection is not None
    live._response.connection.transport.pause_reading()  # type: ignore[union-attr]
    async with asyncio.timeout(5):
        while site.room.sockets.open:
            await asyncio.sleep(0.02)
    await live.close()


class _Flood:
    """Says the same again and again, faster than anybody reads."""

    def __init__(self, live: Any) -> None:
        self.live = live

    async def incident(self, *asked: Any) -> AsyncIterator[Any]:
        async for message in self.live.incident(*asked):
            for _ in range(10_000):
                yield message


async def test_a_server_that_goes_says_so(site: Site) -> None:
    async with site.browsing() as browser:
        async with socket(browser, "/ws/notices") as live:
            await hear(live, "notices")
            await site.room.close()
            assert await closing(live) == 1001
        assert not site.room.sockets.open


async def test_the_list_hears_that_something_changed(browser: Browser, site: Site) -> None:
    async with socket(browser, "/ws/incidents") as live:
        await hear(live, "list")
        await site.desk.opens("Checkout is slow")
        await hear(live, "list")


async def test_a_page_rings_where_its_person_looks_and_stops_everywhere(
    browser: Browser, site: Site
) -> None:
    number = await site.desk.opens("Checkout is slow", "P0")
    async with socket(browser, "/ws/notices") as one, socket(browser, "/ws/notices") as other:
        for live in (one, other):
            assert (await hear(live, "notices"))["data"]["waiting"] == 0
        job = Job(
            key="page:1",
            kind=EffectKind.PAGE,
            person_id="ann",
            incident=number,
            line="P0 it is slow #1",
            loud=True,
        )
        await site.platform.perform(job)
        for live in (one, other):
            told = (await hear(live, "notices"))["data"]
            assert told["ringing"] is True
            assert told["newest"][0]["title"] == "P0 it is slow #1"
            assert "Acknowledge" in told["html"]
        await site.desk.told("ben", f"ack #{number}")
        for live in (one, other):
            assert (await hear(live, "notices"))["data"]["ringing"] is False


async def test_nobody_hears_the_notices_of_another(browser: Browser, site: Site) -> None:
    async with socket(browser, "/ws/notices") as live:
        await hear(live, "notices")
        await site.notices.add(
            key="k", person="ben", incident=None, loud=True, title="For Ben", text=""
        )
        site.hub.noticed("ben")
        site.hub.noticed("ann")
        await site.notices.add(
            key="l", person="ann", incident=None, loud=True, title="For Ann", text=""
        )
        site.hub.noticed("ann")
        told = (await hear(live, "notices"))["data"]
        assert [one["title"] for one in told["newest"]] == ["For Ann"]


async def test_a_program_without_an_origin_follows_in_dev_as_the_first_admin(
    browser: Browser, site: Site
) -> None:
    """Only browsers name an origin; a client of the API was refused."""
    number = await site.desk.opens("Checkout is slow")
    async with browser.client.ws_connect(f"/ws/incidents/{number}?after=0") as live:
        assert (await hear(live, "entry"))["seq"] == 1


async def test_outside_dev_a_program_follows_with_a_token_until_it_is_revoked(
    stranger: Browser, guarded: Site
) -> None:
    number = await guarded.desk.opens("Checkout is slow")
    hidden = await guarded.desk.opens("Secret", "P1", "--private", by="cara")
    tokens = SqlTokens(guarded.desk.store)
    token, secret = await tokens.create("robot", scopes=["api"], right=Right.VIEWER)
    _, powerless = await tokens.create("other", scopes=["source:*"], right=Right.NOTHING)
    for path, headers, status in (
        (f"/ws/incidents/{number}", {}, 401),
        (f"/ws/incidents/{number}", {"Authorization": f"Bearer {powerless}"}, 401),
        (f"/ws/incidents/{hidden}", {"Authorization": f"Bearer {secret}"}, 404),
        ("/ws/notices", {"Authorization": f"Bearer {secret}"}, 403),
    ):
        with pytest.raises(WSServerHandshakeError) as refused:
            await stranger.client.ws_connect(path, headers=headers)
        assert refused.value.status == status, path

    async with stranger.client.ws_connect(f"/ws/incidents/{number}?token={secret}") as live:
        assert (await hear(live, "entry"))["data"]["entry"]["event_type"] == "incident_created"
        await tokens.revoke(token.id)
        guarded.desk.clock.forward(seconds=5)
        await guarded.desk.told("ann", f"note #{number} hello")
        assert await closing(live) == GONE
