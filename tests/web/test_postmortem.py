"""The page of a postmortem: read by everybody, edited section by section, published."""

from bot.domain.postmortem import postmortem_of
from tests.web.browser import Browser
from tests.web.conftest import Site


async def over(site: Site, *flags: str) -> int:
    number = await site.desk.opens("checkout <b>is</b> down", "P0", *flags)
    await site.desk.told("ann", f"resolve #{number} rolled back")
    await site.desk.told("ann", f"postmortem #{number} draft")
    return number


async def test_a_section_is_saved_and_a_stale_save_shows_both_texts(
    browser: Browser, site: Site
) -> None:
    number = await over(site)
    page = await browser.get(f"/incidents/{number}/postmortem")
    assert "What made this possible?" in page.text, "an honest question, no guess"
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    other = await browser.get(f"/incidents/{number}/postmortem")
    saved = await browser.press(page, "Save root cause", **{"f.description": "No limit."})
    assert "Root cause of the postmortem of #1 is saved." in saved.text

    late = await browser.press(other, "Save root cause", **{"f.description": "The disk."})
    assert late.status == 412
    assert "What stands there now: No limit." in late.text
    assert "The disk." in late.html
    known = postmortem_of(await site.desk.incident(number))
    assert known is not None
    assert known.sections["root_cause"].values["description"] == "No limit."


async def test_its_moments_are_shown_in_the_zone_of_whoever_reads(
    browser: Browser, site: Site
) -> None:
    number = await over(site)
    page = await browser.get(f"/incidents/{number}/postmortem")
    told = [value for tag, name, value in page.attributes if (tag, name) == ("time", "datetime")]
    assert len(told) > 4, "the facts above it, and a line of the timeline each"
    assert "detection" in page.text
    await site.desk.told(
        "ann", f"postmortem #{number} set timeline 2026-01-05 09:00 response <b>Ann</b> looked"
    )
    page = await browser.get(f"/incidents/{number}/postmortem")
    assert ("time", "datetime", "2026-01-05T09:00:00Z") in page.attributes
    assert "<b>Ann</b>" not in page.html


async def test_it_is_published_there_and_downloaded(browser: Browser, site: Site) -> None:
    number = await over(site)
    await site.desk.told("ann", f"postmortem #{number} set root_cause No limit.")
    page = await browser.get(f"/incidents/{number}/postmortem")
    done = await browser.press(page, "Publish")
    assert "is published" in done.text
    assert "The incident is closed with it." in done.text
    for said, media in (("markdown", "text/markdown"), ("html", "text/html")):
        file = await browser.get(f"/incidents/{number}/postmortem?format={said}&published=1")
        assert file.headers["Content-Type"].startswith(media)
        assert "attachment" in file.headers["Content-Disposition"]
        assert "<b>is</b>" not in file.html
        assert "No limit." in file.html


async def test_a_viewer_reads_and_is_offered_no_editing(site: Site) -> None:
    number = await over(site)
    async with Site(site.desk, dev=False).browsing() as browser:
        await site.sign_in(browser, "vic")
        page = await browser.get(f"/incidents/{number}/postmortem")
        assert "rolled back" in page.text
        assert "Save root cause" not in page.text
        assert "Publish" not in page.text


async def test_a_private_one_is_not_there(site: Site) -> None:
    number = await over(site, "--private")
    async with Site(site.desk, dev=False).browsing() as browser:
        await site.sign_in(browser, "eva")
        for path in ("", "?format=html"):
            page = await browser.get(f"/incidents/{number}/postmortem{path}")
            assert page.status == 404
            assert "checkout" not in page.html


async def test_follow_ups_are_listed_and_ticked_off(browser: Browser, site: Site) -> None:
    number = await over(site)
    await site.desk.told("ann", f"followup #{number} add limit it @ben --due 2026-01-06")
    await site.desk.told("ann", f"followup #{number} add some day")
    site.desk.clock.forward(days=3)
    page = await browser.get("/followups?view=overdue")
    assert "limit it" in page.text
    assert "OVERDUE, due 2026-01-06" in page.text
    assert "some day" not in page.text
    done = await browser.press(page, "Done")
    assert "is done" in done.text
    assert "limit it" not in (await browser.get("/followups")).text


async def test_who_saved_it_is_named_as_people_know_them(browser: Browser, site: Site) -> None:
    number = await over(site)
    page = await browser.get(f"/incidents/{number}/postmortem")
    other = await browser.get(f"/incidents/{number}/postmortem")
    await browser.press(page, "Save root cause", **{"f.description": "No limit."})
    late = await browser.press(other, "Save root cause", **{"f.description": "The disk."})
    ann = site.desk.rules.policies.people["ann"].name
    assert f"Root cause was saved by {ann} in the meantime" in late.text
    again = await browser.get(f"/incidents/{number}/postmortem")
    assert f"Saved last by {ann}." in again.text


async def test_no_heading_says_what_the_one_above_it_said(browser: Browser, site: Site) -> None:
    number = await over(site)
    page = await browser.get(f"/incidents/{number}/postmortem")
    assert '<h2 id="part-root_cause">Root cause</h2>' in page.html
    assert "<h3>Root cause</h3>" not in page.html
    file = await browser.get(f"/incidents/{number}/postmortem?format=markdown")
    assert "## Root cause\n\nNot written.\n\n### Contributing factors" in file.html
    assert " UTC (detection): " in file.html
