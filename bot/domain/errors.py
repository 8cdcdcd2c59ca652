"""Every error Muster raises on purpose.

MusterError
├── UserError              its text is the reply, on every surface
│   ├── NotFound           missing, or not for the asker's eyes (404)
│   ├── Forbidden          the asker's rights do not reach (403)
│   ├── Conflict           the state or a newer version refuses it (409)
│   │   └── IllegalTransition   names what is allowed now
│   ├── Stale              If-Match or a form's version is old (412)
│   ├── Invalid            understood, but not acceptable (422)
│   │   └── WhichIncident  none was named, and the place has none
│   └── UnknownCommand     no such verb
├── DoorError              what a webhook's sender is told
│   ├── Unreadable         not JSON, bad encoding, too deep (400); nothing is kept
│   ├── Unauthentic        no or wrong credential (401); nothing is kept
│   ├── TooLarge           over the door's cap (413); nothing is kept
│   ├── WrongShape         authentic JSON of a shape we cannot read (422); kept as a dead letter
│   ├── TooMany            a source's own limit (429)
│   └── Overloaded         queue full, or the database crowded (503); please send again
│       └── Away           the database is away; the store says so once, whoever asks waits
├── DeliveryError          permanent=True stops the retries
└── ConfigError            the process refuses to start, or a reload changes nothing
"""

from collections.abc import Sequence
from typing import ClassVar


class MusterError(Exception):
    """Root of the tree."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something broke"


class UserError(MusterError):
    """Its text is the reply."""

    status = 400
    title = "That did not work"


class NotFound(UserError):
    status = 404
    title = "Not found"


class Forbidden(UserError):
    status = 403
    title = "Not allowed"


class Conflict(UserError):
    status = 409
    title = "Refused"

    def __init__(self, text: str, *, allowed: Sequence[str] = ()) -> None:
        super().__init__(text)
        self.allowed = tuple(allowed)


class IllegalTransition(Conflict):
    pass


class Stale(UserError):
    status = 412
    title = "Somebody was faster"


class Invalid(UserError):
    """`field` names what to mend, where one field is to blame."""

    status = 422
    title = "Not acceptable"

    def __init__(self, text: str, *, field: str = "") -> None:
        super().__init__(text)
        self.field = field


class WhichIncident(Invalid):
    """Asked in a place without an incident; a surface may offer those that could be meant."""

    def __init__(self) -> None:
        super().__init__("Which incident? Give me its number, as in #42.")


class UnknownCommand(UserError):
    status = 422
    title = "Unknown command"


class DoorError(MusterError):
    status = 400
    title = "Not accepted"


class Unreadable(DoorError):
    title = "Unreadable"


class Unauthentic(DoorError):
    status = 401
    title = "Not authentic"


class TooLarge(DoorError):
    status = 413
    title = "Too large"


class WrongShape(DoorError):
    status = 422
    title = "Wrong shape"


class TooMany(DoorError):
    status = 429
    title = "Too many requests"

    def __init__(self, text: str, *, retry_after: float) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class Overloaded(DoorError):
    status = 503
    title = "Not now"

    def __init__(self, text: str, *, retry_after: float = 1) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class Away(Overloaded):
    """Loops try again without a word: whoever reaches the database tells when it goes and comes."""

    def __init__(self) -> None:
        super().__init__("The database is away; please try again.")


class ConfigError(MusterError):
    pass


class DeliveryError(MusterError):
    """Something outside did not take what we sent.

    `permanent`: it will not get better by itself. `retry_after`: seconds the other side asked for.
    `paced`: nothing is wrong and nothing was sent; it was only too much at once. `for_all`: nothing
    else of its kind will be taken there until `retry_after` is over.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool = False,
        retry_after: float | None = None,
        paced: bool = False,
        for_all: bool = False,
    ) -> None:
        super().__init__(reason)
        self.permanent = permanent
        self.retry_after = retry_after
        self.paced = paced
        self.for_all = for_all

    @classmethod
    def from_status(
        cls, who: str, status: int, retry_after: float | None = None
    ) -> "DeliveryError":
        """4xx will not get better by itself, except 408, 425 and 429; 5xx may."""
        lasting = status // 100 == 4 and status not in {408, 425, 429}
        return cls(f"{who} said {status}", permanent=lasting, retry_after=retry_after)
