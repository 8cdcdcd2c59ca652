"""Whether a request is Slack's: https://docs.slack.dev/authentication/verifying-requests-from-slack

Slack's own verifier raises on a timestamp that is no number, on a body that is no UTF-8 and on a
signature that is no ASCII; this one looks at bytes, and says no.
"""

import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Final

TIMESTAMP: Final = "X-Slack-Request-Timestamp"
SIGNATURE: Final = "X-Slack-Signature"
FRESH: Final = 300
"""Seconds; what is older, or as far ahead, may be a replay."""

_SECONDS: Final = re.compile(r"[0-9]{1,12}", re.ASCII)


def is_slacks(secret: str, body: bytes, headers: Mapping[str, str], now: datetime) -> bool:
    """True where the signature fits these very bytes and the time is near `now` (aware)."""
    seconds = headers.get(TIMESTAMP, "")
    if not _SECONDS.fullmatch(seconds) or abs(now.timestamp() - int(seconds)) > FRESH:
        return False
    given = headers.get(SIGNATURE, "").encode("utf-8", "surrogateescape")
    return hmac.compare_digest(signature(secret, body, seconds).encode(), given)


def signature(secret: str, body: bytes, seconds: str) -> str:
    """`v0=…`, as Slack writes it."""
    signed = b"v0:" + seconds.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), signed, sha256).hexdigest()
