"""Typed, pressed, filled in: with and without JavaScript, and never twice."""

import asyncio
from typing import Any

import pytest

from tests.web.browser import Browser, FormOnPage, Page
from tests.web.conftest import Site

JSON = {"Accept": "application/json"}


async def test_a_button_types_its_command(browser: Browser, site: Site) -> None:
    number = await site.desk.opens("Checkout is slow")
    page = await browser.press(await browser.get(f"/incidents/{number}"), "Acknowledge")
    assert page.status == 200
    assert "You have #1." in page.text
    assert "Only you see this." in page.text
    assert (await site.desk.incident(number)).acknowledged_by == "ann"


async def test_an_old_escalate_asks_before_it_rings_one_level_more(
    browser: Browser, site: Site
) -> None:
    number = await site.desk.opens("Checkout is slow")
    old = await browser.get(f"/incidents/{number}")
    await site.desk.told("ben", f"escalate #{number}")
    level = (await site.desk.incident(number)).escalation_level
    asked = await browser.press(old, "Escalate")
    assert "was escalated after you saw this button" in asked.text
    assert (await site.desk.incident(number)).escalation_level == level
    await site.desk.told("ben", f"escalate #{number}")
    again = await browser.press(asked, "Escalate further")
    assert "was escalated after you saw this button" in again.text, "it was old by then too"
    said = await browser.press(again, "Escalate further")
    assert said.status == 200
    assert (await site.desk.incident(number)).escalation_level == level + 2


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 99])
async def test_a_version_that_is_none_keeps_no_button_from_working(
    browser: Browser, site: Site, seen: str
) -> None:
    number = await site.desk.opens("Checkout is slow")
    page = await browser.get(f"/incidents/{number}")
    said = await browser.press(page, "Escalate", seen=seen)
    assert said.status == 200
    assert (await site.desk.incident(number)).escalation_level > 0


async def test_what_can_be_pressed_can_be_typed(browser: Browser, site: Site) -> None:
    number = await site.desk.opens("Checkout is slow")
    page = await browser.get(f"/incidents/{number}")
    said = await browser.press(page, "Send", text="note 42 percent of it")
    assert "Noted in #1." in said.text
    assert (await site.desk.last(number)).text == "42 percent of it"


@pytest.mark.parametrize("habit", ["@Muster ", "/incident ", "@muster  "])
async def test_who_types_as_in_chat_is_understood(browser: Browser, site: Site, habit: str) -> None:
    number = await site.desk.opens("Checkout is slow")
    page = await browser.get(f"/incidents/{number}")
    said = await browser.press(page, "Send", text=f"{habit}ack")
    assert "You have #1." in said.text
    assert (await site.desk.incident(number)).acknowledged_by == "ann"


async def test_the_same_key_acts_once(browser: Browser, site: Site) -> None:
    number = await site.desk.opens("Checkout is slow")
    page = await browser.get(f"/incidents/{number}")
    first = await browser.press(page, "Send", text="note once")
    second = await browser.press(page, "Send", text="note once")
    assert first.status == second.status == 200
    assert (await site.desk.types(number)).count("comment_added") == 1


async def test_a_double_click_acts_once(browser: Browser, site: Site) -> None:
    number = await site.desk.opens("Checkout is slow")
    page = await browser.get(f"/incidents/{number}")
    await asyncio.gather(*(browser.press(page, "Send", text="note once") for _ in range(5)))
    assert (await site.desk.types(number)).count("comment_added") == 1


async def test_every_form_has_a_key_of_its_own(browser: Browser, site: Site) -> None:
    await site.desk.opens("Checkout is slow")
    page = await browser.get("/incidents/1")
    keys = [form.fields["key"] for form in page.forms if "key" in form.fields]
    assert len(keys) > 5
    assert len(keys) == len(set(keys))


async def test_nobody_uses_up_the_key_of_another(browser: Browser, site: Site) -> None:
    number = await site.desk.opens("Checkout is slow")
    key = "11111111-1111-4111-8111-111111111111"
    for person in ("ann", "ben"):
        await browser.press(await browser.get("/"), "Act as", person=person)
        page = await browser.get(f"/incidents/{number}")
        await browser.press(page, "Send", key=key, text=f"note by {person}")
    assert (await site.desk.types(number)).count("comment_added") == 2


@pytest.mark.parametrize("key", ["", "x", "1" * 500, "11111111-1111-4111-8111-11111111111g"])
async def test_a_command_without_a_key_is_refused(browser: Browser, site: Site, key: str) -> None:
    await site.desk.opens("Checkout is slow")
    page = await browser.get("/incidents/1")
    said = await browser.press(page, "Send", key=key, text="note x")
    assert said.status == 422
    assert "key" in said.text
    assert "comment_added" not in await site.desk.types(1)


async def test_a_verb_alone_opens_its_form_on_the_page(browser: Browser, site: Site) -> None:
    number = await site.desk.opens("Checkout is slow", "P0")
    page = await browser.get(f"/incidents/{number}")
    asked = await browser.press(page, "Post an update")
    assert asked.has("Send update")
    wrong = await browser.press(asked, "Send update", **{"f.known": "Slow.", "f.next": "soon"})
    assert wrong.status == 422
    assert "Write for example 30m, 1h, or none." in wrong.text
    form = wrong.form("Send update")
    assert form.fields["f.next"] == "soon"
    told = await browser.press(wrong, "Send update", **{"f.known": "Slow.", "f.next": "30m"})
    assert "Update of #1 is out." in told.text
    assert (await site.desk.types(number)).count("update_posted") == 1


