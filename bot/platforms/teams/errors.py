"""What Microsoft's answers mean for whoever wanted something delivered.

One table: a code of the Bot Connector or of Graph, whether it can get better by itself, and what
somebody can do about it. Where a code says nothing, its status does.
https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference#http-status-codes
https://learn.microsoft.com/graph/errors
"""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from bot.domain.errors import DeliveryError


class Hope(Enum):
    """How a refusal may end."""

    NONE = "it will be refused again"
    TIME = "Microsoft is ill, and may be well in a while"
    PACE = "we asked too often; nothing was taken"
    OPERATOR = "somebody must mend the settings, and then everything can go out"


CODES: Final[Mapping[str, tuple[Hope, str]]] = {
    "Throttled": (Hope.PACE, "Teams asks us to wait"),
    "TooManyRequests": (Hope.PACE, "Graph asks us to wait"),
    "Unauthorized": (Hope.OPERATOR, "the token was not taken; see teams.app_id and app_password"),
    "TokenExpired": (Hope.TIME, "the token was too old"),
    "InvalidAuthenticationToken": (Hope.OPERATOR, "Graph did not take the token"),
    "invalid_client": (Hope.OPERATOR, "the client secret is wrong or has expired"),
    "unauthorized_client": (Hope.OPERATOR, "there is no such app; see teams.app_id"),
    "invalid_request": (Hope.OPERATOR, "there is no such tenant; see teams.tenant_id"),
    "BotNotInConversationRoster": (Hope.NONE, "Muster is not installed there; add the app"),
    "BotDisabledByAdmin": (Hope.NONE, "an admin of the tenant has blocked the app"),
    "MessageWritesBlocked": (Hope.NONE, "Muster was blocked or uninstalled there"),
    "ForbiddenOperation": (Hope.NONE, "Muster may not do that there"),
    "NotEnoughPermissions": (Hope.NONE, "Muster may not do that there"),
    "Forbidden": (Hope.NONE, "a permission for Graph is missing; see docs/teams.md"),
    "ConversationNotFound": (Hope.NONE, "there is no such conversation"),
    "ActivityNotFoundInConversation": (Hope.NONE, "the message is gone"),
    "MemberNotFoundInConversation": (Hope.NONE, "the person is not there"),
    "MessageSizeTooBig": (Hope.NONE, "the message is too long"),
    "BadArgument": (Hope.NONE, "the message was built wrongly"),
    "BadSyntax": (Hope.NONE, "the message was built wrongly"),
    "Request_ResourceNotFound": (Hope.NONE, "there is no such account"),
    "ServiceError": (Hope.TIME, "Teams has a problem of its own"),
    "ServiceUnavailable": (Hope.TIME, "Microsoft is not available"),
}
"""Code → what may become of it, and in words."""

AGAIN: Final = frozenset({408, 409, 412, 423, 425, 429})
"""Statuses of the 4xx that are worth another try; 412 says so in Teams' own page on limits."""


def hope_of(status: int, code: str) -> tuple[Hope, str]:
    """What may become of it, and in words."""
    if status == 429:
        return Hope.PACE, "Microsoft asks us to wait"
    if code in CODES:
        return CODES[code]
    if status in AGAIN or status >= 500:
        return Hope.TIME, "Microsoft has a problem of its own"
    return Hope.NONE, "that is new to us"


class TeamsRefused(DeliveryError):
    """`http` is the status, `code` Microsoft's own word; `hope` how it may end."""

    def __init__(
        self, what: str, status: int, code: str, said: str = "", *, retry_after: float | None = None
    ) -> None:
        hope, words = hope_of(status, code)
        self.http, self.code, self.hope, self.said = status, code, hope, said
        more = f": {said[:200]}" if said and said != code else ""
        super().__init__(
            f"Microsoft refused to {what}: {words} ({status} {code}{more})",
            permanent=hope is Hope.NONE,
            retry_after=retry_after,
            paced=hope is Hope.PACE,
        )


NOT_THERE: Final = frozenset({"ConversationNotFound", "NotFound"})
"""Codes for a room that is gone, or that is not there yet."""


class TeamsSilent(DeliveryError):
    """No answer worth the name: nothing in time, a closed connection, half a body.

    Whether the call was heard is not known.
    """


class Unreachable(DeliveryError):
    """No connection was made: the call was not heard."""


class Paced(DeliveryError):
    """Nothing was sent: Microsoft would refuse it now, or asked us to wait; `retry_after` s."""

    def __init__(self, what: str, seconds: float) -> None:
        super().__init__(f"to {what} waits its turn", retry_after=seconds, paced=True)
