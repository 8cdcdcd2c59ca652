"""What the Connector and Graph say no with."""

from typing import Any, Final

from tests.fakes.teams.state import Json

ONLY_BUGS: Final = frozenset(
    {
        "BadArgument",
        "BadRequest",
        "BadSyntax",
        "InvalidAuthenticationToken",
        "MessageSizeTooBig",
        "Unauthorized",
        "Request_BadRequest",
        "UnknownMethod",
    }
)
"""Answers that no state of a tenant brings about: whoever gets one has a bug."""


class Refusal(Exception):
    """`{"error": {"code", "message"}}` with an HTTP status."""

    def __init__(self, status: int, code: str, message: str = "", **headers: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code, self.message = status, code, message or code
        self.headers = {name.replace("_", "-"): said for name, said in headers.items()}

    def body(self) -> Json:
        return {"error": {"code": self.code, "message": self.message}}


def bad(message: str) -> Refusal:
    return Refusal(400, "BadArgument", message)


def needs(said: Any, *names: str) -> None:
    """Raises Refusal: something is left out."""
    for name in names:
        if not said.get(name):
            raise bad(f"{name} is required")
