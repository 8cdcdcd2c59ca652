"""One row for each thing the REST API does: the row makes the route, the checks and the document.

Whatever stands here is true by construction: a parameter that is not in the row is refused, and
`/api/v1/openapi.json` is printed from the same rows.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from bot.domain.people import SYSTEM, Actor
from bot.engine.acts.base import Ask
from bot.ports.queries import Viewer
from handlers.api.bodies import Body
from handlers.api.params import Param
from handlers.api.versions import Named

PREFIX: Final = "/api/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request, read and checked. `call` is the key under which it acts once, where it has one."""

    actor: Actor
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    if_match: Named | None = None
    if_none_match: Named | None = None
    call: str | None = None

    @property
    def viewer(self) -> Viewer:
        """What exists for the asker: the same as for their acts."""
        if self.actor.type is SYSTEM.type:
            return Viewer(everything=True)
        return Viewer(person=self.actor.id)

    def ask(self, version: int | None = None) -> Ask:
        return Ask(actor=self.actor, call=self.call, version=version)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """`data` becomes JSON; None is an empty body. `text` is sent as it is, as `media`."""

    data: Any = None
    text: str | None = None
    media: str = "application/json"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Do = Callable[[Asked], Awaitable[Reply]]
Again = Callable[[Asked, datetime], Awaitable[Reply]]
"""What to answer for an act that was committed at this moment, when its reply was lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`verb` is what reading needs the right to; None where the engine asks, act by act.

    `do` is None where something else serves it, and the document only tells of it. `shows` is the
    type of the reply. `again` belongs to whatever takes an `Idempotency-Key`.
    `examples` are bodies that the tests send. `refuses`: statuses of its own besides the usual.
    `open`: takes no credential. `also`: further media types of the reply.
    """

    method: str
    path: str
    name: str
    about: str
    do: Do | None = None
    verb: str | None = None
    params: tuple[Param, ...] = ()
    body: type[Body] | None = None
    examples: tuple[Mapping[str, Any], ...] = ()
    shows: Any = None
    status: int = 200
    refuses: tuple[int, ...] = ()
    if_match: bool = False
    if_none_match: bool = False
    again: Again | None = None
    open: bool = False
    also: tuple[str, ...] = ()
