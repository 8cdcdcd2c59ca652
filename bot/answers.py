"""What knows past incidents, and asks models about them: the part of the map that nothing needs.

Without an analyst it knows by words alone; an incident lives its life without any of it.
"""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from bot.chat.applying import Applying
from bot.core import Core
from bot.domain.ledger import Ledger
from bot.engine.analysis.analysing import Analysing
from bot.engine.analysis.consulting import Consulting
from bot.engine.analysis.foreign import Fence
from bot.engine.analysis.guarding import Guarding
from bot.engine.knowledge.asking import Knowledge
from bot.engine.knowledge.indexing import Indexing
from bot.engine.knowledge.keeping import Keeping
from bot.engine.knowledge.naming import names_of
from bot.engine.knowledge.nearness import Nearness
from bot.engine.knowledge.suggesting import Suggesting
from bot.engine.knowledge.telling import Telling
from bot.engine.postmortem.wording import Wording
from bot.ports.analyst import NOBODY, Analyst
from bot.supervisor import Supervisor
from config.settings import Settings
from storage.analyses import SqlAnalyses
from storage.analyst_jobs import AnalystElsewhere
from storage.library.library import SqlLibrary


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Nothing of it runs before its `loops`."""

    analyst: Analyst
    consulting: Consulting
    library: SqlLibrary
    keeping: Keeping
    knowledge: Knowledge
    indexing: Indexing
    analysing: Analysing
    applying: Applying
    suggesting: Suggesting
    wording: Wording
    guarding: Guarding

    @property
    def listeners(self) -> Sequence[Callable[[Ledger], None]]:
        return self.indexing.told, self.suggesting.told, self.wording.told

    @property
    def services(self) -> Mapping[type, Any]:
        """What a command may ask for."""
        offered = (self.knowledge, self.applying, self.wording, self.guarding)
        return {type(one): one for one in offered}

    def loops(self) -> Mapping[str, Coroutine[Any, Any, None]]:
        """Each runs until cancelled."""
        found = {
            "indexing": self.indexing.run(),
            "keeping": self.keeping.run(),
            "suggesting": self.suggesting.run(),
            "wording": self.wording.run(),
        }
        if isinstance(self.analyst, Supervisor | AnalystElsewhere):
            found["analyst"] = self.analyst.run()
        return found


def lay_answers(core: Core, environment: Mapping[str, str] | None) -> Answers:
    """Put together on what takes alerts.

    `environment`: of the analyst; without it there is none.
    """
    settings, store, engine, queries = core.settings, core.store, core.engine, core.queries
    analyst = _analyst(core, environment)
    consulting = Consulting(
        analyst=analyst,
        analyses=SqlAnalyses(store),
        allowance=settings.llm,
        clock=store.clock,
        new_id=new_id,
        fence=lambda: Fence(token_hex(8)),
        hosts=_link_hosts(settings),
        configured=settings.llm.enabled,
    )
    library = SqlLibrary(store)
    keeping = Keeping(library, analyst)
    library.changed = keeping.look
    knowledge = Knowledge(
        library,
        store.clock,
        new_id,
        Telling(consulting),
        Nearness(analyst),
        services=lambda: names_of(core.rules.policies),
    )
    analysing = Analysing(consulting, knowledge, queries, core.rules, engine.oncall)
    return Answers(
        analyst=analyst,
        consulting=consulting,
        library=library,
        keeping=keeping,
        knowledge=knowledge,
        indexing=Indexing(library, queries),
        analysing=analysing,
        applying=Applying(analysing, engine.amend),
        suggesting=Suggesting(knowledge, queries, engine.work, analysing),
        wording=Wording(analysing, queries, engine.work),
        guarding=Guarding(analysing, queries),
    )


def _analyst(core: Core, environment: Mapping[str, str] | None) -> Analyst:
    """A child of ours; without a model and an embedding here, whoever is there on PostgreSQL."""
    if environment is None:
        return NOBODY
    if core.settings.wants_analyst:
        took = core.telemetry.analysis.labels
        return Supervisor(environment, observe=lambda kind, seconds: took(kind).observe(seconds))
    return NOBODY if core.store.database.is_sqlite else AnalystElsewhere(core.store, new_id)


def _link_hosts(settings: Settings) -> frozenset[str]:
    """Where a model's words may link to: to us, and where the settings say."""
    ours = urlsplit(settings.public_url).hostname or ""
    return frozenset({*settings.llm.link_hosts, ours} - {""})


def new_id() -> str:
    return uuid4().hex
