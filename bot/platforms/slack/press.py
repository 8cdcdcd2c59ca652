"""What a button of ours carries: the command line, typed for you, and the version it was shown at.

The value is the command line itself. Which version of the incident the reader looked at stands in
the id of the block, so that an old button can be told from a new one.
"""

import re
from typing import Final

ACTION: Final = "muster"
"""Every `action_id` of ours begins with it."""

_BLOCK: Final = re.compile(r"muster:v(?P<version>[0-9]{0,15}):[0-9]{1,4}", re.ASCII)


def block_id(version: int | None, place: int) -> str:
    """`muster:v7:3`: version 7, the third row of buttons; `muster:v:3` without a version."""
    return f"{ACTION}:v{'' if version is None else version}:{place}"


def action_id(place: int) -> str:
    return f"{ACTION}:{place}"


def version_of(block_id: str) -> int | None:
    """The version a button was shown at; None where there was none, or the block is not ours."""
    found = _BLOCK.fullmatch(block_id)
    return int(found["version"]) if found and found["version"] else None
