"""Of several alerts in a request the good ones are taken; each bad one is a dead letter of its own.

Senders do not repeat what is refused, so one alert that cannot be read must not cost the others.
"""

from dataclasses import dataclass, field
from typing import Any

import orjson

from bot.domain.alert import Alert
from bot.domain.errors import WrongShape
from handlers.doors.directory import Entrance
from handlers.doors.letters import read_or_bury
from handlers.doors.needs import Intaking


@dataclass(frozen=True, slots=True)
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
        parts = _parts(payload)
    read: list[Alert | WrongShape] = [_read(entrance, part) for part in parts]
    good = [one for one in read if isinstance(one, Alert)]
    if not good:
        await read_or_bury(entrance, payload, body, intake)
    buried = {}
    for place, one in enumerate(read):
        if isinstance(one, WrongShape):
            said = orjson.dumps(parts[place])
            buried[place] = await intake.bury(entrance.source.name, said, str(one))
    kept = [part for part, one in zip(parts, read, strict=True) if isinstance(one, Alert)]
    return Taken(good, orjson.dumps(_whole(payload, kept)), buried)


def _parts(payload: Any) -> list[Any]:
    """A group, or a list, as one payload per alert; nothing where it is not of several."""
    if isinstance(payload, list):
        return [[one] for one in payload]
    alerts = payload.get("alerts") if isinstance(payload, dict) else None
    return [{**payload, "alerts": [one]} for one in alerts] if isinstance(alerts, list) else []


def _whole(payload: Any, parts: list[Any]) -> Any:
    if isinstance(payload, list):
        return [one for part in parts for one in part]
    return {**payload, "alerts": [one for part in parts for one in part["alerts"]]}


def _read(entrance: Entrance, part: Any) -> Alert | WrongShape:
    try:
        (alert,) = entrance.parse(part, entrance.source)
    except WrongShape as wrong:
        return wrong
    except ValueError:  # not one alert: it says nothing, or several things
        return WrongShape("It is not one alert.")
    return alert
