"""The story in Microsoft's own client: a thread opens, the card is pressed and changes in place."""

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("selenium.common.exceptions", reason="selenium is not installed")

from tests.e2e.conftest import IMAGES, eventually, fetch
from tests.e2e.playground import playground
from tests.e2e.test_story import status, text_of

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("default")]

ALERT = {
    "version": "4",
    "groupKey": "checkout",
    "status": "firing",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "CheckoutSlow", "service": "shop", "severity": "critical"},
            "annotations": {"summary": "Checkout p99 over 2 s"},
            "startsAt": "2026-01-05T09:00:00Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus.example/graph",
            "fingerprint": "f1",
        }
    ],
}


def press(browser: Any, xpath: str) -> None:
    """Whether or not something floats above it: the Playground's panels overlap."""

    def click() -> bool:
        found = browser.find_elements("xpath", xpath)
        if found:
            browser.execute_script("arguments[0].click()", found[0])
        return bool(found)

    eventually(click, xpath)


def test_an_alert_opens_a_thread_and_its_card_is_pressed(tmp_path: Path, browser: Any) -> None:
    with playground(tmp_path) as teams:
        browser.get(teams.address)
        eventually(lambda: "Connected" in text_of(browser), "the Playground is connected")
        assert fetch(f"{teams.muster}/webhooks/alertmanager", ALERT)
        press(browser, "//*[normalize-space(text())='Incidents']")
        eventually(lambda: "#1 CheckoutSlow" in text_of(browser), "the thread in the channel")
        press(browser, "//button[normalize-space()='Acknowledge']")
        eventually(lambda: status(teams.muster) == "ACKNOWLEDGED", "the acknowledgement")
        eventually(lambda: "New Acknowledged" in text_of(browser), "the card, changed in place")
        eventually(lambda: "Ann Olsen has it." in text_of(browser), "the line under it")
        assert "Acknowledged by: Ann Olsen" in text_of(browser)
        IMAGES.mkdir(exist_ok=True)
        browser.save_screenshot(str(IMAGES / "teams.png"))
