"""What is posted: one alert, as Prometheus's Alertmanager posts it to a webhook (version 4).

`peer` is the same alert as Prometheus posts it to Alertmanager itself.
"""

from collections.abc import Callable
from typing import Final

NUMBER: Final = b"0123456789"
"""Stands where the alert's number goes: ten digits, so that every body has one length."""

_LABELS: Final = (
    b'{"alertname":"HighLatency0123456789","cluster":"eu-1","instance":"web-0123456789:9100",'
    b'"job":"shop","service":"checkout","severity":"critical"}'
)
_ANNOTATIONS: Final = (
    b'{"description":"The 99th percentile of POST /pay is over 2 s for ten minutes.",'
    b'"runbook_url":"https://runbooks.example.net/latency","summary":"Checkout is slow"}'
)
_LINK: Final = b'"https://prometheus.example.net/graph?g0.expr=latency&g0.tab=1"'

_WEBHOOK: Final = (
    b'{"version":"4","groupKey":"{}:{alertname=\\"HighLatency0123456789\\"}","truncatedAlerts":0,'
    b'"status":"firing","receiver":"muster","groupLabels":{"alertname":"HighLatency0123456789"},'
    b'"commonLabels":' + _LABELS + b',"commonAnnotations":' + _ANNOTATIONS + b","
    b'"externalURL":"https://alertmanager.example.net","alerts":[{"status":"firing","labels":'
    + _LABELS
    + b',"annotations":'
    + _ANNOTATIONS
    + b',"startsAt":"2026-01-05T09:00:00Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":'
    + _LINK
    + b',"fingerprint":"00000123456789"}]}'
)
_PEER: Final = (
    b'[{"labels":' + _LABELS + b',"annotations":' + _ANNOTATIONS + b',"startsAt":'
    b'"2026-01-05T09:00:00Z","generatorURL":' + _LINK + b"}]"
)
BODIES: Final = {"webhook": _WEBHOOK, "peer": _PEER}


def body(number: int, shape: str = "webhook") -> bytes:
    return BODIES[shape].replace(NUMBER, b"%010d" % number)


def requests(path: str, port: int, shape: str = "webhook") -> Callable[[int], bytes]:
    """The whole HTTP request with alert number so-and-so, quickly."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: Alertmanager/0.25.0\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(BODIES[shape])}\r\n\r\n"
    )
    template = head.encode() + BODIES[shape]

    def make(number: int) -> bytes:
        return template.replace(NUMBER, b"%010d" % number)

    return make
