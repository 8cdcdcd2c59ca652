"""Whatever carries something outside: a chat platform, or a one-way channel."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.domain.card import Card
from bot.domain.effect import Capabilities, EffectKind
from bot.domain.policy import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One thing to do outside, ready to be done.

    `to` is `person:<id>`, `email:<address>`, `webhook:<url>`, or empty where the place decides;
    `person` is the policy's person for the first kind. `card` says it, `line` says it within 60
    characters. `payload` is the effect's own, `places` where the incident shows on this platform
    (slot → address). `key` is the same for every try: send it where an idempotency key is taken.
    `facts` is a JSON object about the incident and the entry, for machines. `shows` is what the
    engine keeps of a live card once it was delivered. `home` is the channel of the team that has
    the incident, as teams.yaml names it, for what is said outside a room. `tries` is how often it
    was tried before: above 0 it may have been heard already. `wanted` are the people whom the
    incident concerns, by id, for platforms that tell people by calling them by name.
    """

    key: str
    kind: EffectKind
    to: str = ""
    person: Person | None = None
    person_id: str = ""
    incident: int | None = None
    card: Card | None = None
    line: str = ""
    loud: bool = False
    payload: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    shows: Mapping[str, Any] = field(default_factory=dict)
    home: str = ""
    tries: int = 0
    wanted: tuple[str, ...] = ()


class Channel(Protocol):
    """`perform` returns what it made, by slot (`{"room": {"id": "C1"}}`); {} where nothing.

    Raises:
        DeliveryError: it was not taken; `permanent` if it never will be.
    """

    @property
    def capabilities(self) -> Capabilities: ...

    async def perform(self, job: Job) -> Mapping[str, Mapping[str, Any]]: ...
