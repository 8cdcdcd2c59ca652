"""Where a list goes on: after the item that was shown last, whatever was added meanwhile."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from datetime import datetime
from typing import Final

from bot.domain.errors import Invalid
from bot.domain.task import Task
from bot.ports.queries import LONGEST_PAGE
from storage.types import from_micros, to_micros

_NUMBER: Final = re.compile(r"n(\d{1,18})", re.ASCII)
_TASK: Final = re.compile(r"t(\d{1,17})-(\d{1,18})-(\d{1,9})", re.ASCII)
_ALERT: Final = re.compile(r"a([0-9a-f]{32})", re.ASCII)


def after_number(number: int) -> str:
    return _wrap(f"n{number}")


def after_alert(id: str) -> str:
    return _wrap(f"a{id}")


def after_task(task: Task) -> str:
    return _wrap(f"t{to_micros(task.made_at)}-{task.incident}-{task.number}")


def read_number(cursor: str) -> int:
    """Raises Invalid: it is no cursor of this list."""
    return int(_read(cursor, _NUMBER)[1])


def read_task(cursor: str) -> tuple[datetime, int, int]:
    """When it was made, its incident, its number. Raises Invalid: it is no cursor of this list."""
    made_at, incident, number = map(int, _read(cursor, _TASK).groups())
    return from_micros(made_at), incident, number


def read_alert(cursor: str) -> str:
    """Raises Invalid: it is no cursor of this list."""
    return _read(cursor, _ALERT)[1]


def check_limit(limit: int) -> int:
    """Raises Invalid: it is outside of what one page holds."""
    if not 1 <= limit <= LONGEST_PAGE:
        raise Invalid(f"The limit is {limit}; it must be from 1 to {LONGEST_PAGE}.", field="limit")
    return limit


def _wrap(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str, form: re.Pattern[str]) -> re.Match[str]:
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (NotBase64, ValueError):
        text = ""
    if not (found := form.fullmatch(text)):
        raise Invalid("That is no cursor of this list; begin without one.", field="cursor")
    return found
