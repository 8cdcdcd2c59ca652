"""A model that hangs, is dead, mad or rude, over the real wire: everything else goes on."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.engine.analysis.analysing import Analysing
from bot.engine.analysis.consulting import NoModel
from bot.engine.analysis.kinds import Kind, Wanted
from bot.engine.announce import Announce
from bot.engine.knowledge.asking import Knowledge
from bot.engine.knowledge.suggesting import Suggesting
from bot.engine.knowledge.telling import Telling
from bot.engine.oncall import OnCall
from bot.engine.rules import Rules
from bot.engine.work import Work
from bot.llm.worker import ModelWorker, connect
from config.settings import Settings
from storage.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.llm import KEY, Mode, model_server
from tests.fakes.models import Counted, DirectAnalyst, consulting
from tests.fakes.policies import company
from tests.knowledge.conftest import ANN, Shelf

TROUBLES = [mode for mode in Mode if mode not in (Mode.GOOD, Mode.SLOW, Mode.OBEDIENT)]
QUESTION = "checkout ran out of database connections, what fixed it?"


@pytest.fixture(params=TROUBLES, ids=[mode.name.lower() for mode in TROUBLES])
async def worker(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ModelWorker]:
    async with model_server(request.param) as server:
        llm = {"model": "openai:m", "base_url": server.url, "api_key": KEY, "timeout": "1s"}
        made = connect(Settings.model_validate({"llm": llm}), tmp_path)
        assert made is not None
        with capture_logs():
            yield made
        await made.close()


async def test_everything_else_goes_on(
    sqlite_store: SqlStore, clock: FakeClock, worker: ModelWorker
) -> None:
    shelf = Shelf(sqlite_store, clock)
    await shelf.fill()
    asked = consulting(sqlite_store, DirectAnalyst(worker))
    shelf.knowledge = Knowledge(shelf.library, clock, Counted(), Telling(asked))
    rules = Rules(company())
    analysing = Analysing(asked, shelf.knowledge, shelf.queries, rules, OnCall(rules, clock))

    answer = await shelf.ask(QUESTION)
    assert "lowered the pool size to 5" in answer.text
    assert not answer.worded

    past = await shelf.opens("Turnstile gateway rejects badges")
    await shelf.resolves(past, "Restarted the turnstile gateway.")
    await shelf.indexing.catch_up()
    number = await shelf.opens("Turnstile gateway rejects all badges")
    incident = await shelf.incident(number)
    with pytest.raises(NoModel):
        await analysing.run(Kind.ROOT_CAUSE, Wanted(incident=incident, actor=ANN))
    helped = await analysing.run(Kind.RESOLUTION_SUGGESTION, Wanted(incident=incident, actor=ANN))
    assert [one.text for one in helped.suggestions] == ["Restarted the turnstile gateway."]
    work = Work(sqlite_store, Announce(rules, {}))
    suggesting = Suggesting(shelf.knowledge, shelf.queries, work, analysing)
    assert await suggesting.suggest(number)
