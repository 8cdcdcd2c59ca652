"""Muster's REST API on a real socket, over a real engine and a real database."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.chat.applying import Applying
from bot.chat.router import Router
from bot.domain.alert import Alert
from bot.domain.effect import Capabilities, EffectKind
from bot.domain.people import Right
from bot.domain.policy import Person, Policies
from bot.engine.amend import Amend
from bot.engine.analysis.analysing import Analysing
from bot.engine.announce import Announce
from bot.engine.arrival import Arrival, Verdict
from bot.engine.batches import Batches
from bot.engine.incidents import Incidents
from bot.engine.intake import Intake
from bot.engine.knowledge.asking import Knowledge
from bot.engine.knowledge.indexing import Indexing
from bot.engine.life import Life
from bot.engine.oncall import OnCall
from bot.engine.paging import Paging
from bot.engine.people import People
from bot.engine.pipeline import Pipeline
from bot.engine.postmortem.wording import Wording
from bot.engine.rules import Rules
from bot.engine.silences import Silences
from bot.engine.stages import Stage
from bot.engine.stages.classify import Classify
from bot.engine.stages.correlate import Correlate
from bot.engine.stages.deduplicate import Deduplicate
from bot.engine.stages.inhibit import ByInhibition
from bot.engine.stages.open import OpenOrJoin
from bot.engine.stages.resolve import Resolve
from bot.engine.stages.route import ByRoute
from bot.engine.stages.silence import BySilence
from bot.engine.work import Work
from bot.ports.analyses import Analysis, Suggestion, SuggestionKind
from bot.ports.clock import Clock
from bot.ports.tokens import Token
from config.loader import load_policies
from handlers.api.analyses import AnalysisSubject
from handlers.api.caller import Callers
from handlers.api.finding import Finder
from handlers.api.rest import Rest
from handlers.commands import COMMANDS
from handlers.credentials import Credentials
from handlers.doors.documents import Documents
from handlers.doors.told import DoorSubject
from handlers.http import error_middleware
from handlers.registry import resolve
from storage.analyses import SqlAnalyses
from storage.database import Database
from storage.library.library import SqlLibrary
from storage.queries import SqlQueries
from storage.store import SqlStore
from tests.databases import seeded_randomness
from tests.fakes.clock import MONDAY, FakeClock
from tests.fakes.models import ScriptedAnalyst, consulting

Client = TestClient[web.Request, web.Application]

PEOPLE: Mapping[str, Person] = {
    "ann": Person(name="Ann Admin", rights=Right.ADMIN),
    "ben": Person(name="Ben Responder", rights=Right.RESPONDER),
    "cai": Person(name="Cai Commander", rights=Right.COMMANDER),
    "eva": Person(name="Eva Manager", rights=Right.MANAGER),
    "vic": Person(name="Vic Viewer", rights=Right.VIEWER),
}


def policies() -> Policies:
    return load_policies(Path("nowhere"), dev=True).model_copy(update={"people": PEOPLE})


@dataclass
class Keys:
    """`mst_ann` is Ann's token; `mst_robot` stands for nobody."""

    made: dict[str, Token] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for person in PEOPLE:
            self.make(person, person=person, right=PEOPLE[person].rights)
        self.make("robot", right=Right.RESPONDER)

    def make(
        self,
        name: str,
        *,
        right: Right,
        person: str | None = None,
        scopes: tuple[str, ...] = ("api",),
    ) -> None:
        self.made[f"mst_{name}"] = Token(
            id=name, name=name, scopes=scopes, right=right, person=person, created_at=MONDAY
        )

    async def find(self, secret: str) -> Token | None:
        return self.made.get(secret)

    async def create(
        self, name: str, *, scopes: Sequence[str], right: Right, person: str | None = None
    ) -> tuple[Token, str]:
        raise NotImplementedError

    async def list(self) -> Sequence[Token]:
        return list(self.made.values())

    async def rotate(self, id: str) -> str:
        raise NotImplementedError

    async def revoke(self, id: str) -> None:
        raise NotImplementedError


@dataclass
class Said:
    """An answer. `told` is its JSON, None of an empty body."""

    status: int
    told: Any
    raw: bytes
    headers: Mapping[str, str]

    def __getitem__(self, name: str) -> Any:
        return self.told[name]


