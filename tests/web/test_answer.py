"""Answering a page by its link, without signing in."""

from urllib.parse import urlsplit

import pytest

from tests.web.browser import Browser
from tests.web.conftest import Site

KEY = "00000000-0000-4000-8000-0000000000ff"


def link(site: Site, person: str, number: int) -> str:
    return urlsplit(site.links.url(person, number)).path


async def press(stranger: Browser, path: str, do: str, key: str = KEY) -> tuple[int, str]:
    async with stranger.client.post(path, data={"do": do, "key": key}) as answer:
        return answer.status, await answer.text()


async def test_looking_at_the_link_acts_on_nothing(stranger: Browser, guarded: Site) -> None:
    """A mail program follows every link it finds."""
    number = await guarded.desk.opens("Checkout is slow")
    page = await stranger.get(link(guarded, "ben", number))
    assert page.status == 200
    assert "Checkout is slow" in page.html
    assert "Acknowledge" in page.html
    assert await guarded.desk.types(number) == ["incident_created"]


async def test_who_was_paged_acknowledges_and_sees_what_they_need(
    stranger: Browser, guarded: Site
) -> None:
    number = await guarded.desk.alert_opens("Checkout is slow")
    path = link(guarded, "ben", number)
    status, html = await press(stranger, path, "ack")
    assert status == 200
    assert "You have #1." in html
    assert f'href="/incidents/{number}"' in html
    incident = await guarded.desk.incident(number)
    assert incident.acknowledged_by == "ben"
    entry = await guarded.desk.last(number)
    assert entry.origin["by"] == "page link"

    await press(stranger, path, "ack")
    assert await guarded.desk.types(number) == ["incident_created", "acknowledged"]


async def test_who_cannot_take_it_passes_it_on(stranger: Browser, guarded: Site) -> None:
    number = await guarded.desk.alert_opens("Checkout is slow")
    status, _ = await press(stranger, link(guarded, "ben", number), "pass")
    assert status == 200
    incident = await guarded.desk.incident(number)
    assert (incident.escalation_level, incident.acknowledged) == (2, False)
    (escalated,) = [e for e in await guarded.desk.entries(number) if e.type == "escalated"]
    assert (escalated.actor_id, escalated.text) == ("ben", "cannot take it")


async def test_nobody_is_rung_by_an_old_link_once_somebody_has_it(
    stranger: Browser, guarded: Site
) -> None:
    number = await guarded.desk.alert_opens("Checkout is slow")
    await guarded.desk.told("ann", f"ack #{number}")
    before = await guarded.desk.types(number)
    status, html = await press(stranger, link(guarded, "ben", number), "pass")
    assert (status, "Ann Olsen has it." in html) == (200, True)
    assert await guarded.desk.types(number) == before

    await press(stranger, link(guarded, "ann", number), "pass", KEY.replace("ff", "fe"))
    assert (await guarded.desk.incident(number)).escalation_level == 2, "it is theirs to pass on"


async def test_a_link_that_ended_or_was_made_up_opens_nothing(
    stranger: Browser, guarded: Site
) -> None:
    number = await guarded.desk.opens("Checkout is slow")
    path = link(guarded, "ben", number)
    guarded.desk.clock.forward(hours=25)
    for gone in (path, "/page/x.y", link(guarded, "nobody", number)):
        assert (await stranger.get(gone)).status == 404, gone
        assert (await press(stranger, gone, "ack"))[0] == 404, gone
    assert await guarded.desk.types(number) == ["incident_created"]


@pytest.mark.parametrize("who", ["vic", "eva"])
async def test_it_shows_no_private_incident_to_who_is_no_member(
    stranger: Browser, guarded: Site, who: str
) -> None:
    number = await guarded.desk.opens("Breach", "P1", "--private", by="cara")
    page = await stranger.get(link(guarded, who, number))
    assert (page.status, "Breach" in page.html) == (404, False)


async def test_another_site_s_page_cannot_press_it(stranger: Browser, guarded: Site) -> None:
    number = await guarded.desk.opens("Checkout is slow")
    path, headers = link(guarded, "ben", number), {"Origin": "https://evil.example"}
    async with stranger.client.post(path, data={"do": "ack", "key": KEY}, headers=headers) as said:
        assert said.status == 403
    assert await guarded.desk.types(number) == ["incident_created"]


async def test_while_on_hold_it_says_that_nobody_is_paged(stranger: Browser, guarded: Site) -> None:
    number = await guarded.desk.alert_opens("Checkout is slow")
    path = link(guarded, "ben", number)
    assert "On hold." not in (await stranger.get(path)).text
    guarded.held = True
    guarded.desk.clock.forward(seconds=2)
    assert "On hold. Nothing goes out: no page" in (await stranger.get(path)).text
    _, passed_on = await press(stranger, path, "pass")
    assert "On hold." in passed_on
