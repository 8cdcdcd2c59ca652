"""What Muster says of itself: logs without secrets, and the numbers Prometheus reads.

Counters live where the counting happens; a scrape reads them. Only what has a distribution (how
long, how late) is observed here.
"""

import logging
import re
import sys
from collections.abc import Callable, Iterable, MutableMapping
from typing import Any, Final, TextIO, cast

import structlog
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from bot.domain.secrets import HIDDEN, hide

SECRET_KEYS: Final = re.compile(
    r"(secret|token|password|passwd|authorization|cookie|api[_-]?key|routing[_-]?key|signature|csrf)",
    re.IGNORECASE,
)
Event = MutableMapping[str, Any]


def redact(logger: Any, method: str, event: Event) -> Event:
    """Hides values whose name or form says that they are secret, however deep they lie."""
    for key in list(event):
        event[key] = HIDDEN if SECRET_KEYS.search(key) and event[key] else _hide(event[key])
    return event


def _hide(value: Any) -> Any:
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, dict):
        return {
            k: HIDDEN if isinstance(k, str) and SECRET_KEYS.search(k) else _hide(v)
            for k, v in value.items()
        }
    if isinstance(value, list | tuple):
        return [_hide(one) for one in value]
    return value


_MOVES_A_TERMINAL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def keep_still(logger: Any, method: str, event: Event) -> Event:
    """What an alert or a person wrote moves no terminal: control characters are spelled out."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _MOVES_A_TERMINAL.sub(lambda found: f"\\x{ord(found[0]):02x}", value)
    return event


class Stderr:
    """Whatever stderr is when something is said. A closed one costs the line, never the work."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text) if self._open() else len(text)

    def flush(self) -> None:
        if self._open():
            sys.stderr.flush()

    def _open(self) -> bool:
        return sys.stderr is not None and not sys.stderr.closed


def set_up_logs(*, level: str = "info", json: bool = True) -> None:
    """structlog for us, the same lines for whoever uses logging; to stderr."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    last: Any = (
        structlog.processors.JSONRenderer()
        if json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    if not json:
        shared.append(keep_still)
    number = logging.getLevelName(level.upper())
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", Stderr())),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(Stderr())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler], force=True)


BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
LONG: Final = (60, 300, 900, 1800, 3600, 14_400, 86_400, 259_200, 604_800)

Numbers = Callable[[], Iterable[Metric]]


class _Scraped(Collector):
    def __init__(self, read: Numbers) -> None:
        self.read = read

    def collect(self) -> Iterable[Metric]:
        return self.read()


class Telemetry:
    """One registry per process; names as REFERENCE asks for them."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.api_duration = Histogram(
            "api_request_duration_seconds",
            "Time to answer a REST request.",
            ("method", "route"),
            registry=self.registry,
            buckets=BUCKETS,
        )
        self.lateness = Histogram(
            "muster_timer_lateness_seconds",
            "How late each timer was decided.",
            ("kind",),
            registry=self.registry,
            buckets=BUCKETS,
        )
        self.work = Histogram(
            "worker_processing_duration_seconds",
            "Time of one unit of work.",
            ("worker",),
            registry=self.registry,
            buckets=BUCKETS,
        )
        self.integration = Histogram(
            "integration_latency_seconds",
            "Time of one call to something outside.",
            ("integration",),
            registry=self.registry,
            buckets=BUCKETS,
        )
        self.analysis = Histogram(
            "ai_analysis_duration_seconds",
            "Time of one job of the analyst.",
            ("kind",),
            registry=self.registry,
            buckets=BUCKETS,
        )
        self.incident_seconds = {
            name: Histogram(
                f"incident_{name}_seconds",
                f"Seconds: {words}.",
                ("severity",),
                registry=self.registry,
                buckets=LONG,
            )
            for name, words in (
                ("mtta", "opening to acknowledgement"),
                ("mttr", "opening to resolution"),
                ("mttd", "impact to opening"),
                ("duration", "opening to closing"),
            )
        }

    def scrape(self, read: Numbers) -> None:
        """Reads these numbers at every scrape."""
        self.registry.register(_Scraped(read))

    def exposition(self) -> bytes:
        """The text that Prometheus reads."""
        return generate_latest(self.registry)
