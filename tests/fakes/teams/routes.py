"""Which address does what. The name of a call is what faults and refusals call it by."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tests.fakes.teams.state import Json

if TYPE_CHECKING:
    from tests.fakes.teams.server import Teams

Run = Callable[["Teams", tuple[str, ...], Json], tuple[int, Any]]


@dataclass(frozen=True)
class Call:
    """`sends`: how it counts against the limits of its conversation; None does not count."""

    name: str
    method: str
    path: str
    run: Run
    sends: bool | None = None


_AT: Final = "/v3/conversations/{conversation}"

CONNECTOR_CALLS: Final = (
    Call("create", "POST", "/v3/conversations", lambda t, p, s: t.connector.create(s), True),
    Call("send", "POST", f"{_AT}/activities", lambda t, p, s: t.connector.send(*p, s), True),
    Call(
        "reply",
        "POST",
        f"{_AT}/activities/{{activity}}",
        lambda t, p, s: t.connector.reply(*p, s),
        True,
    ),
    Call(
        "update",
        "PUT",
        f"{_AT}/activities/{{activity}}",
        lambda t, p, s: t.connector.update(*p, s),
        True,
    ),
    Call(
        "delete",
        "DELETE",
        f"{_AT}/activities/{{activity}}",
        lambda t, p, s: t.connector.delete(*p),
        True,
    ),
    Call("members", "GET", f"{_AT}/members", lambda t, p, s: t.connector.members(*p), False),
    Call(
        "member", "GET", f"{_AT}/members/{{member}}", lambda t, p, s: t.connector.member(*p), False
    ),
    Call("paged", "GET", f"{_AT}/pagedmembers", lambda t, p, s: t.connector.paged(*p, s), False),
    Call("team", "GET", "/v3/teams/{team}", lambda t, p, s: t.connector.team(*p), False),
    Call(
        "channels",
        "GET",
        "/v3/teams/{team}/conversations",
        lambda t, p, s: t.connector.channels(*p),
        False,
    ),
)

_CHANNEL: Final = "/teams/{team}/channels/{channel}"

GRAPH_CALLS: Final = (
    Call("graph.team", "GET", "/teams/{team}", lambda t, p, s: t.graph.team(*p)),
    Call("graph.channels", "GET", "/teams/{team}/channels", lambda t, p, s: t.graph.channels(*p)),
    Call(
        "graph.create_channel",
        "POST",
        "/teams/{team}/channels",
        lambda t, p, s: t.graph.create_channel(*p, s),
    ),
    Call("graph.channel", "GET", _CHANNEL, lambda t, p, s: t.graph.channel(*p)),
    Call("graph.change_channel", "PATCH", _CHANNEL, lambda t, p, s: t.graph.change_channel(*p, s)),
    Call("graph.archive", "POST", f"{_CHANNEL}/archive", lambda t, p, s: t.graph.archive(*p, s)),
    Call(
        "graph.unarchive", "POST", f"{_CHANNEL}/unarchive", lambda t, p, s: t.graph.unarchive(*p, s)
    ),
    Call("graph.members", "GET", "/teams/{team}/members", lambda t, p, s: t.graph.members(*p)),
    Call("graph.members", "GET", f"{_CHANNEL}/members", lambda t, p, s: t.graph.members(*p)),
    Call(
        "graph.channel_messages",
        "GET",
        f"{_CHANNEL}/messages",
        lambda t, p, s: t.graph.history.channel(*p, s),
    ),
    Call(
        "graph.chat_messages",
        "GET",
        "/chats/{chat}/messages",
        lambda t, p, s: t.graph.history.chat(*p, s),
    ),
    Call("graph.create_chat", "POST", "/chats", lambda t, p, s: t.graph.create_chat(s)),
    Call("graph.change_chat", "PATCH", "/chats/{chat}", lambda t, p, s: t.graph.change_chat(*p, s)),
    Call(
        "graph.add_chat_member",
        "POST",
        "/chats/{chat}/members",
        lambda t, p, s: t.graph.add_chat_member(*p, s),
    ),
    Call("graph.users", "GET", "/users", lambda t, p, s: t.graph.users(s)),
    Call("graph.user", "GET", "/users/{user}", lambda t, p, s: t.graph.user(*p)),
    Call(
        "graph.installed",
        "GET",
        "/users/{user}/teamwork/installedApps",
        lambda t, p, s: t.graph.installed(*p, s),
    ),
    Call(
        "graph.install",
        "POST",
        "/users/{user}/teamwork/installedApps",
        lambda t, p, s: t.graph.install(*p, s),
    ),
    Call("graph.catalog", "GET", "/appCatalogs/teamsApps", lambda t, p, s: t.graph.catalog_apps(s)),
)
