"""`muster check --live` asks each model whether it is there."""

from bot.llm.live import look
from config.settings import Settings
from tests.fakes.llm import KEY, Mode, ModelServer


async def tried(server: ModelServer, **said: object) -> list[tuple[bool, str]]:
    llm = {"model": "openai:m", "base_url": server.url, "api_key": KEY, **said}
    return [told async for told in look(Settings.model_validate({"llm": llm}).llm)]


async def test_a_model_that_answers_is_well(server: ModelServer) -> None:
    ((good, said),) = await tried(server)
    assert good
    assert said.startswith("openai:m answers in ")
    assert len(server.heard) == 1


async def test_each_that_does_not_says_why(server: ModelServer) -> None:
    server.mode = Mode.CHATTY
    dead = {"model": "openai:dead", "base_url": server.url, "api_key": "sk-wrong"}
    told = await tried(server, fallbacks=[dead, {"model": "nobody:x"}])
    assert [good for good, _ in told] == [False, False, False]
    assert [said.partition(" ")[0] for _, said in told][:2] == ["openai:m", "openai:dead"]
    assert "has not the shape" in told[0][1]
    assert told[1][1].endswith("It said 401")
    assert "names no provider" in told[2][1]
    server.complaints.clear()
