"""How much Muster says in one channel."""

from enum import StrEnum


class Noise(StrEnum):
    """Each says less than the one before it; the live card is kept whatever is chosen."""

    ALL = "all"
    HIGHLIGHTS = "highlights"
    STATUS = "status"
    NONE = "none"
