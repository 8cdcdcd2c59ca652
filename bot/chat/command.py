"""What a command is: a verb, how to use it, and the function that does it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.chat.grammar import split_first, split_verb
from bot.chat.inject import Handler
from bot.domain.errors import Invalid
from bot.domain.ids import read_incident_id
from bot.domain.lifecycle import OPEN, State


class Takes(StrEnum):
    """How a verb gets its incident."""

    NOTHING = "nothing"
    INCIDENT = "incident"  # an id, or the room's
    OPTIONAL = "optional"  # an id, the room's, or none


class Says(StrEnum):
    """What a word of a command is, where it is one of those known."""

    PERSON = "person"
    SEVERITY = "severity"
    SERVICE = "service"
    SCHEDULE = "schedule"
    ROLE = "role"
    OUTCOME = "outcome"
    VERB = "verb"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """`free_text`: what follows the id is prose, so a bare number in a room is no id.

    `form`, where there is one, opens the form instead when nothing else is given, or when one of
    `opens` follows; `validate` says what is wrong with a filled-in one. Both only read. `picks`:
    the states of the incidents it is offered for, where none was named. `says`: what the words
    after the id are, for completion.
    """

    verb: str
    usage: str
    help: str
    handler: Handler
    takes: Takes = Takes.NOTHING
    picks: Collection[State] = OPEN
    aliases: tuple[str, ...] = ()
    free_text: bool = False
    says: tuple[Says, ...] = ()
    form: Handler | None = None
    opens: tuple[str, ...] = ()
    validate: Handler | None = None
    flags: Mapping[str, bool] = field(default_factory=dict)
    public: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        return (self.verb, *self.aliases)

    def refuse_more(self, words: Sequence[str]) -> None:
        """
        Raises:
            Invalid: it is for one incident and nothing else, and these words name another.
        """
        if self.usage != f"{self.verb} [#id]":
            return
        others = [word for word in words if read_incident_id(word, bare=False) is not None]
        if others:
            raise Invalid(
                f"One incident at a time, please: nothing was done. `{self.verb} {others[0]}` "
                "wants a message of its own."
            )


def asking(commands: Iterable[Command]) -> Callable[[str], bool]:
    """Whether a form may answer this line: `resolve #42`, `postmortem #42 edit summary`.

    For platforms on which a button says beforehand that it opens a dialog.
    """
    opened = {word: command.opens for command in commands if command.form for word in command.words}

    def asks(line: str) -> bool:
        verb, rest = split_verb(line)
        first, after = split_first(rest)
        if read_incident_id(first, bare=False) is not None:
            rest = after
        return verb in opened and (not rest or split_verb(rest)[0] in opened[verb])

    return asks
