"""What a command's handler is given: the call, read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.chat.call import Call
from bot.chat.grammar import unquote
from bot.domain.errors import WhichIncident
from bot.domain.people import Actor
from bot.engine.acts.base import Ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`number` is the incident, by id or by room. `answers` are a submitted form's."""

    call: Call
    verb: str
    number: int | None = None
    words: tuple[str, ...] = ()
    rest: str = ""
    flags: Mapping[str, str] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        return self.call.actor

    @property
    def answers(self) -> Mapping[str, str] | None:
        return self.call.answers

    @property
    def ask(self) -> Ask:
        return Ask(
            actor=self.call.actor, call=self.call.decides or self.call.key, seen=self.call.seen
        )

    @property
    def incident(self) -> int:
        """The incident's number, for a verb that cannot do without one here.

        Raises:
            WhichIncident: none was named; the router offers those that could be meant.
        """
        if self.number is None:
            raise WhichIncident
        return self.number

    @property
    def text(self) -> str:
        """The rest, without quotes around the whole of it."""
        return unquote(self.rest).strip()

    @property
    def bare(self) -> bool:
        """Nothing was given beside the verb and the incident."""
        return not self.rest and not self.flags and self.answers is None

    def answer(self, name: str) -> str:
        """A form's field, empty where it was left out."""
        return (self.answers or {}).get(name, "").strip()
