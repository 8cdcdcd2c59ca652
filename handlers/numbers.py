"""The numbers of one scrape, read from where they are counted."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from bot.domain.lifecycle import State
from bot.domain.severity import Severity
from bot.engine.analysis.spending import Spent
from bot.engine.delivery import Delivery
from bot.engine.figures import Figures
from bot.engine.intake import Intake
from bot.ports.queries import Counts
from handlers.machine import Machine
from handlers.measure import API, ERROR_FROM, Requests

Read = Callable[[], Iterable[Metric]]


@dataclass(slots=True)
class Standing:
    """What the database said last of how many are open; refreshed before the scrape."""

    counts: Counts
    pending: int = 0
    failed: int = 0
    spent: Sequence[Spent] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    intake: Intake
    delivery: Delivery
    figures: Figures
    standing: Standing
    now: Callable[[], datetime]
    started_at: datetime
    machine: Callable[[], Machine]
    connections: Callable[[], tuple[int, int]]
    swept_at: Callable[[], datetime | None]
    requests: Requests
    live: Callable[[], int]
    retries: Callable[[], int]
    jumps: Callable[[], int]

    def __call__(self) -> Iterable[Metric]:
        yield from self._intake()
        yield from self._outbox()
        yield from self._incidents()
        yield from self._requests()
        yield from self._models()
        yield from self._process()

    def _intake(self) -> Iterable[Metric]:
        decided = CounterMetricFamily(
            "muster_intake_alerts", "Alerts decided.", labels=["source", "decision"]
        )
        for (source, decision), count in self.intake.batches.decisions.items():
            decided.add_metric([source, decision], count)
        yield decided
        depth = GaugeMetricFamily("worker_queue_depth", "What waits.", labels=["worker"])
        depth.add_metric(["intake"], self.intake.queued)
        depth.add_metric(["outbox"], self.standing.pending)
        yield depth

    def _outbox(self) -> Iterable[Metric]:
        sent = CounterMetricFamily(
            "muster_outbox_effects", "Effects settled.", labels=["destination", "outcome"]
        )
        requests = CounterMetricFamily(
            "integration_requests", "Calls to something outside.", labels=["integration"]
        )
        errors = CounterMetricFamily(
            "integration_errors", "Calls that failed.", labels=["integration"]
        )
        totals: dict[str, list[int]] = {}
        for (destination, outcome), count in self.delivery.outcomes.items():
            sent.add_metric([destination, outcome], count)
            total = totals.setdefault(destination, [0, 0])
            total[0] += count
            total[1] += count if outcome != "done" else 0
        for destination, (all_calls, failed) in totals.items():
            requests.add_metric([destination], all_calls)
            errors.add_metric([destination], failed)
        state = GaugeMetricFamily(
            "circuit_breaker_state", "0 closed, 1 half open, 2 open.", labels=["integration"]
        )
        states = self.delivery.breakers.states(self.now(), self.delivery.channels)
        for destination, level in states.items():
            state.add_metric([destination], level)
        pending = GaugeMetricFamily("muster_outbox_pending", "Effects that wait.")
        pending.add_metric([], self.standing.pending)
        yield from (sent, requests, errors, state, pending)

    def _incidents(self) -> Iterable[Metric]:
        created = CounterMetricFamily(
            "incidents_created", "Incidents opened.", labels=["severity", "source"]
        )
        for (severity, source), count in self.figures.created.items():
            created.add_metric([severity, source], count)
        resolved = CounterMetricFamily(
            "incidents_resolved", "Incidents resolved.", labels=["severity"]
        )
        for severity, count in self.figures.resolved.items():
            resolved.add_metric([severity], count)
        yield from (created, resolved)
        for clock in ("acknowledgment", "resolution"):
            breached = CounterMetricFamily(f"sla_{clock}_breached", "Service levels missed.")
            breached.add_metric([], self.figures.breached[clock])
            yield breached
        counts = self.standing.counts
        by_status = GaugeMetricFamily("incidents_by_status", "Incidents.", labels=["status"])
        for status in State:
            by_status.add_metric([status], counts.by_status.get(status, 0))
        by_severity = GaugeMetricFamily(
            "incidents_by_severity", "Open incidents.", labels=["severity"]
        )
        for severity in Severity:
            by_severity.add_metric([severity], counts.by_severity.get(severity, 0))
        active = GaugeMetricFamily("active_incidents", "Open incidents.")
        active.add_metric([], sum(counts.by_severity.values()))
        yield from (by_status, by_severity, active)

    def _requests(self) -> Iterable[Metric]:
        labels = ["method", "route", "status"]
        everything = CounterMetricFamily("http_requests", "Requests answered.", labels=labels)
        api = CounterMetricFamily("api_requests", "REST requests answered.", labels=labels)
        errors = CounterMetricFamily("api_errors", "REST requests that failed.", labels=labels)
        for (method, route, status), count in self.requests.counted.items():
            said = [method, route, str(status)]
            everything.add_metric(said, count)
            if route.startswith(API):
                api.add_metric(said, count)
                if status >= ERROR_FROM:
                    errors.add_metric(said, count)
        live = GaugeMetricFamily("websocket_connections", "Browsers that are live now.")
        live.add_metric([], self.live())
        yield from (everything, api, errors, live)

    def _models(self) -> Iterable[Metric]:
        """Today (UTC), by kind of analysis; `all` is the day in all."""
        families = [
            GaugeMetricFamily(f"muster_ai_{name}", words, labels=["kind"])
            for name, words in (
                ("money_today", "What models cost today, in the money of the settings."),
                ("tokens_today", "Tokens that models used up today."),
                ("money_limit", "What they may cost in a day."),
                ("tokens_limit", "Tokens that they may use up in a day."),
            )
        ]
        for one in self.standing.spent:
            values = (one.money, one.tokens, one.money_limit, one.tokens_limit)
            for family, value in zip(families, values, strict=True):
                if value is not None:
                    family.add_metric([one.kind], value)
        yield from families

    def _process(self) -> Iterable[Metric]:
        machine = self.machine()
        uptime = (self.now() - self.started_at).total_seconds()
        busy = 100 * machine.cpu_seconds / max(uptime, 0.001)
        active, most = self.connections()
        swept = self.swept_at() or self.started_at
        for name, words, value in (
            ("uptime_seconds", "Seconds since the start.", uptime),
            ("cpu_usage_percent", "Of one core, since the start.", busy),
            ("memory_usage_bytes", "Resident memory.", machine.memory),
            ("disk_usage_bytes", "Of the database on this machine.", machine.disk),
            ("network_io_bytes", "Received and sent since the start.", machine.network),
            ("database_connections_active", "Connections in use.", active),
            ("database_connections_max", "Connections at most.", most),
            (
                "muster_timer_sweep_age_seconds",
                "Since somebody last looked for due timers.",
                (self.now() - swept).total_seconds(),
            ),
            ("muster_transaction_retries", "Transactions run again.", self.retries()),
            ("muster_clock_jumps", "Times the wall clock was set.", self.jumps()),
        ):
            gauge = GaugeMetricFamily(name, words)
            gauge.add_metric([], value)
            yield gauge
