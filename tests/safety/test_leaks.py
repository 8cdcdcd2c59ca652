"""A thousand questions of people with every right, to a model that tells all it reads: nothing of
what is hidden reaches it, comes out of it, or is kept in a cache or a suggestion."""

import json
import re
from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.people import Actor
from bot.engine.analysis.analysing import Analysing
from bot.engine.analysis.kinds import Finding, Kind, Wanted
from bot.engine.knowledge.asking import Knowledge
from bot.engine.knowledge.telling import Telling
from bot.engine.oncall import OnCall
from bot.engine.rules import Rules
from bot.ports.analyst import Job
from storage import tables as t
from storage.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.models import Counted, ScriptedAnalyst, consulting
from tests.fakes.policies import company
from tests.knowledge.conftest import ANN, Shelf
from tests.knowledge.test_leaks import CANARIES, VIEWERS, questions

_SENTENCE = re.compile(r"[A-Z][^.]{15,300}\.")
_DOCUMENT = re.compile(r'^document "(\w+)"$', re.MULTILINE)


def tells_all(job: Job) -> Any:
    """Every sentence it was given, each with every document it may be from."""
    user = str(job.body["user"])
    documents = _DOCUMENT.findall(user)
    said = _SENTENCE.findall(user)
    return {
        "sentences": [
            {"text": one, "citations": [{"document": d, "quote": one} for d in documents]}
            for one in said
        ]
    }


@pytest.fixture
async def records(store: SqlStore, clock: FakeClock) -> Shelf:
    made = Shelf(store, clock)
    await made.fill()
    return made


@pytest.fixture
def analyst(records: Shelf) -> ScriptedAnalyst:
    return ScriptedAnalyst(answer=tells_all)


@pytest.fixture
def analysing(records: Shelf, analyst: ScriptedAnalyst) -> Analysing:
    asked = consulting(records.store, analyst)
    records.knowledge = Knowledge(records.library, records.clock, Counted(), Telling(asked))
    rules = Rules(company())
    oncall = OnCall(rules, records.clock)
    return Analysing(asked, records.knowledge, records.queries, rules, oncall)


@pytest.mark.timeout(600)
async def test_nothing_hidden_reaches_a_model_or_comes_out_of_one(
    records: Shelf, analysing: Analysing, analyst: ScriptedAnalyst
) -> None:
    kinds = ({"visibility": "private", "members": ["ann"]}, {"test": True}, {})
    numbers = []
    for canary, fields in zip(CANARIES, kinds, strict=True):
        number = await records.opens(f"Turnstile gateway {canary}", **fields)
        await records.resolves(number, f"The badge {canary} was renewed and the queue drained.")
        numbers.append(number)
    await records.indexing.catch_up()
    await records.hides(numbers[2])
    told: list[str] = []
    worded = 0
    for question in questions(250):
        for viewer in VIEWERS:
            answer = await records.ask(question, viewer)
            worded += answer.worded
            told += [answer.text, *(one.title for one in answer.nearest)]
            told += [c.quote for c in answer.citations]
    assert worded > 10, "the model really answers"
    now = await records.incident(await records.opens("Turnstile gateway badge queue"))
    for kind in (Kind.SIMILARITY, Kind.RESOLUTION_SUGGESTION):
        told += _words(await analysing.run(kind, Wanted(incident=now, actor=ANN)))
    told += [str(job.body["user"]).partition("<<<")[2] for job in analyst.jobs]
    asked = [re.sub(r"(?s)the question\n.*?\n<<<", "", one) for one in told]
    assert not [one for one in asked if "canary" in one.lower()]
    async with records.store.reading() as connection:
        kept = [str(tuple(row)) for row in await connection.execute(select(t.analyses))]
        kept += [str(tuple(row)) for row in await connection.execute(select(t.suggestions))]
    assert kept
    assert not [one for one in kept if "canary" in one.lower()]


async def test_a_stored_analysis_goes_with_the_incident_it_names(
    records: Shelf, analysing: Analysing
) -> None:
    past = await records.opens("Turnstile gateway rejects badges")
    await records.resolves(past, "Restarted the turnstile gateway after the badge sync.")
    await records.indexing.catch_up()
    now = await records.incident(await records.opens("Turnstile gateway rejects all badges"))
    found = await analysing.run(Kind.SIMILARITY, Wanted(incident=now, actor=ANN))
    ben = Actor(id="ben", name="Ben")
    assert [one.analysis.id for one in await analysing.kept.of(now, ben)] == [found.analysis.id]
    assert await analysing.kept.suggestion(found.suggestions[0].id, ben)
    await records.hides(past)
    assert await analysing.kept.of(now, ben) == []
    with pytest.raises(Exception, match="There is no such suggestion"):
        await analysing.kept.suggestion(found.suggestions[0].id, ben)
    assert await analysing.kept.suggestion(found.suggestions[0].id, ANN)


async def test_trends_count_what_everybody_may_see_and_go_when_that_changes(
    records: Shelf, analysing: Analysing
) -> None:
    checkout = {"service": "checkout"}
    await records.opens("Quiet canary", visibility="private", members=["ann"], **checkout)
    await records.opens("A canary in a test", test=True, **checkout)
    past = await records.opens("Checkout is slow", **checkout)
    now = await records.incident(await records.opens("Checkout is down", **checkout))
    found = await analysing.run(Kind.SERVICE_TRENDS, Wanted(incident=now, actor=ANN))
    (said,) = _words(found)
    assert "checkout: 2 incidents in 30 days" in said
    assert "canary" not in said
    ben = Actor(id="ben", name="Ben")
    assert len(await analysing.kept.of(now, ben)) == 1
    await records.hides(past)
    assert await analysing.kept.of(now, ben) == []


async def test_a_private_record_is_read_for_its_members_and_kept_from_others(
    records: Shelf, analysing: Analysing, analyst: ScriptedAnalyst
) -> None:
    number = await records.opens("Payroll xylocanary", visibility="private", members=["ann"])
    hidden = await records.incident(number)
    analyst.answer = lambda job: {"sentences": [], "confidence": 0.5}
    await analysing.run(Kind.ROOT_CAUSE, Wanted(incident=hidden, actor=ANN))
    assert "xylocanary" in analyst.jobs[-1].body["user"]
    assert await analysing.kept.of(hidden, Actor(id="ben")) == []


def _words(finding: Finding) -> list[str]:
    steps = [f"{one.text} {one.command}" for one in finding.suggestions]
    return [json.dumps(finding.analysis.result), *steps]
