"""How people and states are called on cards."""

from collections.abc import Mapping
from typing import Final

from bot.domain.card import Style, Tone
from bot.domain.lifecycle import Action, State
from bot.domain.noise import Noise
from bot.domain.policy import Person

TONES: Final[dict[State, Tone]] = {
    State.NEW: Tone.ALARM,
    State.ESCALATED: Tone.ALARM,
    State.ACKNOWLEDGED: Tone.ACTIVE,
    State.IN_PROGRESS: Tone.ACTIVE,
    State.RESOLVED: Tone.CALM,
    State.CLOSED: Tone.MUTED,
}

BUTTONS: Final[dict[Action, tuple[str, str, Style]]] = {
    Action.ACKNOWLEDGE: ("Acknowledge", "ack", Style.PRIMARY),
    Action.TAKE: ("Acknowledge", "ack", Style.PRIMARY),
    Action.START_WORK: ("Start work", "start", Style.NORMAL),
    Action.ESCALATE: ("Escalate", "escalate", Style.NORMAL),
    Action.RAISE: ("Escalate further", "escalate", Style.NORMAL),
    Action.DEESCALATE: ("De-escalate", "deescalate", Style.NORMAL),
    Action.RESOLVE: ("Resolve", "resolve", Style.NORMAL),
    Action.REOPEN: ("Reopen", "reopen", Style.NORMAL),
    Action.CLOSE: ("Close", "close", Style.NORMAL),
}
"""Label, verb and looks of each action that has a button."""

OUTCOMES: Final = {
    "fixed": "fixed",
    "false_alarm": "false alarm",
    "duplicate": "duplicate",
    "no_action": "no action",
    "cleared": "cleared by its source",
}


NOISES: Final[dict[Noise, str]] = {
    Noise.ALL: "everything, details in the thread of the card",
    Noise.HIGHLIGHTS: "what everybody must notice, and no details",
    Noise.STATUS: "severity, status updates, and how it ends",
    Noise.NONE: "nothing; only the card is kept",
}


def state_name(state: State) -> str:
    """`IN_PROGRESS` → `In progress`."""
    return state.replace("_", " ").capitalize()


def person_name(people: Mapping[str, Person], id: str | None) -> str:
    """The person's name, or the id where the policies do not know it."""
    if id is None:
        return ""
    known = people.get(id)
    return known.name or id if known else id
