"""A page or a message for one person: kept once, shown, rung until somebody answers."""

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.card import say
from bot.domain.effect import EffectKind
from bot.domain.errors import DeliveryError
from bot.domain.severity import Severity
from bot.platforms import PLATFORMS
from bot.platforms.web import WebPlatform, connect
from bot.ports.channel import Channel, Job
from bot.ports.hub import Hub
from handlers.registry import resolve
from storage.notices import SqlNotices
from storage.store import SqlStore
from tests.chat.conftest import Desk
from tests.fakes.clock import FakeClock
from tests.web.browser import Browser
from tests.web.conftest import Site


def page(key: str = "page:1", person: str = "ann", **changed: Any) -> Job:
    values = {
        "key": key,
        "kind": EffectKind.PAGE,
        "to": f"person:{person}",
        "person_id": person,
        "card": say("A card"),
        "line": "P0 shop: it is slow #1",
        "loud": True,
    }
    return Job(**{**values, **changed})


@pytest.fixture
def notices(store: SqlStore) -> SqlNotices:
    return SqlNotices(store)


def test_the_registry_leads_to_a_channel() -> None:
    platform: Channel = resolve(PLATFORMS["web"])(notices=None, hub=Hub())
    assert isinstance(platform, WebPlatform)
    assert platform.capabilities.effects == {EffectKind.PAGE, EffectKind.DIRECT_MESSAGE}
    assert platform.capabilities.rooms is False


async def test_a_page_is_kept_and_wakes_who_looks(notices: SqlNotices) -> None:
    hub = Hub()
    with hub.subscribe_person("ann") as wake:
        assert await connect(notices=notices, hub=hub).perform(page()) == {}
        assert await wake.wait(0)
    (one,) = await notices.waiting("ann")
    assert one.notice.title == "P0 shop: it is slow #1"
    assert one.notice.loud
    assert one.rings


async def test_the_same_page_again_is_the_same_notice(notices: SqlNotices) -> None:
    hub = Hub()
    platform = connect(notices=notices, hub=hub)
    with hub.subscribe_person("ann"):
        await platform.perform(page())
        await platform.perform(page())
    assert len(await notices.latest("ann")) == 1


async def test_a_loud_page_to_an_empty_room_stays_and_asks_for_another_way(
    notices: SqlNotices,
) -> None:
    hub = Hub()
    platform = connect(notices=notices, hub=hub)
    for _ in range(2):
        with pytest.raises(DeliveryError, match="nobody is looking") as wrong:
            await platform.perform(page())
        assert wrong.value.permanent
    assert len(await notices.waiting("ann")) == 1


async def test_a_quiet_message_waits_for_its_reader(notices: SqlNotices) -> None:
    platform = connect(notices=notices, hub=Hub())
    await platform.perform(page(kind=EffectKind.DIRECT_MESSAGE, loud=False))
    (one,) = await notices.waiting("ann")
    assert not one.rings


@pytest.mark.parametrize(
    "wrong", [{"kind": EffectKind.POST}, {"to": "", "person_id": ""}], ids=["post", "nobody"]
)
async def test_what_it_cannot_do_it_says(notices: SqlNotices, wrong: dict[str, Any]) -> None:
    with pytest.raises(DeliveryError) as refused:
        await connect(notices=notices, hub=Hub()).perform(page(**wrong))
    assert refused.value.permanent


async def test_seen_is_seen_by_its_person_only(notices: SqlNotices, clock: FakeClock) -> None:
    for key, person in (("a", "ann"), ("b", "ann"), ("c", "ben")):
        await notices.add(key=key, person=person, incident=None, loud=False, title=key, text="")
    first = (await notices.latest("ann"))[-1]
    await notices.seen("ben", first.id)
    assert len(await notices.waiting("ann")) == 2
    clock.forward(minutes=1)
    await notices.seen("ann", first.id)
    assert [one.notice.title for one in await notices.waiting("ann")] == ["b"]
    seen = (await notices.latest("ann"))[-1]
    assert seen.seen_at == first.made_at + timedelta(minutes=1)
    await notices.seen("ann")
    assert not await notices.waiting("ann")
    assert len(await notices.waiting("ben")) == 1


async def test_the_newest_come_first_page_by_page(notices: SqlNotices) -> None:
    for n in range(5):
        await notices.add(
            key=str(n), person="ann", incident=None, loud=False, title=str(n), text=""
        )
    first = await notices.latest("ann", limit=3)
    rest = await notices.latest("ann", before=first[-1].id, limit=3)
    assert [one.title for one in (*first, *rest)] == ["4", "3", "2", "1", "0"]


