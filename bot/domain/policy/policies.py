"""All policies together, and whether they fit each other."""

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from bot.domain.people import Right
from bot.domain.policy.base import Policy
from bot.domain.policy.escalation import Escalation, TargetKind, Targets
from bot.domain.policy.inhibition import Inhibition
from bot.domain.policy.people import IDENTITIES, Person, Schedule, Service, Team
from bot.domain.policy.route import Route
from bot.domain.policy.severity import SeverityPolicy
from bot.domain.severity import WORDS, Severity


class PolicyProblem(NamedTuple):
    """Something that points nowhere: where it stands, and what to mend."""

    path: tuple[str, ...]
    text: str


class Policies(Policy):
    """One mapping per file, by id. `version` is a digest of the files they came from."""

    people: Mapping[str, Person] = {}
    teams: Mapping[str, Team] = {}
    services: Mapping[str, Service] = {}
    routes: Mapping[str, Route]
    escalations: Mapping[str, Escalation]
    schedules: Mapping[str, Schedule] = {}
    severities: Mapping[Severity, SeverityPolicy]
    inhibitions: Mapping[str, Inhibition] = {}
    version: str = ""

    @cached_property
    def words(self) -> Mapping[str, Severity]:
        """Vendor word (lower case) → severity."""
        said = {
            word.lower(): severity
            for severity, policy in self.severities.items()
            for word in policy.words
        }
        return {**WORDS, **said}

    @cached_property
    def fallback_route(self) -> str:
        return next(id for id, route in self.routes.items() if route.fallback)

    def route_for(self, labels: Mapping[str, str]) -> str:
        """The id of the route that takes an alert with these labels."""
        for id, route in self.routes.items():
            if not route.fallback and route.matches(labels):
                return id
        return self.fallback_route

    def team_of(self, route: Route, service: str | None) -> str | None:
        """The route's team, else the service's owner."""
        if route.team:
            return route.team
        known = self.services.get(service or "")
        return known.owner if known else None

    def escalation_of(self, route: str | None, team: str | None) -> str:
        """The route's policy, else the team's, else the first one of the file."""
        ways = (self.routes.get(route or ""), self.teams.get(team or ""))
        own = next((way.policy for way in ways if way and way.policy), None)
        return own or next(iter(self.escalations))

    def joined_by(self, newcomers: Mapping[str, Person]) -> "Policies":
        """With these people besides the listed ones; whoever is listed needs no second place."""
        handles = {person.slack for person in self.people.values()} - {None}
        letters = {(person.email or "").lower() for person in self.people.values()} - {""}
        new = {
            id: newcomer
            for id, newcomer in newcomers.items()
            if id in self.people
            or (newcomer.slack not in handles and (newcomer.email or "").lower() not in letters)
        }
        return self.model_copy(update={"people": {**self.people, **new}}) if new else self

    def problems(self, ways: Collection[str]) -> Iterator[PolicyProblem]:
        """Everything that points nowhere; `ways` are the channels that find a person."""
        yield from self._people_problems(ways)
        yield from self._route_problems()
        yield from self._severity_problems()
        yield from self._team_problems()
        yield from self._service_problems()
        for id, schedule in self.schedules.items():
            for person in schedule.people:
                yield from self._points(("schedules", id, "people"), "person", person, self.people)
        for id, escalation in self.escalations.items():
            manager = ("escalations", id, "manager")
            yield from self._target_problems(manager, escalation.manager.targets)
            yield from self._target_problems(manager, escalation.manager.fallback)
            for level in escalation.levels:
                levels = ("escalations", id, "levels")
                yield from self._target_problems(levels, level.targets)
                yield from self._target_problems(levels, level.fallback)

    def _people_problems(self, ways: Collection[str]) -> Iterator[PolicyProblem]:
        """Whoever writes from one address is one person; a way nobody knows reaches nobody."""
        for what in IDENTITIES:
            owners: dict[str, str] = {}
            for id, person in self.people.items():
                if said := (getattr(person, what) or "").lower():
                    owner = owners.setdefault(said, id)
                    if owner != id:
                        text = f"it is that of {owner} too; each person has their own"
                        yield PolicyProblem(("people", id, what), text)
        for id, person in self.people.items():
            for way in person.contact:
                if way.channel not in ways:
                    text = f"there is no channel {way.channel!r}; known: {', '.join(ways)}"
                    yield PolicyProblem(("people", id, "contact"), text)

    def _severity_problems(self) -> Iterator[PolicyProblem]:
        meant: dict[str, Severity] = {}
        for severity in Severity:
            if severity not in self.severities:
                yield PolicyProblem(("severities",), f"{severity} is missing")
                continue
            for word in self.severities[severity].words:
                first = meant.setdefault(word.lower(), severity)
                if first is not severity:
                    text = f"{word!r} stands for {first} already"
                    yield PolicyProblem(("severities", severity, "words"), text)

    def _team_problems(self) -> Iterator[PolicyProblem]:
        for id, team in self.teams.items():
            for person in (*team.members, *filter(None, (team.manager,))):
                yield from self._points(("teams", id), "person", person, self.people)
            for what, named, shelf in (
                ("schedule", team.schedule, self.schedules),
                ("policy", team.policy, self.escalations),
            ):
                if named:
                    yield from self._points(("teams", id, what), what, named, shelf)

    def _service_problems(self) -> Iterator[PolicyProblem]:
        for id, service in self.services.items():
            if service.owner:
                yield from self._points(
                    ("services", id, "owner"), "team", service.owner, self.teams
                )
            for other in service.dependencies:
                yield from self._points(
                    ("services", id, "dependencies"), "service", other, self.services
                )

    def _route_problems(self) -> Iterator[PolicyProblem]:
        fallbacks = [id for id, route in self.routes.items() if route.fallback]
        if len(fallbacks) != 1:
            yield PolicyProblem(
                ("routes",), "exactly one route must say `fallback: true`, so that no alert is lost"
            )
        for id, route in self.routes.items():
            if route.team:
                yield from self._points(("routes", id, "team"), "team", route.team, self.teams)
            if route.service:
                yield from self._points(
                    ("routes", id, "service"), "service", route.service, self.services
                )
            if route.policy:
                yield from self._points(
                    ("routes", id, "policy"), "escalation", route.policy, self.escalations
                )
            if route.fallback and route.match:
                yield PolicyProblem(
                    ("routes", id, "match"), "the fallback takes everything else; leave `match` out"
                )
            if not route.fallback and not route.match:
                yield PolicyProblem(
                    ("routes", id), "it has no `match`; only the fallback route takes everything"
                )

    def _target_problems(self, path: tuple[str, ...], targets: Targets) -> Iterator[PolicyProblem]:
        shelves: dict[TargetKind, tuple[str, Mapping[str, object]]] = {
            TargetKind.USER: ("person", self.people),
            TargetKind.TEAM: ("team", self.teams),
            TargetKind.MANAGER: ("team", self.teams),
            TargetKind.ONCALL: ("schedule", self.schedules),
        }
        for target in targets:
            if target.id and target.kind in shelves:
                what, shelf = shelves[target.kind]
                yield from self._points(path, what, target.id, shelf)

    def _points(
        self, path: tuple[str, ...], what: str, id: str, shelf: Mapping[str, object]
    ) -> Iterator[PolicyProblem]:
        if id not in shelf:
            known = ", ".join(sorted(shelf)) or "none"
            yield PolicyProblem(path, f"there is no {what} {id!r}; known: {known}")

    @cached_property
    def admins(self) -> tuple[str, ...]:
        return tuple(id for id, person in self.people.items() if person.rights is Right.ADMIN)
