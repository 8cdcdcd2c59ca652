"""One call of a Web API method: what was said, in the types the method takes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from tests.fakes.slack.refusal import Refusal, wrong_arguments
from tests.fakes.slack.state import Channel, Json, Message
from tests.fakes.slack.workspace import Workspace

if TYPE_CHECKING:
    from tests.fakes.slack.server import Slack


class Takes(StrEnum):
    """What an argument may be; in a form everything but TEXT is written as text."""

    TEXT = "a string"
    FLAG = "a boolean"
    NUMBER = "a number"
    OBJECT = "an object"
    LIST = "an array"


@dataclass(frozen=True)
class Call:
    slack: "Slack"
    method: str
    said: Mapping[str, Any]
    token: str

    @property
    def workspace(self) -> Workspace:
        return self.slack.workspace

    @property
    def me(self) -> str:
        return self.slack.app.bot_user

    def text(self, name: str, default: str = "") -> str:
        return str(self.said.get(name, default))

    def flag(self, name: str, *, default: bool = False) -> bool:
        return bool(self.said.get(name, default))

    def number(self, name: str, default: int) -> int:
        return int(self.said.get(name, default))

    def items(self, name: str) -> list[Json]:
        return list(self.said.get(name) or [])

    def ids(self, name: str) -> list[str]:
        """Written with commas between."""
        return [id.strip() for id in self.text(name).split(",") if id.strip()]

    def need(self, *any_of: str) -> None:
        """Refusal `missing_scope`, unless the token has one of these."""
        scopes = self.slack.app.scopes
        self.slack.used_scopes |= scopes.intersection(any_of)
        if any_of and not scopes.intersection(any_of):
            raise Refusal(
                "missing_scope",
                f"{self.method} needs {' or '.join(any_of)}",
                needed=any_of[0],
                provided=",".join(sorted(scopes)),
            )

    def may(self, scope: str) -> bool:
        """Whether the token has it, where Slack shows or takes more for that."""
        has = scope in self.slack.app.scopes
        self.slack.used_scopes |= {scope} if has else set()
        return has

    def channel(self, name: str = "channel", *, inside: bool = False) -> Channel:
        """The channel that was named; `inside` is for methods only members may use."""
        channel = self.workspace.find_channel(self.text(name), self.me)
        if inside and self.me not in channel.members:
            raise Refusal("not_in_channel", channel.name)
        return channel

    def message(self, channel: Channel, name: str = "ts") -> Message:
        return self.workspace.find_message(channel, self.text(name))


def read_arguments(takes: Mapping[str, Takes], said: Mapping[str, Any]) -> dict[str, Any]:
    """Refusal `invalid_arguments` names every argument that is not what it must be."""
    read: dict[str, Any] = {}
    wrong = []
    for name, value in said.items():
        if name not in takes or value is None:
            continue
        try:
            read[name] = READERS[takes[name]](value)
        except (KeyError, TypeError, ValueError):
            wrong.append(f"must be {takes[name]} [json-pointer:/{name}]")
    if wrong:
        raise wrong_arguments(*wrong)
    return read


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    return {"1": True, "true": True, "0": False, "false": False, "": False}[str(value).lower()]


def _number(value: Any) -> int:
    if isinstance(value, bool):
        raise TypeError
    return int(value)


def _object(value: Any) -> Json:
    read = json.loads(value) if isinstance(value, str) else value
    if not isinstance(read, dict):
        raise TypeError
    return read


def _list(value: Any) -> list[Any]:
    read = json.loads(value) if isinstance(value, str) else value
    if not isinstance(read, list):
        raise TypeError
    return read


READERS = {
    Takes.TEXT: _text,
    Takes.FLAG: _flag,
    Takes.NUMBER: _number,
    Takes.OBJECT: _object,
    Takes.LIST: _list,
}
