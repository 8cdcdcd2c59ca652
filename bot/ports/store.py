"""The one truth: transactions over incidents, alerts, timers and effects.

A transaction is a function given to `Store.transact`. It reads through the unit (incidents come
locked, in ascending order), decides in memory, writes into `unit.ledger`; when it returns, the
ledger is written down and committed. A serialization failure runs the function again from the
start, so it must not do anything else.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any, Protocol, TypeVar

from bot.domain.alert import AlertRecord, KnownAlert
from bot.domain.effect import Effect, EffectKind
from bot.domain.entry import Entry, EntryType
from bot.domain.incident import Incident
from bot.domain.ledger import Ledger
from bot.domain.noise import Noise
from bot.domain.people import Actor
from bot.domain.severity import Severity
from bot.domain.silence import Silence

T = TypeVar("T")


class Lane(IntEnum):
    """Who goes first where there is one writer.

    HEARING is keeping a command, for which a platform waits; COMMANDS carries it out.
    """

    TIMERS = 0
    HEARING = 1
    COMMANDS = 2
    DELIVERY = 3
    INTAKE = 4


AlertKey = tuple[str, str]
"""(source, fingerprint)"""


@dataclass(frozen=True, slots=True)
class Group:
    """Which incident holds a group now, and which one had it last."""

    open: int | None
    latest: int | None


@dataclass(frozen=True, slots=True)
class Tally:
    """The alerts of one incident: how many fire, the worst of those, when one was last seen."""

    firing: int = 0
    worst: Severity | None = None
    last_seen_at: datetime | None = None


@dataclass(slots=True, kw_only=True)  # frozen takes three times as long, for every request
class RawBody:
    """A request as it came; kept for a while, so that it can be looked at and replayed."""

    id: str
    source: str
    body: bytes


@dataclass(slots=True, kw_only=True)  # as RawBody
class EventRow:
    """What was decided about one alert of one request."""

    id: str
    raw: str
    position: int
    source: str
    event_id: str | None
    alert: str | None
    incident: int | None
    decision: str
    decided_by: str = ""
    opened_at: datetime | None = None  # of the incident, for its id
    deduplicated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DueTimer:
    id: int
    subject: str
    kind: str
    round: int
    due_at: datetime
    payload: Mapping[str, Any]
    tries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """Effects of one ordering key that are ours until `claimed_until`; `token` proves it.

    `more` further ones were due to the same person by the same way, up to the id `until`: what is
    sent counts them, and settling this claim as done settles them too. `lapsed`: pages whose time
    was over before they were sent; they are only to be put on the record.
    """

    ids: tuple[int, ...]
    token: str
    effects: tuple[Effect, ...]
    tries: int
    queued_at: datetime
    more: int = 0
    until: int = 0
    lapsed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an incident shows on a platform: its `room`, its `card`, its `announcement`."""

    incident: int
    platform: str
    slot: str
    address: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoked:
    """A command as it is kept before it is acknowledged."""

    key: str
    platform: str
    actor: str
    text: str
    payload: Mapping[str, Any] = field(default_factory=dict)


