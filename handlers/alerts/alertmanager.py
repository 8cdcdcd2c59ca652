"""Prometheus Alertmanager, webhook version 4.

https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
"""

from typing import Any

from bot.domain.alert import Alert
from handlers.alerts import Source
from handlers.shapes.prometheus import read_group


def parse(payload: Any, source: Source) -> list[Alert]:
    """Raises WrongShape, naming the field."""
    return read_group(payload, source.name)
