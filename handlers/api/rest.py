"""The REST API put together: every subject, on one desk."""

from collections.abc import Callable, Iterable

from aiohttp import web

from bot.engine.amend import Amend
from bot.engine.incidents import Incidents
from bot.engine.knowledge.asking import Knowledge
from bot.engine.postmortem.wording import Wording
from bot.engine.rules import Rules
from bot.engine.silences import Silences
from bot.ports.queries import Queries
from bot.ports.store import Store
from handlers.api.actions import ActionSubject
from handlers.api.alerts import AlertSubject
from handlers.api.caller import Caller
from handlers.api.desk import Desk, Subject
from handlers.api.document import DocumentSubject
from handlers.api.entries import EntrySubject
from handlers.api.finding import Finder
from handlers.api.followups import FollowupSubject
from handlers.api.incidents import IncidentSubject
from handlers.api.knowledge import KnowledgeSubject
from handlers.api.marks import MarkSubject
from handlers.api.once import Once
from handlers.api.operation import Operation
from handlers.api.postmortems import PostmortemSubject
from handlers.api.silences import SilenceSubject
from handlers.api.tasks import TaskSubject


class Rest:
    """`address` makes a link of our own absolute.

    `more`: subjects that come from elsewhere; they are served and documented with the others.
    """

    def __init__(
        self,
        *,
        caller: Caller,
        store: Store,
        queries: Queries,
        rules: Rules,
        incidents: Incidents,
        amend: Amend,
        silences: Silences,
        knowledge: Knowledge,
        wording: Wording,
        address: Callable[[str], str],
        more: Iterable[Subject] = (),
        dev: bool = False,
    ) -> None:
        self.desk, self.dev = Desk(caller, Once(store)), dev
        finder = Finder(queries)
        self.subjects: tuple[Subject, ...] = (
            IncidentSubject(queries, finder, incidents, amend),
            ActionSubject(finder, incidents),
            EntrySubject(queries, finder),
            AlertSubject(queries, finder, lambda: rules.policies.words),
            SilenceSubject(queries, finder, silences, store.now),
            TaskSubject(queries, finder, incidents),
            FollowupSubject(queries, finder, incidents, store.now),
            MarkSubject(finder, incidents),
            PostmortemSubject(queries, finder, incidents, lambda: rules.policies, wording),
            KnowledgeSubject(queries, finder, knowledge, address),
            *more,
        )

    def operations(self) -> list[Operation]:
        told = [one for subject in self.subjects for one in subject.operations()]
        return [*told, *DocumentSubject(told, dev=self.dev).operations()]

    def routes(self) -> list[web.RouteDef]:
        return self.desk.routes(self.operations())
