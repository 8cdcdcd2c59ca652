"""Tasks in the browser: a list that everybody's page keeps in step, a tick, a form."""

from bot.domain.task import tasks_of
from tests.web.browser import Browser
from tests.web.conftest import Site, hear, socket


async def test_a_task_is_added_by_its_form_and_ticked_off(browser: Browser, site: Site) -> None:
    number = await site.desk.opens("Checkout is slow")
    asked = await browser.press(await browser.get(f"/incidents/{number}"), "Add a task")
    await browser.press(asked, "Add", **{"f.task": "check <b>the</b> cache", "f.owner": "ben"})
    page = await browser.get(f"/incidents/{number}")
    assert "1 open of 1" in page.text
    assert "1. check <b>the</b> cache" in page.text, "somebody's words, not our tags"
    done = await browser.press(page, "✓")
    assert "Task 1 of #1 is done." in done.text
    page = await browser.get(f"/incidents/{number}")
    assert "0 open of 1" in page.text
    assert not page.has("✓")
    (task,) = tasks_of(await site.desk.incident(number))
    assert (task.owner, task.ended_by) == ("ben", "ann")


async def test_the_list_is_in_step_on_open_pages_and_quiet_otherwise(
    browser: Browser, site: Site
) -> None:
    number = await site.desk.opens("Checkout is slow")
    async with socket(browser, f"/ws/incidents/{number}?after=1") as live:
        first = await hear(live, "alerts")
        await site.desk.told("ben", f"note #{number} nothing for that panel")
        await site.desk.told("ben", f"task #{number} check the cache")
        then = await hear(live, "alerts", "ping")
        assert "check the cache" in then["data"]["html"], "the note did not send it again"
        assert then["data"]["mark"] != first["data"]["mark"]
