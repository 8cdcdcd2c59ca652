"""Microsoft's noes, as DeliveryError: what is worth another try, and what never will be.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit and
https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/send-proactive-messages
"""

from typing import Final

from bot.domain.errors import DeliveryError

TRANSIENT: Final = frozenset({408, 412, 425, 429})
"""Of 4xx; 412 is a hiccup of the Connector's own."""


class TeamsRefused(DeliveryError):
    """The answer came and was no; `answered` is HTTP's, `code` Microsoft's word for it."""

    def __init__(
        self, what: str, status: int, code: str = "", *, retry_after: float | None = None
    ) -> None:
        lasting = status // 100 in (3, 4) and status not in TRANSIENT
        reason = f"{what} was answered with {status}" + (f" {code}" if code else "")
        super().__init__(reason, permanent=lasting, retry_after=retry_after)
        self.answered, self.code = status, code

    @property
    def is_gone(self) -> bool:
        """The message or the conversation is not there any more."""
        return self.answered == 404


class TeamsSilent(DeliveryError):
    """Nobody knows whether it was heard."""
