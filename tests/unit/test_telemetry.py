"""Logs without secrets, and every number under the name it was asked for."""

import io
import json

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.secrets import HIDDEN
from bot.telemetry import redact, set_up_logs

SECRETS = [
    "mst_0123456789abcdef",
    "xoxb-1234-5678-abcdef",
    "xapp-1-A1-2-abc",
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "sk-abcdefghijklmnopqrstuv",
    "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
    "AKIAIOSFODNN7EXAMPLE",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "Bearer abcdefgh12345678",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_what_looks_like_a_secret_is_hidden_wherever_it_stands(secret):
    event = {"event": f"called with {secret} twice", "deep": {"list": [secret, {"x": secret}]}}

    said = json.dumps(redact(None, "info", event))

    assert secret not in said
    assert HIDDEN in said


@pytest.mark.parametrize(
    "key", ["token", "routing_key", "Authorization", "smtp_password", "csrf", "X-API-Key"]
)
def test_what_is_called_a_secret_is_hidden_whatever_it_is(key):
    assert redact(None, "info", {key: "plain"}) == {key: HIDDEN}


def test_a_password_in_an_address_is_hidden_and_the_address_stays():
    said = redact(None, "info", {"at": "postgresql://muster:hunter2@db/muster?token=abc&x=1"})

    assert said["at"] == f"postgresql://{HIDDEN}@db/muster?token={HIDDEN}&x=1"


@given(st.recursive(st.text() | st.integers() | st.none(), lambda x: st.lists(x) | st.tuples(x)))
def test_whatever_is_logged_comes_through(value):
    assert "value" in redact(None, "info", {"value": value})


def test_a_line_is_one_json_object_and_an_error_keeps_its_trace(capsys):
    set_up_logs(json=True)
    log = structlog.get_logger()
    try:
        raise ValueError("mst_0123456789abcdef leaked")  # noqa: TRY301 - it is the story
    except ValueError:
        log.exception("it_broke", number=3)

    line = json.loads(capsys.readouterr().err)
    structlog.reset_defaults()

    assert line["event"] == "it_broke"
    assert line["number"] == 3
    assert "ValueError" in line["exception"]
    assert "mst_0123456789abcdef" not in line["exception"]


def test_what_an_alert_says_moves_no_terminal(capsys):
    set_up_logs(json=False)
    log = structlog.get_logger()
    try:
        raise ValueError("\x1b[2Jgone")  # noqa: TRY301 - it is the story
    except ValueError:
        log.exception("it_broke", title="\x1b]0;owned\x07", list=["\x9b2J"])

    said = capsys.readouterr().err
    structlog.reset_defaults()

    assert "\\x1b]0;owned\\x07" in said
    assert "\\x1b[2Jgone" in said
    assert "ValueError" in said.splitlines()[-1], "a trace keeps its lines"
    assert not {"\x1b", "\x07", "\x9b"} & set(said)


def test_a_logger_that_was_used_once_follows_a_stream_that_is_replaced(monkeypatch):
    set_up_logs(json=True)
    log = structlog.get_logger()
    first, second = io.StringIO(), io.StringIO()
    monkeypatch.setattr("sys.stderr", first)
    log.info("first")
    first.close()
    monkeypatch.setattr("sys.stderr", second)

    log.info("second")
    structlog.reset_defaults()

    assert json.loads(second.getvalue())["event"] == "second"
