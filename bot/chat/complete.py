"""What may be meant by the words so far: verbs, incidents, and what the verb's words can be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.chat.command import Command, Says, Takes
from bot.chat.grammar import split_verb
from bot.domain.ids import read_incident_id
from bot.domain.incident import Outcome
from bot.domain.people import Actor
from bot.engine.acts.details import ROLES
from bot.engine.rules import Rules
from bot.ports.queries import IncidentFilter, Queries, Viewer

SUGGESTED: Final = 8
FLAG: Final = "--"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A whole line that may be meant, and what its last word stands for."""

    line: str
    about: str = ""


class Completion:
    """`words`: every word that begins a command → the command."""

    def __init__(self, words: Mapping[str, Command], rules: Rules, queries: Queries) -> None:
        self.words, self.rules, self.queries = words, rules, queries
        self._known: Mapping[Says, Callable[[], Mapping[str, str]]] = {
            Says.PERSON: self._people,
            Says.SEVERITY: self._severities,
            Says.SERVICE: self._services,
            Says.SCHEDULE: lambda: dict.fromkeys(self.rules.policies.schedules, ""),
            Says.ROLE: lambda: dict.fromkeys(ROLES, ""),
            Says.OUTCOME: lambda: dict.fromkeys(OUTCOMES, ""),
            Says.VERB: lambda: {c.verb: c.help for c in self.words.values()},
        }

    async def __call__(
        self, text: str, actor: Actor, room: int | None = None
    ) -> Sequence[Suggestion]:
        """At most SUGGESTED lines that begin like this one; none where nothing is known of it."""
        first, _ = split_verb(text)
        command = self.words.get(first)
        if command is None or " " not in text.lstrip():
            verbs = {word: c.help for word, c in self.words.items()}
            return _beginning("", first, verbs)
        *done, begun = text.split(" ")
        before = [word for word in done if word][1:]
        line = text.removesuffix(begun)
        if offers := await self._offers(command, before, begun, actor, room):
            return _beginning(line, begun, offers)
        return []

    async def _offers(
        self,
        command: Command,
        before: Sequence[str],
        begun: str,
        actor: Actor,
        room: int | None,
    ) -> Mapping[str, str]:
        if before and before[-1].startswith(FLAG):
            says = FLAGS.get(before[-1].removeprefix(FLAG))
            return self._known[says]() if says else {}
        if begun.startswith(FLAG):
            return dict.fromkeys((FLAG + flag for flag in command.flags), "")
        named = bool(before) and read_incident_id(before[0], bare=True) is not None
        takes_id = command.takes is not Takes.NOTHING and not before
        if takes_id and (begun.startswith("#") or (not begun and room is None)):
            return await self._incidents(command, actor)
        place = len(before) - named
        if place >= len(command.says):
            return {}
        known = self._known[command.says[place]]()
        at = "@" if begun.startswith("@") else ""
        return {at + word: about for word, about in known.items()}

    async def _incidents(self, command: Command, actor: Actor) -> Mapping[str, str]:
        page = await self.queries.incidents(
            IncidentFilter(status=tuple(map(str, command.picks))), Viewer(actor.id), limit=50
        )
        return {f"#{one.number}": one.title for one in page.items}

    def _people(self) -> Mapping[str, str]:
        people = self.rules.policies.people
        return {"me": "", **{id: person.name or "" for id, person in people.items()}}

    def _severities(self) -> Mapping[str, str]:
        policies = self.rules.policies.severities
        return {str(severity): policy.label for severity, policy in policies.items()}

    def _services(self) -> Mapping[str, str]:
        return {id: one.name or "" for id, one in self.rules.policies.services.items()}


OUTCOMES: Final = tuple(
    str(outcome).replace("_", " ") for outcome in Outcome if outcome is not Outcome.CLEARED
)
FLAGS: Final = {"severity": Says.SEVERITY, "service": Says.SERVICE}
"""Flag → what its value is, where that is one of those known."""


def _beginning(line: str, begun: str, offers: Mapping[str, str]) -> list[Suggestion]:
    """Those that begin so, in any case; not the one that stands there already."""
    found = [
        Suggestion(line + word, about)
        for word, about in offers.items()
        if word.lower().startswith(begun.lower()) and word != begun
    ]
    return (found if line else sorted(found, key=lambda one: one.line))[:SUGGESTED]
