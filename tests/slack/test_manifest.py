"""The app's manifest: what the code hears and needs, and nothing else."""

import asyncio
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.cli import main
from bot.platforms.slack.manifest import SCOPES, as_markdown, create_link, manifest
from tests.fakes.slack import Slack
from tests.fakes.slack.app import EVERY_EVENT, EVERY_SCOPE
from tests.fakes.slack.faults import refuses
from tests.slack.office import install

DOCS = Path(__file__).parents[2] / "docs"


def test_it_asks_for_scopes_and_events_that_slack_has() -> None:
    made = manifest(["declare"])
    assert set(made["oauth_config"]["scopes"]["bot"]) == SCOPES.keys() <= EVERY_SCOPE
    assert set(made["settings"]["event_subscriptions"]["bot_events"]) <= EVERY_EVENT
    assert "message.mpim" not in made["settings"]["event_subscriptions"]["bot_events"]


def test_without_an_address_everything_comes_by_socket_mode() -> None:
    assert "url" not in json.dumps(manifest(["declare"]))
    assert manifest(["declare"])["settings"]["socket_mode_enabled"] is True


def test_with_an_address_everything_goes_there() -> None:
    made = manifest(["declare"], "https://muster.example/")
    urls = re.findall(r'url": "([^"]*)"', json.dumps(made))
    assert urls == ["https://muster.example/slack/events"] * 4
    assert made["settings"]["socket_mode_enabled"] is False


def test_its_names_fit_slack_s_limits() -> None:
    made = manifest(["verb"] * 500)
    for shortcut in made["features"]["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150
    for command in made["features"]["slash_commands"]:
        assert len(command["usage_hint"]) <= 1_000
    assert len(made["display_information"]["description"]) <= 140


def test_the_link_holds_the_whole_manifest() -> None:
    made = manifest(["declare"])
    link = urlsplit(create_link(made))
    assert (link.scheme, link.netloc, link.path) == ("https", "api.slack.com", "/apps")
    assert json.loads(parse_qs(link.query)["manifest_json"][0]) == made


def test_the_docs_name_every_scope_with_its_reason() -> None:
    """Print `as_markdown` anew where this fails."""
    assert as_markdown() in (DOCS / "slack.md").read_text(encoding="utf-8")


def test_it_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["slack", "manifest"], {}) == 0
    printed = json.loads(capsys.readouterr().out)
    assert "declare" in printed["features"]["slash_commands"][0]["usage_hint"]
    assert main(["slack", "manifest", "--link"], {}) == 0
    assert capsys.readouterr().out.startswith("https://api.slack.com/apps?new_app=1&manifest_json=")
    assert main(["slack", "manifest", "--http", "http://muster.example"], {}) == 2


# muster check --live


@pytest.fixture
def configured(slack: Slack) -> Mapping[str, str]:
    install(slack, public=False)
    return {
        "MUSTER_ENV": "dev",
        "MUSTER_SLACK__BOT_TOKEN": slack.app.bot_token,
        "MUSTER_SLACK__APP_TOKEN": slack.app.app_token,
        "MUSTER_SLACK__API_URL": slack.api_url,
    }


async def check(environment: Mapping[str, str], capsys: Any) -> tuple[int, str, str]:
    code = await asyncio.to_thread(main, ["check", "--live"], environment)
    said = capsys.readouterr()
    return code, said.out, said.err


async def test_a_workspace_that_fits_is_well(
    configured: Mapping[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = await check(configured, capsys)
    assert (code, err) == (0, "")
    assert "all scopes are granted" in out
    assert "the socket opens" in out


async def test_a_missing_scope_is_named_with_what_it_is_for(
    slack: Slack, configured: Mapping[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    slack.app.scopes.discard("pins:read")
    code, _, err = await check(configured, capsys)
    assert code == 1
    assert "the scope pins:read is missing" in err
    assert SCOPES["pins:read"] in err


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        (("auth.test", "token_revoked"), "the token was revoked; install the app again"),
        (("apps.connections.open", "invalid_auth"), "the socket does not open"),
    ],
)
async def test_what_slack_refuses_is_said_in_words(
    slack: Slack,
    configured: Mapping[str, str],
    capsys: pytest.CaptureFixture[str],
    refused: tuple[str, str],
    said: str,
) -> None:
    method, code = refused
    slack.faults.add(method, refuses(code))
    number, _, err = await check(configured, capsys)
    assert number == 1
    assert said in err
    assert "xoxb" not in err


async def test_without_slack_there_is_nothing_to_try(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = await check({"MUSTER_ENV": "dev"}, capsys)
    assert code == 0
    assert "Slack is not configured." in out