class Unit(Protocol):
    """One transaction."""

    ledger: Ledger

    @property
    def now(self) -> datetime: ...

    # incidents
    async def incidents(self, numbers: Collection[int]) -> dict[int, Incident]: ...
    async def incident(self, number: int) -> Incident: ...
    async def unlocked(self, numbers: Collection[int]) -> set[int]: ...
    async def group_keys(self, incident: int) -> list[str]: ...
    async def new_numbers(self, count: int) -> list[int]: ...
    async def give_back(self, numbers: Sequence[int]) -> None: ...
    async def group_holder(self, incident: int) -> int | None: ...
    async def entries(self, incident: int, after: int = 0) -> list[Entry]: ...

    # intake
    async def known(self, keys: Collection[AlertKey]) -> dict[AlertKey, KnownAlert]: ...
    async def alerts(self, keys: Collection[AlertKey]) -> dict[AlertKey, AlertRecord]: ...
    async def alerts_by_id(self, ids: Collection[str]) -> list[AlertRecord]: ...
    async def alerts_of(self, incident: int) -> list[AlertRecord]: ...
    async def suppressed(self, decided_by: str) -> list[AlertRecord]: ...
    async def inhibited(self) -> list[AlertRecord]: ...
    async def groups(self, keys: Collection[str]) -> dict[str, Group]: ...
    async def tallies(self, incidents: Collection[int]) -> dict[int, Tally]: ...
    async def silences(self) -> list[Silence]: ...
    async def inhibiting(self, keys: Collection[str]) -> list[tuple[str, str]]: ...
    async def inhibitors(self) -> list[tuple[str, str]]: ...
    async def correlated(
        self, route: str, since: datetime
    ) -> list[tuple[int, Mapping[str, str]]]: ...
    async def replies(
        self, keys: Collection[tuple[str, str]]
    ) -> dict[tuple[str, str], EventRow]: ...
    def keep(self, raw: Sequence[RawBody], events: Sequence[EventRow]) -> None: ...
    async def bury(self, *, source: str, raw: RawBody, reason: str) -> str: ...

    async def letter(self, id: str) -> tuple[str, bytes] | None: ...
    async def letter_failed(self, id: str, reason: str) -> None: ...
    async def letter_done(self, id: str) -> None: ...

    # silences
    async def add_silence(self, silence: Silence) -> Silence: ...
    async def silence(self, id: int) -> Silence: ...
    async def end_silence(self, id: int) -> None: ...

    # follow-ups
    async def promised(self, person: str, teams: Collection[str]) -> bool: ...

    # timers
    async def due_timers(self, limit: int) -> list[DueTimer]: ...
    async def take_timers(self, ids: Collection[int]) -> set[int]: ...
    async def postpone_timer(self, id: int, due_at: datetime) -> None: ...

    # effects
    async def claim(
        self,
        limit: int,
        *,
        lease: float,
        busy: Collection[str] = (),
        resting: Collection[str] = (),
        sparing: Collection[str] = (),
    ) -> list[Claimed]: ...
    async def settle(
        self, claimed: Claimed, *, state: str, error: str = "", retry_at: datetime | None = None
    ) -> bool: ...
    async def effect_wanted(self, ids: Collection[int], token: str) -> set[int]: ...
    async def keep_claim(self, claimed: Claimed, seconds: float) -> None: ...
    async def free_claims(self) -> None: ...
    async def hasten(self, claimed: Claimed) -> None: ...
    async def invited(self, incidents: Collection[int]) -> dict[int, set[str]]: ...
    async def places(self, incident: int) -> list[Place]: ...
    async def put_place(self, place: Place) -> None: ...
    async def take_channel(self, platform: str, channel: str, incident: int) -> int | None: ...
    async def set_quoted(self, places: Collection[str], incident: int) -> None: ...
    async def set_noise(self, platform: str, channel: str, noise: Noise | None) -> None: ...

    # commands
    async def invoke(self, call: Invoked) -> bool: ...
    async def invoked(self, key: str) -> Mapping[str, Any] | None: ...
    async def ask_again(self, key: str) -> Mapping[str, Any] | None: ...
    async def forget(self, key: str, kept_at: datetime) -> None: ...
    async def left_behind(self, before: datetime) -> list[Mapping[str, Any]]: ...
    async def answer(self, key: str, reply: Mapping[str, Any]) -> None: ...

    # acts without an incident
    async def system_entry(
        self, actor: Actor, type: EntryType, text: str, **metadata: Any
    ) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A suggestion that an act carries out: decided by the same transaction, or not at all.

    `status` and `reason` are as in bot.ports.analyses; `call` is the invocation it was pressed by.
    """

    suggestion: str
    status: str
    by: str
    reason: str
    call: str


Cause = str | Decision
"""What an act is the carrying out of: an invocation by its key, or a suggestion."""


class Store(Protocol):
    """Many readers, and transactions that are written down whole or not at all."""

    def now(self) -> datetime: ...

    async def transact(
        self, work: Callable[[Unit], Awaitable[T]], *, lane: Lane, call: Cause | None = None
    ) -> T:
        """Runs `work` in one transaction and commits it.

        `call`: what this carries out; it is marked done in the same commit, and `work` is not run a
        second time for it.

        Raises:
            Overloaded: others stayed in the way in every try; Away: the database is.
            AlreadyDone: the invocation was carried out before.
            Invalid: the suggestion was decided before.
        """
        ...

    async def look(self, work: Callable[[Unit], Awaitable[T]]) -> T:
        """Runs `work`, which only reads, on what is committed now; it waits for no writer.

        Raises:
            Away: the database is.
        """
        ...

    async def next_due(self) -> datetime | None:
        """When the earliest pending timer is due."""
        ...

    async def next_delivery(self) -> datetime | None:
        """When the earliest pending effect is due."""
        ...


class AlreadyDone(Exception):
    """The invocation's act is committed already."""


__all__ = [
    "AlertKey",
    "AlreadyDone",
    "Cause",
    "Claimed",
    "Decision",
    "DueTimer",
    "EffectKind",
    "EventRow",
    "Group",
    "Invoked",
    "Lane",
    "Place",
    "RawBody",
    "Store",
    "Tally",
    "Unit",
]