@dataclass
class House:
    client: Client
    intake: Intake
    queries: SqlQueries
    store: SqlStore
    clock: FakeClock
    keys: Keys
    rest: Rest
    indexing: Indexing
    analyst: ScriptedAnalyst

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        by: str | None = "ben",
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        **query: str,
    ) -> Said:
        """`path` below /api/v1. `by` whose token it shows; None shows none."""
        sent = {**(headers or {}), **({"Authorization": f"Bearer mst_{by}"} if by else {})}
        async with self.client.request(
            method,
            f"/api/v1{path}",
            json=body if data is None else None,
            data=data,
            headers=sent,
            params=query or None,
        ) as response:
            raw = await response.read()
            told = await response.json(content_type=None) if raw else None
            return Said(response.status, told, raw, response.headers)

    async def get(self, path: str, by: str | None = "ben", **query: str) -> Said:
        return await self.call("GET", path, by=by, **query)

    async def post(self, path: str, body: Any = None, by: str | None = "ben", **more: Any) -> Said:
        return await self.call("POST", path, body, by=by, **more)

    async def patch(self, path: str, body: Any, by: str | None = "ben", **more: Any) -> Said:
        return await self.call("PATCH", path, body, by=by, **more)

    async def declare(self, title: str = "Checkout is slow", by: str = "ben", **more: Any) -> Any:
        said = await self.post("/incidents", {"title": title, **more}, by=by)
        assert said.status == 201, said.told
        return said.told

    async def suggested(self, text: str = "P2 → P1: many are affected") -> str:
        """An incident with a suggestion, as a model's answer leaves one; the suggestion's id."""
        number = (await self.declare())["number"]
        made = Analysis(
            id=uuid4().hex,
            kind="categorization",
            incident=number,
            asked_by="ben",
            made_at=self.clock.now(),
        )
        step = Suggestion(
            id=uuid4().hex,
            analysis=made.id,
            incident=number,
            kind=SuggestionKind.PRIORITY_ADJUSTMENT,
            text=text,
            command=f"severity #{number} P1 as suggested",
            confidence=0.6,
            made_at=self.clock.now(),
        )
        await SqlAnalyses(self.store).keep(made, [step])
        return step.id

    async def alert(self, title: str = "Disk full", **more: Any) -> Verdict:
        fields: dict[str, Any] = {"source": "prom", "vendor_severity": "warning", **more}
        alert = Alert(title=title, **fields)
        (verdict,) = await self.intake.submit(
            Arrival(source=alert.source, alerts=[alert], body=b"{}")
        )
        return verdict


def stages(rules: Rules, life: Life) -> Sequence[Stage]:
    return (
        Classify(),
        ByRoute(),
        Deduplicate(rules),
        BySilence(),
        ByInhibition(),
        Correlate(),
        OpenOrJoin(rules, life),
        Resolve(rules, life),
    )


@asynccontextmanager
async def open_house(
    database: Database, clock: FakeClock, *, dev: bool = False
) -> AsyncIterator[House]:
    store = SqlStore(database, clock, randomness=seeded_randomness())
    queries, keys = SqlQueries(database, clock), Keys()
    rules = Rules(policies())
    web_room = Capabilities(frozenset({EffectKind.PAGE, EffectKind.DIRECT_MESSAGE}), rooms=False)
    life = Life(rules, Paging(rules, OnCall(rules, clock), {"web": web_room}))
    work = Work(store, Announce(rules, {}))
    intake = Intake(Batches(work, Pipeline(rules, stages(rules, life))))
    library, oncall = SqlLibrary(store), OnCall(rules, clock)
    knowledge = Knowledge(library, clock, lambda: uuid4().hex)
    incidents, amend = Incidents(work, rules, life), Amend(work, rules, life)
    analyst = ScriptedAnalyst(away=True)
    analysing = Analysing(consulting(store, analyst), knowledge, queries, rules, oncall)
    applying = Applying(analysing, amend)
    services: Mapping[type, object] = {Incidents: incidents, Rules: rules, Clock: clock}
    router = Router(
        [resolve(COMMANDS[verb]) for verb in ("severity", "assign", "task", "note")],
        services,
        work,
        queries,
    )
    caller = Callers(Credentials(keys, clock, dev=dev), People(rules))
    rest = Rest(
        caller=caller,
        store=store,
        queries=queries,
        rules=rules,
        incidents=incidents,
        amend=amend,
        silences=Silences(work),
        more=(
            DoorSubject(),
            AnalysisSubject(Finder(queries), applying, router, lambda: uuid4().hex),
        ),
        knowledge=knowledge,
        wording=Wording(applying.analysing, queries, work),
        address=lambda link: f"http://muster{link}" if link.startswith("/") else link,
    )
    application = web.Application(middlewares=[error_middleware(lambda: "r3f")])
    application.add_routes(rest.routes())
    application.add_routes(Documents(caller, library).routes())
    intake.start()
    try:
        async with TestClient(TestServer(application)) as client:
            indexing = Indexing(library, queries)
            yield House(client, intake, queries, store, clock, keys, rest, indexing, analyst)
    finally:
        await intake.stop()


def ids(said: Said) -> list[str]:
    return [item["id"] for item in said["items"]]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
