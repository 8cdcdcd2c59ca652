"""What the pages show, and to whom."""

from datetime import timedelta

import pytest

from bot.domain.severity import Severity
from tests.web.browser import Browser
from tests.web.conftest import Site, thoughts

EVIL = '<script>alert("x")</script>'


async def test_an_empty_list_says_what_to_do_next(browser: Browser) -> None:
    page = await browser.get("/")
    assert page.status == 200
    assert "All quiet." in page.text
    assert "curl -s http://127.0.0.1/webhooks/alertmanager" in page.text
    assert page.has("Declare an incident")


async def test_outside_dev_no_sample_is_offered(stranger: Browser, guarded: Site) -> None:
    page = await guarded.sign_in(stranger, "ann")
    assert "All quiet." in page.text
    assert "curl" not in page.text


async def test_the_list_shows_what_is_open_with_counts(browser: Browser, site: Site) -> None:
    await site.desk.opens("Checkout is slow", "P0")
    await site.desk.opens("Disk is full", "P2")
    await site.desk.told("ann", "resolve #2 fixed")
    page = await browser.get("/")
    assert "#1 Checkout is slow" in page.text
    assert "Disk is full" not in page.text
    assert "Open 1" in page.text
    assert "Resolved 1" in page.text
    assert "curl" not in page.text
    assert "Disk is full" in (await browser.get("/?status=resolved")).text
    assert "Disk is full" in (await browser.get("/?status=all")).text


async def test_filters_go_together(browser: Browser, site: Site) -> None:
    await site.desk.opens("Checkout is slow", "P0", "--service payments")
    await site.desk.opens("Search is slow", "P2")
    assert "Search" not in (await browser.get("/?severity=P0")).text
    assert "Checkout" not in (await browser.get("/?severity=P2")).text
    assert "Search" not in (await browser.get("/?service=payments")).text
    assert "Checkout" not in (await browser.get("/?q=search")).text
    nothing = await browser.get("/?q=search&severity=P0")
    assert "Nothing matches." in nothing.text
    assert nothing.form("Show").fields["q"] == "search"


@pytest.mark.parametrize("query", ["?status=%00", "?severity=<b>", "?q=%22%27", "?team=x&q=%ff"])
async def test_a_strange_filter_is_no_error(browser: Browser, query: str) -> None:
    assert (await browser.get(f"/{query}")).status == 200


async def test_a_strange_cursor_is_a_page_of_its_own(browser: Browser) -> None:
    page = await browser.get("/?cursor=zzz")
    assert page.status == 422
    assert "text/html" in page.headers["Content-Type"]


async def test_older_incidents_are_a_page_away(browser: Browser, site: Site) -> None:
    for number in range(52):
        await site.desk.alert_opens(f"Alert {number:02}")
    page = await browser.get("/?severity=P1")
    assert "Alert 51" in page.text
    assert "Alert 01" not in page.text
    older = next(link for link in page.links if "cursor=" in link)
    assert "severity=P1" in older
    assert "Alert 01" in (await browser.get(older)).text


async def test_the_list_alone_is_there_for_the_script(browser: Browser, site: Site) -> None:
    await site.desk.opens("Checkout is slow")
    page = await browser.get("/?part=list")
    assert "Checkout is slow" in page.text
    assert "html" not in page.tags


async def test_a_room_shows_its_card_its_buttons_and_its_story(
    browser: Browser, site: Site
) -> None:
    number = await site.desk.opens("Checkout is slow", "P0")
    await site.desk.told("ben", f"note #{number} The pool is\nexhausted.")
    page = await browser.get(f"/incidents/{number}")
    assert page.status == 200
    assert "#1 Checkout is slow" in page.text
    assert "Note by Ben Ito" in page.text
    for label in ("Acknowledge", "Escalate", "Resolve", "Post an update", "Page somebody"):
        assert page.has(label), label
    assert page.html.index("line-2") < page.html.index("line-1"), "newest first"
    assert f"/incidents/{number}/brief" in page.links


async def test_a_room_is_found_by_either_id(browser: Browser, site: Site) -> None:
    await site.desk.opens("Checkout is slow")
    assert "Checkout" in (await browser.get("/incidents/INC-20260105-00001")).text
    assert (await browser.get("/incidents/1")).status == 200


@pytest.mark.parametrize(
    ("path", "to"),
    [("/incidents", "/"), ("/command", "/"), ("/incidents/1/command", "/incidents/1")],
)
async def test_the_address_of_a_command_leads_to_its_page(
    browser: Browser, path: str, to: str
) -> None:
    page = await browser.get(path)
    assert page.status == 303
    assert page.headers["Location"] == to


@pytest.mark.parametrize("id", ["0", "2", "999999999999999", "abc", "-1", "INC-2026", "1%00"])
async def test_what_is_not_there_is_a_404_page(browser: Browser, id: str) -> None:
    page = await browser.get(f"/incidents/{id}")
    assert page.status == 404
    assert "There is no incident" in page.text


CHROMIUM = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize("path", ["/nothing", "/incidents/1/nothing", "/act-as"])
async def test_an_unknown_address_is_a_page_for_a_browser(browser: Browser, path: str) -> None:
    page = await browser.get(path, Accept=CHROMIUM)
    assert page.status == (405 if path == "/act-as" else 404)
    assert page.headers["Content-Type"].startswith("text/html")
    assert "All incidents" in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/json, text/html;q=0"])
async def test_an_unknown_address_is_a_problem_for_a_program(browser: Browser, accept: str) -> None:
    page = await browser.get("/nothing", Accept=accept)
    assert page.status == 404
    assert page.headers["Content-Type"].startswith("application/problem+json")