async def test_a_page_rings_until_anybody_acknowledges(store: SqlStore, clock: FakeClock) -> None:
    desk, notices = Desk(store, clock), SqlNotices(store)
    number = await desk.alert_opens("Checkout is slow")

    async def rings() -> bool:
        (one,) = await notices.waiting("ann")
        return one.rings

    await notices.add(key="k", person="ann", incident=number, loud=True, title="t", text="")
    assert await rings()
    await desk.told("ben", f"ack #{number}")
    assert not await rings()
    await desk.told("ben", f"release #{number}")
    assert await rings(), "a new round asks again"
    await desk.told("ben", f"resolve #{number} fixed")
    assert not await rings()


async def test_what_is_not_theirs_any_more_is_not_told(store: SqlStore, clock: FakeClock) -> None:
    desk, notices = Desk(store, clock), SqlNotices(store)
    number = await desk.opens("Secret", "P1", "--private", by="cara")
    await notices.add(key="k", person="vic", incident=number, loud=True, title="t", text="")
    assert not await notices.waiting("vic")
    assert not await notices.latest("vic")


async def test_notices_wait_on_every_page_and_are_marked_as_seen(
    browser: Browser, site: Site
) -> None:
    number = await site.desk.opens("Checkout is slow", "P0")
    with site.hub.subscribe_person("ann"):
        await site.platform.perform(page(incident=number))
    for path in ("/", "/oncall", f"/incidents/{number}"):
        shown = await browser.get(path)
        assert "P0 shop: it is slow #1" in shown.text
        assert shown.has("Quiet")
    listed = await browser.get("/notices")
    assert "new page P0 shop" in listed.text
    after = await browser.press(listed, "Quiet")
    assert not after.has("Quiet")
    assert "new page" not in after.text
    assert "P0 shop" in after.text, "it is still on the list"


async def test_a_page_is_answered_where_it_rings(browser: Browser, site: Site) -> None:
    number = await site.desk.opens("Checkout is slow", "P0")
    with site.hub.subscribe_person("ann"):
        await site.platform.perform(page(incident=number))
    said = await browser.press(await browser.get("/oncall"), "Acknowledge")
    assert "You have #1." in said.text
    assert not said.has("Quiet"), "it rings no more"


async def test_a_page_is_passed_on_where_it_rings(browser: Browser, site: Site) -> None:
    number = await site.desk.alert_opens("Checkout is slow", Severity.P0)
    with site.hub.subscribe_person("ann"):
        await site.platform.perform(page(incident=number))
    said = await browser.press(await browser.get("/oncall"), "Can't take it")
    assert "is at level 2. They are being paged." in said.text
    assert not said.has("Quiet"), "it rings no more here"
    (escalated,) = [e for e in await site.desk.entries(number) if e.type == "escalated"]
    assert (escalated.actor_id, escalated.text) == ("ann", "cannot take it")


async def test_who_is_paged_by_hand_is_rung_though_somebody_has_it(
    browser: Browser, site: Site
) -> None:
    number = await site.desk.opens("Checkout is slow", "P0")
    await site.desk.told("ben", f"ack #{number}")
    site.desk.clock.forward(minutes=1)
    with site.hub.subscribe_person("ann"):
        await site.platform.perform(page(incident=number))
    shown = await browser.get("/")
    assert shown.has("Quiet")
    said = await browser.press(shown, "Acknowledge")
    assert not said.has("Quiet"), "her own answer ends it"


async def test_a_flood_of_pages_leaves_room_for_the_page(browser: Browser, site: Site) -> None:
    with site.hub.subscribe_person("ann"):
        for n in range(9):
            await site.platform.perform(page(f"page:{n}"))
    shown = await browser.get("/")
    assert "7 more of your pages ring" in shown.text


async def test_an_incident_rings_once_however_often_it_was_paged(
    browser: Browser, site: Site
) -> None:
    number = await site.desk.opens("Checkout is slow", "P0")
    with site.hub.subscribe_person("ann"):
        for n in range(3):
            await site.platform.perform(page(f"page:{n}", incident=number))
    shown = await browser.get("/")
    assert [*shown.text.split()].count("Quiet") == 1
    assert "Notices 3" in shown.text
    after = await browser.press(shown, "Quiet")
    assert not after.has("Quiet")
    assert not await site.notices.waiting("ann")


async def test_nobody_marks_what_is_anothers(browser: Browser, site: Site) -> None:
    await site.notices.add(
        key="k", person="ben", incident=None, loud=False, title="For Ben", text=""
    )
    (one,) = await site.notices.waiting("ben")
    fields = {"csrf": await browser.token()}
    assert (await browser.post(f"/notices/{one.notice.id}/seen", fields)).status == 303
    assert await site.notices.waiting("ben")
    assert "For Ben" not in (await browser.get("/notices")).text


async def test_no_notices_say_what_would_be_here(browser: Browser) -> None:
    assert "Nothing waits for you." in (await browser.get("/notices")).text
