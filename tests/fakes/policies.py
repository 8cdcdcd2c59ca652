"""A small company, for tests: six people, one team, one service, the shipped severities."""

from collections.abc import Mapping
from typing import Any, Final

from bot.domain.effect import Capabilities, EffectKind
from bot.domain.people import Actor, Right
from bot.domain.policy import Policies
from config.loader import SHIPPED, load_policies

WEB: Final = {"channel": "web"}
SMS: Final = {"channel": "sms", "after": "60s"}

PEOPLE: Final[dict[str, dict[str, Any]]] = {
    "ann": {"name": "Ann Olsen", "rights": "admin", "zone": "Europe/Copenhagen"},
    "ben": {"name": "Ben Ito", "rights": "responder", "zone": "Asia/Tokyo"},
    "cara": {"name": "Cara Diaz", "rights": "commander"},
    "eva": {"name": "Eva Holm", "rights": "manager"},
    "vic": {"name": "Vic Reader", "rights": "viewer"},
    "sam": {"name": "Sam Stranger", "rights": "nothing"},
}

CHANNELS: Final[dict[str, Capabilities]] = {
    "web": Capabilities(frozenset({EffectKind.PAGE, EffectKind.DIRECT_MESSAGE}), rooms=False),
    "sms": Capabilities(frozenset({EffectKind.PAGE}), rooms=False),
}

_SEVERITIES: Final = load_policies(SHIPPED).severities


def company(**changed: Mapping[str, Any]) -> Policies:
    """The company's policies; a keyword replaces one of the files."""
    ways = {
        id: {"phone": "+4512345678", "contact": [WEB, SMS], **person}
        for id, person in PEOPLE.items()
    }
    files: dict[str, Any] = {
        "people": ways,
        "teams": {
            "payments": {"members": ["ann", "ben"], "manager": "eva", "schedule": "payments"}
        },
        "services": {"payments": {"owner": "payments", "runbook": "https://run.example/payments"}},
        "schedules": {"payments": {"people": ["ann", "ben"], "starts": "2026-01-05T09:00:00"}},
        "routes": {"default": {"fallback": True, "team": "payments"}},
        "escalations": {
            "standard": {
                "levels": [
                    {"targets": ["oncall"]},
                    {"targets": ["team"]},
                    {"targets": ["team", "manager"]},
                ]
            }
        },
        "severities": _SEVERITIES,
    }
    return Policies.model_validate({**files, **changed})


def actor(id: str, **changed: Any) -> Actor:
    """One of PEOPLE, as who speaks."""
    person = PEOPLE[id]
    said = {"platform": "web"}
    zone = person.get("zone", "UTC")
    values = {"name": person["name"], "right": Right(person["rights"]), "zone": zone}
    return Actor(id=id, **{**values, "origin": said, **changed})
