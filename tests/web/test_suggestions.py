"""What is suggested stands in the room, and a press is the person's own command."""

from tests.chat.test_analyses import sorting
from tests.web.browser import Browser
from tests.web.conftest import Site


async def test_a_suggestion_is_pressed_in_the_room(site: Site, browser: Browser) -> None:
    number = await site.desk.opens("Checkout is down", "P2")
    site.desk.analyst.away = False
    site.desk.analyst.answers.append(sorting("P1"))
    await site.desk.say("ann", f"summary #{number} --about sort")
    page = await browser.get(f"/incidents/{number}")
    assert "Suggested" in page.text
    assert "Checkout is down." in page.text
    label = next(name for form in page.forms for name in form.buttons if name.startswith("Do it"))
    await browser.press(page, label)
    changed = [e for e in await site.desk.entries(number) if e.type == "severity_changed"]
    assert [(e.actor_id, e.text) for e in changed] == [("ann", "as suggested")]
