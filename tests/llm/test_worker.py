"""What the worker makes of a server that is good, slow, dead, or mad."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from bot.llm.worker import AT_ONCE
from bot.ports.analyst import Refused
from tests.fakes.llm import KEY, Mode, ModelServer
from tests.llm.conftest import Connect, Hand, job

GOOD = {"said": "Ann.", "sure": True}


async def refused(connected: Connect, seconds: float = 30, **said: Any) -> str:
    with pytest.raises(Refused) as no:
        await connected(**said).do("complete", job(), seconds)
    return no.value.code


async def test_an_answer_of_the_shape_with_what_it_cost(
    connected: Connect, server: ModelServer
) -> None:
    server.answers.append(GOOD)
    prices = {"test-model": {"input": 2, "output": 10}}
    told = await connected(prices=prices).do("complete", job(user="Who? " * 100), 30)
    assert told["data"] == GOOD
    assert (told["provider"], told["model"]) == ("openai", "test-model")
    assert (told["tokens_in"], told["tokens_out"]) == (127, 7)
    assert told["cost"] == pytest.approx((127 * 2 + 7 * 10) / 1_000_000)
    (heard,) = server.heard
    assert heard.body["response_format"]["json_schema"]["strict"] is True
    assert (heard.system, heard.body["max_completion_tokens"]) == ("Be brief.", 200)


async def test_plain_text_where_no_shape_is_asked_for(
    connected: Connect, server: ModelServer
) -> None:
    server.answers.append("It was Ann.")
    told = await connected().do("complete", job(schema=None), 30)
    assert told["text"] == "It was Ann."
    assert "data" not in told


@pytest.mark.parametrize("how", ["function_calling", "json_mode"])
async def test_a_server_that_knows_no_schema_is_asked_another_way(
    connected: Connect, server: ModelServer, how: str
) -> None:
    server.answers.append(GOOD)
    told = await connected(structured=how).do("complete", job(), 30)
    assert told["data"] == GOOD


async def test_who_hangs_is_waited_for_no_longer_than_allowed(
    connected: Connect, server: ModelServer
) -> None:
    server.mode = Mode.HANGING
    assert await refused(connected, seconds=0.2) == "timeout"
    assert await refused(connected, timeout="1s") == "timeout"


async def test_a_busy_server_is_asked_again_when_it_says(
    connected: Connect, server: ModelServer, hand: Hand
) -> None:
    server.modes.extend([Mode.BUSY, Mode.BROKEN, Mode.BROKEN])
    server.answers.append(GOOD)
    server.retry_after = "7"
    told = await connected().do("complete", job(), 30)
    assert told["data"] == GOOD
    assert hand.pauses == [7, 2, 4]


async def test_a_moment_is_counted_by_the_clock_of_who_said_it(
    connected: Connect, server: ModelServer, hand: Hand
) -> None:
    """Ours may be another: the answer has its own date."""
    server.modes.append(Mode.BUSY)
    server.answers.append(GOOD)
    server.date = datetime(2031, 5, 1, 12, 0, 0, tzinfo=UTC)
    server.retry_after = format_datetime(server.date + timedelta(seconds=9), usegmt=True)
    await connected().do("complete", job(), 30)
    assert hand.pauses == [9]


async def test_nobody_waits_longer_than_there_is_time(
    connected: Connect, server: ModelServer, hand: Hand
) -> None:
    server.mode, server.retry_after = Mode.BUSY, "120"
    assert await refused(connected) == "provider"
    assert hand.pauses == []


async def test_another_model_answers_where_the_first_does_not(
    connected: Connect, server: ModelServer
) -> None:
    server.known = frozenset({"second"})
    second = {"model": "openai:second", "base_url": server.url, "api_key": KEY}
    dead = {"model": "openai:dead", "base_url": "http://127.0.0.1:9/v1", "api_key": KEY}
    told = await connected(fallbacks=[dead, second]).do("complete", job(), 30)
    assert told["model"] == "second"
    server.complaints.clear()


async def test_no_more_than_five_are_asked_at_once(connected: Connect, server: ModelServer) -> None:
    server.mode = Mode.SLOW
    worker = connected()
    asked = [asyncio.create_task(worker.do("complete", job(), 30)) for _ in range(AT_ONCE + 3)]
    while server.at_once < AT_ONCE:
        await asyncio.sleep(0)
    server.release.set()
    await asyncio.gather(*asked)
    assert server.most_at_once == AT_ONCE


async def test_what_is_no_question_is_refused(connected: Connect) -> None:
    for verb, body in (("act", job()), ("complete", {"system": 1})):
        with pytest.raises(Refused) as no:
            await connected().do(verb, body, 1)
        assert no.value.code == "bad_job"
