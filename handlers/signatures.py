"""HMAC signatures over a body: Standard Webhooks, GitHub's way, and Grafana's.

https://www.standardwebhooks.com ·
https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries ·
https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/#hmac-signature
"""

import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError

TOLERANCE: Final = 300.0
"""Seconds a signed time may be off."""

GRAFANA_TIMES: Final = ("X-Grafana-Alerting-Timestamp", "X-Grafana-Alerting-Signature-Timestamp")
"""Grafana leaves the name of this header to people; these two are in its examples."""


def same(ours: str, theirs: str) -> bool:
    """Compares in constant time, whatever characters a header holds."""
    return hmac.compare_digest(
        ours.encode("utf-8", "surrogatepass"), theirs.encode("utf-8", "surrogatepass")
    )


def is_signed(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> bool:
    """True if one of the signatures we know is there and is right. `headers` ignore case."""
    return any(
        check(headers, body, secret, now)
        for header, check in SIGNATURES.items()
        if header in headers
    )


def _standard_webhooks(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> bool:
    return any(
        _verifies(key, headers, body)
        for key in ((secret,) if secret.startswith("whsec_") else (secret, secret.encode()))
    )


def _verifies(key: str | bytes, headers: Mapping[str, str], body: bytes) -> bool:
    """`key`: base64 as the standard has it, or the bytes of a secret that is not base64."""
    try:
        Webhook(key).verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, EmptyWebhookSecretError, ValueError):
        return False
    return True


def _github(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> bool:
    return same(f"sha256={_hex(secret, body)}", headers["X-Hub-Signature-256"].strip())


def _grafana(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> bool:
    at = next((headers[name] for name in GRAFANA_TIMES if name in headers), None)
    signed = body if at is None else at.encode("utf-8", "surrogatepass") + b":" + body
    right = same(_hex(secret, signed), headers["X-Grafana-Alerting-Signature"].strip())
    return right and (at is None or _is_recent(at, now))


def _hex(secret: str, signed: bytes) -> str:
    return hmac.new(secret.encode(), signed, "sha256").hexdigest()


def _is_recent(said: str, now: datetime) -> bool:
    try:
        return abs(now.timestamp() - float(said)) <= TOLERANCE
    except ValueError:
        return False


SIGNATURES: Final[dict[str, Callable[[Mapping[str, str], bytes, str, datetime], bool]]] = {
    "webhook-signature": _standard_webhooks,
    "X-Hub-Signature-256": _github,
    "X-Grafana-Alerting-Signature": _grafana,
}
"""Header → how to check it."""
