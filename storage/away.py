"""Is the database away? Then nothing is wrong with the work, and it may be asked for again."""

from typing import Final

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

STATES: Final = frozenset({"57P01", "57P02", "57P03", "53300"})
"""PostgreSQL shuts down, starts, or has no connection left."""

SIGNS: Final = ("locked", "disk i/o", "full", "unable to open", "readonly", "closed")
"""What SQLite says where the file or the disk is not to be had."""

AWAY: Final = "The database is away; please try again."


def sqlstate(wrong: Exception) -> str:
    """PostgreSQL's code; where it refuses a connection, asyncpg's error comes as it is."""
    origin = wrong.orig if isinstance(wrong, DBAPIError) else wrong
    return str(getattr(origin, "sqlstate", None) or getattr(origin, "pgcode", None) or "")


def is_away(wrong: Exception) -> bool:
    """The database cannot be reached (no such host, refused, too late), or has no room for us."""
    if isinstance(wrong, PoolTimeout | OSError) or sqlstate(wrong) in STATES:
        return True
    if not isinstance(wrong, DBAPIError):
        return False
    if wrong.connection_invalidated:
        return True
    said = str(wrong.orig).lower()
    if isinstance(wrong, OperationalError):
        return any(sign in said for sign in SIGNS)
    return isinstance(wrong, InterfaceError) and ("connect" in said or "closed" in said)
