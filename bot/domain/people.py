"""Who acts, and how far their rights reach. Verb by right is one table, printed in the docs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from bot.domain.entry import ActorType


class Right(StrEnum):
    """Each includes the ones before it."""

    NOTHING = "nothing"
    VIEWER = "viewer"
    RESPONDER = "responder"
    COMMANDER = "commander"
    MANAGER = "manager"
    ADMIN = "admin"

    def reaches(self, needed: "Right") -> bool:
        return REACH[self] >= REACH[needed]


REACH: Final = {right: place for place, right in enumerate(Right)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Whoever causes something: a person, an integration, or Muster itself.

    `id` is the person's or token's id. `zone` is an IANA name, for times the actor types.
    `origin` says by which surface (platform, room, address); it is kept with every entry.
    """

    id: str
    name: str = ""
    type: ActorType = ActorType.USER
    right: Right = Right.NOTHING
    zone: str = "UTC"
    origin: Mapping[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        return self.name or self.id

    @property
    def is_person(self) -> bool:
        return self.type is ActorType.USER


SYSTEM: Final = Actor(id="muster", name="Muster", type=ActorType.SYSTEM, right=Right.ADMIN)


def source_actor(source: str) -> Actor:
    """An alert source, as the one who caused an entry."""
    return Actor(id=source, name=source, type=ActorType.INTEGRATION, right=Right.NOTHING)
