"""Only Slack is listened to: the signature is looked at before anything else, on the very bytes."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import ClientSession

from bot.platforms.slack.verify import is_slacks, signature
from tests.fakes.clock import MONDAY
from tests.fakes.slack.outward.letter import Ack
from tests.slack.office import Office

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
EXAMPLE = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
    b"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
    b"&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2F"
    b"T1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id="
    b"398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
"""Slack's own: https://docs.slack.dev/authentication/verifying-requests-from-slack"""


def test_slack_s_own_example() -> None:
    signed = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    assert signature(SECRET, EXAMPLE, "1531420618") == signed


@pytest.mark.parametrize(
    ("age", "taken"), [(0, True), (299, True), (301, False), (-299, True), (-301, False)]
)
def test_what_is_old_may_be_a_replay(age: int, taken: bool) -> None:
    seconds = str(int(MONDAY.timestamp()) - age)
    headers = {
        "X-Slack-Request-Timestamp": seconds,
        "X-Slack-Signature": signature(SECRET, b"{}", seconds),
    }
    assert is_slacks(SECRET, b"{}", headers, MONDAY) is taken


def event(**event: Any) -> bytes:
    said = {"type": "event_callback", "team_id": "T0ACME", "event_id": "Ev1", "event": event}
    return json.dumps(said).encode()


MENTION = event(type="app_mention", user="U0ANN", text="<@U0MUSTER> declare x", channel="C1")


async def send(
    office: Office, body: bytes, content_type: str = "application/json", **headers: str
) -> Ack:
    """Signed as Slack would; `headers` are changed after, with `_` for `-`."""
    http = office.slack.post.http
    said = http.headers(content_type, body)
    return await http.post(body, {**said, **{k.replace("_", "-"): v for k, v in headers.items()}})


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Slack_Request_Timestamp": "abc"},
        {"X_Slack_Request_Timestamp": "1767603600.5"},
        {"X_Slack_Request_Timestamp": "-1"},
        {"X_Slack_Request_Timestamp": "9" * 400},
        {"X_Slack_Request_Timestamp": "١٧٦٧٦٠٣٦٠٠"},
        {"X_Slack_Request_Timestamp": ""},
        {"X_Slack_Signature": ""},
        {"X_Slack_Signature": "v0=é"},
        {"X_Slack_Signature": "v1=" + "0" * 64},
        {"X_Slack_Signature": "v0=" + "0" * 64},
    ],
)
async def test_a_false_signature_is_refused(http_office: Office, headers: dict[str, str]) -> None:
    ack = await send(http_office, MENTION, **headers)
    assert ack.status == 401
    assert await http_office.kept() == []


async def test_without_any_signature_it_is_refused(http_office: Office) -> None:
    async with (
        ClientSession() as session,
        session.post(f"{http_office.address}slack/events", data=MENTION) as answer,
    ):
        assert answer.status == 401
        assert answer.content_type == "application/problem+json"


async def test_a_request_sent_again_after_five_minutes_is_refused(http_office: Office) -> None:
    headers = http_office.slack.post.http.headers("application/json", MENTION)
    http_office.clock.forward(minutes=6)
    assert (await http_office.slack.post.http.post(MENTION, headers)).status == 401


async def test_a_changed_body_is_refused(http_office: Office) -> None:
    headers = http_office.slack.post.http.headers("application/json", MENTION)
    changed = MENTION.replace(b"declare x", b"declare y")
    assert (await http_office.slack.post.http.post(changed, headers)).status == 401


async def test_a_body_that_is_no_text_is_refused_unsigned(http_office: Office) -> None:
    http = http_office.slack.post.http
    headers = {**http.headers("application/json", b"x"), "Content-Type": "application/json"}
    assert (await http.post(b"\xff\xfe", headers)).status == 401


FORM = "application/x-www-form-urlencoded"


def payload(**said: Any) -> bytes:
    return urlencode({"payload": json.dumps(said)}).encode()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"\xff\xfe", FORM),
        (b"[]", "application/json"),
        (b"{", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"type": 7}', "application/json"),
        (b'{"type": "url_verification"}', "application/json"),
        (b'{"type": "url_verification", "challenge": [7]}', "application/json"),
        (b'{"type": "event_callback"}', "application/json"),
        (b'{"type": "event_callback", "event": []}', "application/json"),
        (b'{"type": "event_callback", "event": {"user": "U1"}}', "application/json"),
        (event(type="app_mention", user="U0ANN", channel=["C1"]), "application/json"),
        (event(type="app_mention", user="U0\x00", channel="C1", text="x"), "application/json"),
        (event(type="app_mention", user="U0ANN" * 200, channel="C1"), "application/json"),
        (event(type="reaction_added", user="U0ANN", reaction="memo", item=7), "application/json"),
        (
            event(
                type="reaction_added",
                user="U0ANN",
                reaction="memo",
                item={"type": "message", "channel": "C1", "ts": "soon"},
            ),
            "application/json",
        ),
        (event(type="pin_added", user="U0ANN", channel_id="C1", item={}), "application/json"),
        (event(type="member_joined_channel", user="U0ANN", channel=""), "application/json"),
        (event(type="app_home_opened", user=["U0ANN"]), "application/json"),
        (b"", FORM),
        (b"command=%2Fincident", FORM),
        (b"command=%2Fincident&text=list&user_id=U0ANN&team_id=T0ACME", FORM),
        (b"payload=", FORM),
        (b"payload=[]", FORM),
        (payload(), FORM),
        (payload(type="view_submission"), FORM),
        (payload(view={"state": {}}), FORM),
        (payload(type="view_submission", view={"callback_id": "muster:form"}), FORM),
        (
            payload(
                type="view_submission",
                user={"id": "U0ANN", "team_id": "T0ACME"},
                view={
                    "id": "V1",
                    "callback_id": "muster:form",
                    "private_metadata": "{",
                    "state": {"values": {"title": {"answer": 7}}},
                },
            ),
            FORM,
        ),
        (payload(type="block_actions"), FORM),
        (payload(type="block_actions", actions=[]), FORM),
        (
            payload(type="block_actions", actions=[{"value": "list", "action_id": "muster:1"}]),
            FORM,
        ),
        (payload(type="shortcut", callback_id="muster_declare"), FORM),
        (payload(type="message_action", callback_id="muster_to_timeline", trigger_id="1"), FORM),
        (payload(type="block_suggestion"), FORM),
    ],
)
async def test_what_is_signed_and_malformed_is_no_failure_of_ours(
    http_office: Office, body: bytes, content_type: str
) -> None:
    ack = await send(http_office, body, content_type)
    assert ack.status in (200, 400)
    await http_office.done()
    assert await http_office.kept() == []


async def test_the_address_proves_to_be_ours(http_office: Office) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1a"}).encode()
    ack = await send(http_office, body)
    assert (ack.status, ack.body) == (200, {"challenge": "3eZbrw1a"})
