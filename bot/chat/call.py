"""A command on its way, and what comes back: the same for typed, pressed, filled in and posted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.card import Card
from bot.domain.form import Form
from bot.domain.people import Actor
from bot.ports.store import Decision


class Talk(StrEnum):
    """Whether something is a command, or what people said to each other in a room whose talk is
    kept; FOLLOWED: a message that a note quotes was edited or deleted."""

    NONE = ""
    SAID = "said"
    CHANGED = "changed"
    FOLLOWED = "followed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Somebody asked for something.

    `key` is the invocation's, unique for ever. `text` is the whole line (`ack #42`). `room` is the
    incident of the room it was said in. `answers` are a form's, None where none was submitted.
    `interactive`: the surface can show a form in its own answer. `seen`: the version that a
    pressed button was shown at. `quotes`: where the words stand that a note is to quote, or that
    were said there (`talk`). `decides`: the suggestion that is carried out with it.
    """

    key: str
    platform: str
    actor: Actor
    text: str
    room: int | None = None
    answers: Mapping[str, str] | None = None
    interactive: bool = True
    seen: int | None = None
    quotes: str = ""
    talk: Talk = Talk.NONE
    decides: Decision | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the asker gets: a card, or a form to fill in, or what was wrong with one.

    `private` replies are for the asker alone, on every surface. `incident` is the one it was about,
    `version` the one its buttons are for.
    `ok` is False where the card says why it did not work.
    """

    card: Card | None = None
    form: Form | None = None
    wrong: Mapping[str, str] = field(default_factory=dict)
    private: bool = True
    incident: int | None = None
    version: int | None = None
    ok: bool = True
    status: int = 200
