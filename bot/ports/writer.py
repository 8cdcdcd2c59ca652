"""Who words the draft of a postmortem.

The shipped one (bot/engine/postmortem/draft.py) puts together what the record says. Another one
may word it better; whatever it returns goes through the same door: what a person has touched is
never replaced, only proposed to them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.alert import AlertRecord
from bot.domain.entry import Entry
from bot.domain.incident import Incident
from bot.domain.policy import Policies
from bot.domain.postmortem import Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Everything a draft may be made of, as of one moment: entries by seq, alerts as they came."""

    incident: Incident
    entries: Sequence[Entry]
    alerts: Sequence[AlertRecord]
    policies: Policies


class Writer(Protocol):
    def __call__(self, material: Material) -> Mapping[str, Values]:
        """Section → the answers to its questions (bot.domain.postmortem.PARTS), as plain text.

        It is called inside a transaction, so it must be quick and must not fail.
        """
        ...