async def test_an_update_that_does_not_fit_is_sent_by_a_tick(site: Site, browser: Browser) -> None:
    number = await site.desk.opens("Checkout is down", "P1")
    page = await browser.get(f"/incidents/{number}")
    asked = await browser.press(page, "Post an update")
    said = {"f.known": "Checkout is fixed.", "f.next": "30m"}
    wrong = await browser.press(asked, "Send update", **said)
    assert "It says that it is over, but #1 is New. Tick “Send it even so”" in wrong.text
    assert "update_posted" not in await site.desk.types(number)
    assert ("input", "name", "f.anyway") in wrong.attributes
    await browser.press(wrong, "Send update", **said, **{"f.anyway": "yes"})
    assert (await site.desk.types(number)).count("update_posted") == 1


async def test_declaring_needs_a_title_only(browser: Browser, site: Site) -> None:
    asked = await browser.press(await browser.get("/"), "Declare an incident")
    said = await browser.press(asked, "Declare", **{"f.title": "Payments are down"})
    assert "#1 is open as P2." in said.text
    assert "/incidents/1" in said.links
    assert (await site.desk.incident(1)).declared_by == "ann"


async def test_a_reply_about_an_incident_elsewhere_leads_there(
    browser: Browser, site: Site
) -> None:
    number = await site.desk.opens("Checkout is slow")
    said = await browser.press(await browser.get("/"), "Send", text=f"severity #{number} P2")
    assert "Open #1" in said.text
    said = await browser.press(await browser.get("/"), "Send", text=f"ack #{number}")
    assert said.html.count('href="/incidents/1"') > 1, "the reply says where its room is"
    assert "Open #1" not in said.text


async def test_the_error_is_the_reply(browser: Browser, site: Site) -> None:
    await site.desk.opens("Checkout is slow")
    said = await browser.press(await browser.get("/incidents/1"), "Send", text="assign nobody")
    assert said.status == 422
    assert "nobody" in said.text
    assert "Timeline" in said.text, "on the page it was asked on"


async def test_a_viewer_is_refused_in_words(browser: Browser, site: Site) -> None:
    await site.desk.opens("Checkout is slow")
    await browser.press(await browser.get("/"), "Act as", person="vic")
    said = await browser.press(await browser.get("/incidents/1"), "Acknowledge")
    assert said.status == 403
    assert "responder" in said.text


async def test_no_command_reaches_a_room_that_is_not_there(browser: Browser, site: Site) -> None:
    await site.desk.opens("Secret", "P1", "--private", by="cara")
    await browser.press(await browser.get("/"), "Act as", person="ben")
    token = await browser.token()
    fields = {"csrf": token, "key": "11111111-1111-4111-8111-111111111111", "text": "ack"}
    unseen = await browser.post("/incidents/1/command", fields)
    missing = await browser.post("/incidents/2/command", fields)
    assert unseen.status == missing.status == 404
    assert unseen.html.replace("#1", "#2") == missing.html


async def posted(browser: Browser, page: Page, form: FormOnPage, **fields: str) -> Any:
    headers = {"Origin": browser.origin or "", **JSON}
    data = {**form.fields, **fields}
    async with browser.client.post(form.action, data=data, headers=headers) as response:
        return response.status, await response.json()


async def test_the_script_gets_fragments(browser: Browser, site: Site) -> None:
    await site.desk.opens("Checkout is slow", "P0")
    page = await browser.get("/incidents/1")
    line = page.form("Send")
    status, said = await posted(browser, page, line, text="ack")
    assert status == 200
    assert said["ok"] is True
    assert said["form"] is False
    assert said["html"].startswith("<article")
    more = page.form("Post an update")
    status, said = await posted(browser, page, more, text="update #1")
    assert said["form"] is True
    assert said["html"].startswith("<form")
    status, said = await posted(browser, page, page.form("Rename"), text="assign who")
    assert status == 422
    assert said["ok"] is False


async def test_a_command_that_is_too_long_is_refused(browser: Browser, site: Site) -> None:
    await site.desk.opens("Checkout is slow")
    page = await browser.get("/incidents/1")
    assert (await browser.press(page, "Send", text="note " + "x" * 12_001)).status == 422
    assert (await browser.press(page, "Send", text="note " + "x" * 300_000)).status == 413


async def test_strange_bytes_are_kept_as_words(browser: Browser, site: Site) -> None:
    await site.desk.opens("Checkout is slow")
    page = await browser.get("/incidents/1")
    await browser.press(page, "Send", text="note a\0b\u202ec\r\nd")
    entry = await site.desk.last(1)
    assert entry.text == "a\ufffdb\u202ec\nd"
    shown = await browser.get("/incidents/1")
    assert "\u202e" not in shown.html
    assert "\0" not in shown.html


async def test_completion_offers_lines_and_what_they_are_about(
    browser: Browser, site: Site
) -> None:
    await site.desk.opens("Checkout is slow")
    async with browser.client.get("/complete?text=res&room=1") as response:
        (found,) = await response.json()
        assert found["line"] == "resolve"
        assert "over" in found["about"]
    async with browser.client.get("/complete", params={"text": "ack #"}) as response:
        assert await response.json() == [{"line": "ack #1", "about": "Checkout is slow"}]
    async with browser.client.get("/complete?text=res&room=2") as response:
        assert response.status == 404
    async with browser.client.get("/complete?text=res&room=x") as response:
        assert response.status == 200
