"""Is it over? The words monitoring tools use, where no vendor's own list is at hand."""

from typing import Any, Final

from bot.domain.alert import AlertStatus
from handlers.shapes.fields import text

OVER: Final = frozenset(
    {
        *("clear", "cleared", "close", "closed", "end", "ended", "fixed", "inactive"),
        *("green", "healthy", "normal", "ok", "okay", "passed", "passing", "success", "up"),
        *("recover", "recovered", "recovery", "resolve", "resolved"),
    }
)

NOTHING: Final = "nothing"
STATUSES: Final = OVER | {"firing", NOTHING}
"""What a mapping may say that a word means; `nothing`: a note, say, is no alert."""


def status(value: Any) -> AlertStatus:
    """Firing, unless the word says that it is over."""
    said = (text(value) or "").lower()
    return AlertStatus.RESOLVED if said in OVER else AlertStatus.FIRING
