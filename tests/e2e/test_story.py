"""The whole story on real programs: it fires, somebody has it, it clears."""

from typing import Any

import pytest

selenium = pytest.importorskip("selenium.common.exceptions", reason="selenium is not installed")
WebDriverException = selenium.WebDriverException

from tests.e2e.conftest import IMAGES, eventually, fetch, fire  # noqa: E402

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("default")]


def incidents(muster: str) -> list[dict[str, Any]]:
    said: Any = fetch(f"{muster}/api/v1/incidents")
    return list(said["items"]) if said else []


def status(muster: str) -> str:
    found = incidents(muster)
    return str(found[0]["status"]) if found else ""


def press(browser: Any, xpath: str) -> None:
    """Clicks what is there by now; the page is live, so it may be a new one at any moment."""

    def click() -> bool:
        try:
            browser.find_element("xpath", xpath).click()
        except WebDriverException:
            return False
        return True

    eventually(click, xpath)


def text_of(browser: Any) -> str:
    return str(browser.execute_script("return document.body.innerText"))


def test_an_alert_fires_is_acknowledged_by_the_button_and_cleared_by_its_source(
    muster: str, alertmanager: str, browser: Any
) -> None:
    fire(alertmanager)
    eventually(lambda: incidents(muster), "the incident")
    (incident,) = incidents(muster)
    assert incident["severity"] == "P0"
    assert incident["service"] == "shop"

    browser.get(f"{muster}/")
    press(browser, "//a[contains(., 'CheckoutSlow')]")
    press(browser, "//button[normalize-space()='Acknowledge']")

    eventually(lambda: status(muster) == "ACKNOWLEDGED", "the acknowledgement")
    eventually(lambda: "has it" in text_of(browser), "the line that says who has it")
    eventually(
        lambda: not browser.find_elements("xpath", "//button[normalize-space()='Acknowledge']"),
        "a card without the button",
    )
    IMAGES.mkdir(exist_ok=True)
    browser.save_screenshot(str(IMAGES / "incident.png"))

    fire(alertmanager, over=True)
    eventually(lambda: status(muster) == "RESOLVED", "the resolution by its source")
    eventually(
        lambda: "cleared by its source" in text_of(browser),
        "the resolution on the page, without loading it again",
    )
    problems = [e for e in browser.get_log("browser") if e["level"] == "SEVERE"]
    assert problems == []
