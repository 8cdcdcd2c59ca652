"""The one line that fires a sample alert, for the terminal and the empty page."""


def sample_alert(public_url: str) -> str:
    """A `curl` that posts one critical alert to the Alertmanager door."""
    body = (
        '{"alerts":[{"status":"firing","labels":{"alertname":"Checkout is slow",'
        '"service":"shop","severity":"critical"},"annotations":'
        '{"summary":"p99 latency over 2 s"}}]}'
    )
    return (
        f"curl -s {public_url.rstrip('/')}/webhooks/alertmanager"
        f" -H 'Content-Type: application/json' -d '{body}'"
    )
