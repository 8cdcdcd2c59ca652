"""Of several alerts in a request the good ones are taken; each bad one is a dead letter of its own.

Senders do not repeat what is refused, so one alert that cannot be read must not cost the others.
"""

from dataclasses import dataclass, field
from typing import Any

import orjson

from bot.domain.alert import Alert
from bot.domain.errors import WrongShape
from handlers.alerts import Source
from handlers.alerts.generic import GenericMapping, listed
from handlers.doors.directory import Entrance
from handlers.doors.letters import read_or_bury
from handlers.doors.needs import Intaking


@dataclass(slots=True)
class Taken:
    """`body`: what the alerts are in. `buried`: place in the request → its dead letter's id."""

    alerts: list[Alert]
    body: bytes
    buried: dict[int, str] = field(default_factory=dict)


async def take_what_can_be_read(
    entrance: Entrance, payload: Any, body: bytes, intake: Intaking
) -> Taken:
    """The alerts of an authentic payload, all of them or those that can be read.

    Raises:
        Buried: none can; the body is kept.
        Overloaded: and it could not be kept either.
    """
    try:
        return Taken(entrance.parse(payload, entrance.source), body)
    except WrongShape:
        parts = _parts(payload, entrance.source)
    read = [(part, one) for part in parts if (one := _read(entrance, part)) is not None]
    good = [(part, one) for part, one in read if isinstance(one, Alert)]
    if not good:
        await read_or_bury(entrance, payload, body, intake)
    buried = {}
    for place, (part, one) in enumerate(read):
        if isinstance(one, WrongShape):
            said = orjson.dumps(part)
            buried[place] = await intake.bury(entrance.source.name, said, str(one))
    kept = orjson.dumps(_whole(payload, [part for part, _ in good]))
    return Taken([one for _, one in good], kept, buried)


def _parts(payload: Any, source: Source) -> list[Any]:
    """A group, or a list, as one payload per alert; nothing where it is not of several."""
    items = source.mapping.items if isinstance(source.mapping, GenericMapping) else None
    if items or isinstance(payload, list):
        return [[one] for one in listed(payload, items) or ()]
    alerts = payload.get("alerts") if isinstance(payload, dict) else None
    return [{**payload, "alerts": [one]} for one in alerts] if isinstance(alerts, list) else []


def _whole(payload: Any, parts: list[Any]) -> Any:
    """The same with these parts alone, so that it can be read again."""
    if isinstance(parts[0], list):
        return [one for part in parts for one in part]
    return {**payload, "alerts": [one for part in parts for one in part["alerts"]]}


def _read(entrance: Entrance, part: Any) -> Alert | WrongShape | None:
    """None: it says nothing."""
    try:
        alerts = entrance.parse(part, entrance.source)
    except WrongShape as wrong:
        return wrong
    if len(alerts) > 1:
        return WrongShape("It is not one alert.")
    return alerts[0] if alerts else None
