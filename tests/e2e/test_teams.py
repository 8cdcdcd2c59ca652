"""The story in Microsoft's own client: a thread opens, its card is pressed and changes in place, a
dialog files an update, it is resolved, and the draft of the postmortem arrives.

The Playground shows no dialog that a card's button opens (it warns of `task/fetch`), but those of
message extensions: so the update is begun beside the box one writes in.
"""

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("selenium.common.exceptions", reason="selenium is not installed")

from bot.platforms.teams.extensions import UPDATE
from tests.e2e.conftest import IMAGES, alertmanager_of, eventually, fire
from tests.e2e.playground import Playground, playground
from tests.e2e.test_story import status, text_of

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("default")]

ENTER = "\ue007"
"""https://www.w3.org/TR/webdriver/#keyboard-actions"""

DIALOG = "//*[@role='dialog']"
EXTENSIONS = "(//button[@aria-label='Trigger Message Extension App'])[last()]"


def press(browser: Any, xpath: str) -> None:
    """Whether or not something floats above it: the Playground's panels overlap."""

    def click() -> bool:
        found = browser.find_elements("xpath", xpath)
        if found:
            browser.execute_script("arguments[0].click()", found[0])
        return bool(found)

    eventually(click, xpath)


def write(browser: Any, xpath: str, text: str) -> None:
    eventually(lambda: browser.find_elements("xpath", xpath), xpath)
    browser.find_elements("xpath", xpath)[-1].send_keys(text)


def goes(browser: Any, room: str) -> None:
    press(browser, f"//*[normalize-space(text())='{room}']")


def reads(browser: Any, words: str) -> None:
    eventually(lambda: words in text_of(browser), words)


def test_an_incident_from_the_alert_to_the_draft_of_its_postmortem(
    tmp_path: Path, browser: Any
) -> None:
    with (
        playground(tmp_path) as teams,
        alertmanager_of(teams.muster, tmp_path / "alertmanager") as alertmanager,
    ):
        browser.get(teams.address)
        reads(browser, "Connected")
        fire(alertmanager)
        goes(browser, "Incidents")
        reads(browser, "#1 CheckoutSlow")
        acknowledged(browser, teams)
        told(browser)
        resolved(browser, teams)


def acknowledged(browser: Any, teams: Playground) -> None:
    press(browser, "//button[normalize-space()='Acknowledge']")
    eventually(lambda: status(teams.muster) == "ACKNOWLEDGED", "the acknowledgement")
    reads(browser, "New Acknowledged")
    reads(browser, "Ann Olsen has it.")
    assert "Acknowledged by: Ann Olsen" in text_of(browser)
    IMAGES.mkdir(exist_ok=True)
    browser.save_screenshot(str(IMAGES / "teams.png"))


def told(browser: Any) -> None:
    """The dialog is told which incident, for the Playground does not say where it was begun."""
    press(browser, EXTENSIONS)
    press(browser, "//*[@role='menuitem'][normalize-space()='Action Command']")
    write(browser, f"{DIALOG}//input[@type='text']", UPDATE)
    press(browser, f"{DIALOG}//button[normalize-space()='Create']")
    press(browser, f"{DIALOG}//button[normalize-space()='#1 CheckoutSlow']")
    write(browser, f"({DIALOG}//textarea)[1]", "The cache is cold.")
    browser.save_screenshot(str(IMAGES / "teams-dialog.png"))
    press(browser, f"{DIALOG}//button[normalize-space()='Send update']")
    reads(browser, "Update by Ann Olsen: The cache is cold.")
    press(browser, f"{DIALOG}//button[@aria-label='Close']")


def resolved(browser: Any, teams: Playground) -> None:
    goes(browser, "Personal Chat")
    reads(browser, "You have #1.")
    write(browser, "//div[@role='textbox'][@contenteditable='true']", f"resolve #1 fixed{ENTER}")
    reads(browser, "#1 is resolved: fixed.")
    assert status(teams.muster) == "RESOLVED"
    goes(browser, "Incidents")
    reads(browser, "Acknowledged Resolved")
    reads(browser, "The postmortem of #1 is drafted")
