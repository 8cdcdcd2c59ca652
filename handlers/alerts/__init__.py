"""Every kind of alert source, and where the function is that reads its payloads.

Adding one: a file beside this one with `parse(payload, source) -> list[Alert]`, pure, raising
WrongShape (a sentence naming the field) and nothing else; and a line here. The contract test over
SOURCES, tests/contract/test_sources.py, waits for it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from bot.domain.alert import Alert

SOURCES: Final[dict[str, str]] = {
    "alertmanager": "handlers.alerts.alertmanager:parse",
    "generic": "handlers.alerts.generic:parse",
    "grafana": "handlers.alerts.grafana:parse",
    "muster": "handlers.alerts.muster:parse",
    "pagerduty": "handlers.alerts.pagerduty:parse",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Who sent a payload, as far as reading it goes.

    `mapping` is for kind `generic`: what `generic.check_mapping` made of the YAML. `strict` is for
    the neutral event: unknown fields are refused.
    """

    name: str
    kind: str
    mapping: Any = None
    strict: bool = False


Parse = Callable[[Any, Source], list[Alert]]