async def test_what_is_not_yours_looks_like_what_is_not_there(browser: Browser, site: Site) -> None:
    await site.desk.opens("Breach of the vault", "P0", "--private", by="cara")
    await browser.press(await browser.get("/"), "Act as", person="vic")
    for path in ("", "/brief"):
        unseen = await browser.get(f"/incidents/1{path}")
        missing = await browser.get(f"/incidents/2{path}")
        assert unseen.status == missing.status == 404
        assert unseen.html.replace("#1", "#2") == missing.html
        assert set(unseen.headers) == set(missing.headers)
    listed = await browser.get("/?status=all")
    assert "vault" not in listed.text
    assert "All 0" in listed.text


async def test_foreign_words_are_only_words(browser: Browser, site: Site) -> None:
    await site.desk.alert_opens(f"{EVIL}\u202e", description=EVIL, service=f"{EVIL}\u2066")
    for path in ("/", "/incidents/1", "/incidents/1/brief"):
        page = await browser.get(path)
        assert EVIL in page.text
        assert page.tags.count("script") == 1, "our own"
        assert not {"\u202e", "\u2066"} & set(page.html)


async def test_alerts_and_pages_stand_beside_the_story(browser: Browser, site: Site) -> None:
    number = await site.desk.alert_opens("Checkout is slow", Severity.P0)

    await site.desk.alert(
        number, EVIL, labels={"host<": "db\u202e1"}, link="javascript:alert(1)", count=3
    )
    page = await browser.get(f"/incidents/{number}")
    assert "Alerts 1 firing of 1" in page.text
    assert "3 times" in page.text
    assert not [link for link in page.links if link.startswith("javascript")]
    assert "Ann Olsen by web on its way" in page.text


async def test_a_corrected_line_says_so(browser: Browser, site: Site) -> None:
    number = await site.desk.opens("Checkout is slow")
    await site.desk.told("ann", f"rename #{number} Everything is slow")
    await site.desk.told("ann", f"undo #{number}")
    page = await browser.get(f"/incidents/{number}")
    corrected = [v for tag, name, v in page.attributes if name == "class" and "corrected" in v]
    assert len(corrected) == 1
    assert "Takes back line 2" in page.text


async def test_a_long_story_begins_with_its_end(browser: Browser, site: Site) -> None:
    number = await site.desk.opens("Checkout is slow")
    await thoughts(site.desk, number, 320)
    page = await browser.get(f"/incidents/{number}")
    assert "thought 319" in page.text
    assert "thought 3." not in page.text
    assert "earlier lines" in page.text
    whole = await browser.get(f"/incidents/{number}?lines=all")
    assert "thought 3." in whole.text


async def test_the_brief_holds_updates_only(browser: Browser, site: Site) -> None:
    number = await site.desk.opens("Checkout is slow", "P0")
    empty = await browser.get(f"/incidents/{number}/brief")
    assert "No update has been posted yet" in empty.text
    await site.desk.told("ann", f"note #{number} between us")
    await site.desk.told("ann", f"update #{number} A third of customers wait.")
    brief = await browser.get(f"/incidents/{number}/brief")
    assert "A third of customers wait." in brief.text
    assert "between us" not in brief.text


async def test_who_is_on_call_now_and_next(browser: Browser, site: Site) -> None:
    page = await browser.get("/oncall")
    assert "Ann Olsen you" in page.text
    assert "Ben Ito" in page.text
    assert "2026-01-12 09:00 UTC" in page.text
    site.desk.clock.wall_is_ahead_by = timedelta(days=-1)
    early = await browser.get("/oncall")
    assert "Nobody. Its first turn begins 2026-01-05 09:00 (UTC)" in early.text


async def test_times_always_carry_their_zone(browser: Browser, site: Site) -> None:
    await site.desk.opens("Checkout is slow")
    page = await browser.get("/incidents/1")
    times = [value for tag, name, value in page.attributes if tag == "time" and name == "datetime"]
    assert times
    assert all(value.endswith(("Z", "+00:00")) for value in times)
    assert "2026-01-05 09:00 UTC" in page.text


PAGES = ("/", "/oncall", "/silences", "/followups", "/notices", "/incidents/1")


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_says_that_nobody_is_paged_while_on_hold(
    browser: Browser, site: Site, path: str
) -> None:
    await site.desk.opens("Checkout is slow")
    assert "On hold." not in (await browser.get(path)).text
    site.held = True
    site.desk.clock.forward(seconds=2)
    assert "On hold. Nothing goes out: no page" in (await browser.get(path)).text


async def test_admins_are_told_on_every_page_of_policies_that_were_not_reloaded(
    stranger: Browser, guarded: Site
) -> None:
    guarded.complaints.append("policies were not reloaded: routes.yaml:3: no <fallback>")
    for who, told in (("ann", True), ("ben", False)):
        await guarded.sign_in(stranger, who)
        for path in ("/", "/oncall"):
            page = await stranger.get(path)
            assert ("routes.yaml:3: no <fallback>" in page.text) is told, (who, path)


async def test_a_page_has_one_main_landmarks_and_a_way_past_them(
    browser: Browser, site: Site
) -> None:
    await site.desk.opens("Checkout is slow")
    for path in ("/", "/incidents/1", "/incidents/1/brief", "/silences", "/oncall", "/notices"):
        page = await browser.get(path)
        assert page.tags.count("main") == 1, path
        assert page.tags.count("h1") == 1, path
        assert page.links[0] == "#main", path
        ids = [value for _, name, value in page.attributes if name == "id"]
        assert len(ids) == len(set(ids)), path
        named = [value for _, name, value in page.attributes if name == "for"]
        assert set(named) <= set(ids), path
