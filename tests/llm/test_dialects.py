"""Each provider in its own wire format, over a real socket: asked, counted, retried, rested."""

from datetime import timedelta
from typing import Any

import pytest

from bot.llm import PROVIDERS
from bot.llm.providers.ollama import CONTEXT
from bot.ports.analyst import Refused
from tests.fakes.llm import DIALECTS, KEY, Mode, ModelServer
from tests.llm.conftest import Connect, Hand, job

pytestmark = pytest.mark.parametrize("provider", PROVIDERS, indirect=True)

GOOD = {"said": "Ann.", "sure": True}
INSISTS = frozenset({"openai", "azure_openai", "anthropic"})
"""Those that can be made to call a function."""

NESTED = {
    "title": "findings",
    "type": "object",
    "$defs": {
        "Traced": {
            "type": "object",
            "properties": {
                "text": {"type": "string"},
                "sources": {"type": "array", "items": {"type": "string"}},
            },
            "required": ["text", "sources"],
            "additionalProperties": False,
        }
    },
    "properties": {
        "sentences": {"type": "array", "items": {"$ref": "#/$defs/Traced"}},
        "severity": {"type": "string", "enum": ["P0", "P1"]},
    },
    "required": ["sentences", "severity"],
    "additionalProperties": False,
}


async def refused(connected: Connect, seconds: float = 30, **said: Any) -> str:
    with pytest.raises(Refused) as no:
        await connected(**said).do("complete", job(), seconds)
    return no.value.code


async def test_an_answer_of_the_shape_with_what_it_used_up(
    connected: Connect, server: ModelServer, provider: str
) -> None:
    server.answers.append(GOOD)
    prices = {"test-model": {"input": 2, "output": 10}}
    told = await connected(prices=prices).do("complete", job(user="Who? " * 100), 30)
    assert told["data"] == GOOD
    assert (told["provider"], told["model"]) == (provider, "test-model")
    used = len("Be brief." + "Who? " * 100) // 4
    assert (told["tokens_in"], told["tokens_out"]) == (used, len(server.said[0]) // 4)
    assert told["cost"] == pytest.approx((used * 2 + told["tokens_out"] * 10) / 1_000_000)
    (heard,) = server.heard
    assert (heard.model, heard.system, heard.limit) == ("test-model", "Be brief.", 200)
    assert heard.user.startswith("Who? Who?")
    assert heard.schema is not None


async def test_a_shape_within_a_shape(connected: Connect, server: ModelServer) -> None:
    told = await connected().do("complete", job(NESTED), 30)
    assert told["data"] == {
        "sentences": [{"text": "nothing", "sources": ["nothing"]}],
        "severity": "P0",
    }


async def test_however_it_is_asked_for_a_shape(
    connected: Connect, server: ModelServer, provider: str
) -> None:
    ways = ["json_schema", "function_calling"] if provider in INSISTS else ["json_schema"]
    for how in ways:
        server.answers.append(GOOD)
        told = await connected(structured=how).do("complete", job(), 30)
        assert told["data"] == GOOD


async def test_plain_text_where_no_shape_is_asked_for(
    connected: Connect, server: ModelServer
) -> None:
    server.answers.append("It was Ann.")
    told = await connected().do("complete", job(schema=None), 30)
    assert told["text"] == "It was Ann."
    assert told["tokens_out"] > 0


@pytest.mark.parametrize("mode", [Mode.WRONG, Mode.CHATTY, Mode.REFUSING])
async def test_an_answer_of_another_shape_is_none(
    connected: Connect, server: ModelServer, mode: Mode
) -> None:
    server.mode = mode
    assert await refused(connected) == "schema"
    assert server.tried == 1


@pytest.mark.parametrize("mode", [Mode.GARBAGE, Mode.ENDLESS, Mode.PACKED])
async def test_what_is_too_long_is_not_read_to_its_end(
    connected: Connect, server: ModelServer, mode: Mode
) -> None:
    server.mode = mode
    with pytest.raises(Refused, match="far too long"):
        await connected().do("complete", job(), 30)
    assert server.tried == 1


async def test_who_hangs_is_waited_for_no_longer_than_allowed(
    connected: Connect, server: ModelServer
) -> None:
    server.mode = Mode.HANGING
    assert await refused(connected, seconds=0.3) == "timeout"


async def test_a_busy_server_is_asked_again_when_it_says(
    connected: Connect, server: ModelServer, hand: Hand
) -> None:
    server.modes.extend([Mode.BUSY, Mode.BROKEN, Mode.BUSY])
    server.answers.append(GOOD)
    server.retry_after = "7"
    told = await connected().do("complete", job(), 30)
    assert told["data"] == GOOD
    assert hand.pauses == [7, 2, 7]
    assert server.tried == 4


async def test_a_wrong_key_is_not_tried_again(connected: Connect, server: ModelServer) -> None:
    assert await refused(connected, api_key="sk-wrong") == "provider"
    assert server.tried == 1
    server.complaints.clear()


async def test_after_five_failures_it_rests_a_minute(
    connected: Connect, server: ModelServer, hand: Hand
) -> None:
    server.mode = Mode.BROKEN
    worker = connected()
    for _ in range(2):
        with pytest.raises(Refused):
            await worker.do("complete", job(), 30)
    assert server.tried == 5
    server.mode = Mode.GOOD
    with pytest.raises(Refused) as no:
        await worker.do("complete", job(), 30)
    assert no.value.code == "breaker"
    hand.at += timedelta(seconds=61)
    assert (await worker.do("complete", job(), 30))["model"] == "test-model"


async def test_it_stands_in_where_another_provider_fails(
    connected: Connect, server: ModelServer, provider: str
) -> None:
    other = "openai" if provider != "openai" else "anthropic"
    dead = f"http://127.0.0.1:9{DIALECTS[other].base}"
    own = {"model": f"{provider}:test-model", "base_url": server.url, "api_key": KEY}
    worker = connected(model=f"{other}:dead", base_url=dead, fallbacks=[own])
    told = await worker.do("complete", job(), 30)
    assert told["provider"] == provider


async def test_a_redirect_is_not_followed(connected: Connect, server: ModelServer) -> None:
    """What is asked goes to nobody else."""
    server.mode = Mode.ELSEWHERE
    assert await refused(connected) == "provider"
    assert server.tried == 1


async def test_a_long_question_is_not_cut_by_the_server(
    connected: Connect, server: ModelServer, provider: str
) -> None:
    await connected().do("complete", job(user="word " * 12_000), 30)
    (heard,) = server.heard
    assert len(heard.user) == 60_000
    if provider == "ollama":
        assert heard.body["options"]["num_ctx"] == CONTEXT
