"""A newcomer adds what is written down, asks in the web room and in Slack's simulator, and sees
where the answer stands."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("selenium.common.exceptions", reason="selenium is not installed")

from tests.e2e.conftest import IMAGES, ROOT, eventually, fetch, free_port, process
from tests.e2e.test_story import press, text_of

pytestmark = [pytest.mark.e2e, pytest.mark.filterwarnings("default")]

CORPUS = ROOT.parent / "shared" / "data" / "corpus"
QUESTION = "prometheus was killed while replaying the WAL after a restart, what fixed it?"


def add(folder: Path) -> str:
    """`muster knowledge add`, beside the running server; what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "knowledge", "add", *map(str, CORPUS.glob("*s.jsonl"))],
        cwd=folder,
        env={**os.environ, "MUSTER_ENV": "dev", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_question_is_answered_in_quotations_with_links(
    muster: str, browser: Any, tmp_path: Path
) -> None:
    if not CORPUS.is_dir():
        pytest.skip(f"there is no corpus in {CORPUS}")
    assert "1286 documents" in add(tmp_path / "muster")
    said: Any = eventually(
        lambda: fetch(f"{muster}/api/v1/ask", {"question": QUESTION}), "an answer by REST"
    )
    assert not said["abstained"]
    titles = {citation["title"] for citation in said["citations"]}

    browser.get(f"{muster}/")
    browser.find_element("id", "command").send_keys(f"ask {QUESTION}")
    press(browser, "//button[normalize-space()='Send']")
    eventually(lambda: any(title in text_of(browser) for title in titles), "the answer")
    for citation in said["citations"]:
        assert " ".join(citation["quote"].split())[:60] in " ".join(text_of(browser).split())
    links = [a.get_attribute("href") for a in browser.find_elements("css selector", "#reply a")]
    assert {citation["url"] for citation in said["citations"]} <= set(links)
    IMAGES.mkdir(exist_ok=True)
    browser.save_screenshot(str(IMAGES / "answer.png"))
    problems = [e for e in browser.get_log("browser") if e["level"] == "SEVERE"]
    assert problems == []


def test_the_same_is_asked_in_slacks_simulator(browser: Any, tmp_path: Path) -> None:
    if not CORPUS.is_dir():
        pytest.skip(f"there is no corpus in {CORPUS}")
    slack, port = free_port(), free_port()
    command = [sys.executable, "-m", "tests.fakes.slack", "--port", str(slack)]
    with process(command, tmp_path / "slack", PYTHONPATH=str(ROOT), PYTHONUNBUFFERED="1"):
        said = eventually(
            lambda: re.findall(r"export (\w+)=(\S+)", (tmp_path / "slack/log.txt").read_text()),
            "the simulator",
        )
        environment = {"MUSTER_ENV": "dev", "MUSTER_PORT": str(port), **dict(said)}  # type: ignore[call-overload]
        folder, address = tmp_path / "muster", f"http://127.0.0.1:{port}"
        serve = [sys.executable, "-m", "bot", "serve"]
        with process(serve, folder, PYTHONPATH=str(ROOT), **environment):
            eventually(lambda: fetch(f"{address}/ready"), "Muster is ready")
            assert "1286 documents" in add(folder)
            told: Any = fetch(f"{address}/api/v1/ask", {"question": QUESTION})
            browser.get(f"http://127.0.0.1:{slack}/")
            press(browser, "//nav//button[contains(., 'general')]")
            browser.find_element("id", "text").send_keys(f"/incident ask {QUESTION}")
            press(browser, "//footer//button[normalize-space()='Send']")
            eventually(lambda: "Quoted word for word." in text_of(browser), "the answer")
            shown = words(text_of(browser))
            for citation in told["citations"]:
                assert words(citation["quote"]) in shown
            browser.save_screenshot(str(IMAGES / "answer-slack.png"))


def words(text: str) -> str:
    """Without the marks around code, which a card leaves out."""
    return " ".join(re.findall(r"[\w./-]+", text))
