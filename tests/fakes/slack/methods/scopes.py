"""Which scope a conversation needs, by its kind: https://docs.slack.dev/reference/scopes."""

from typing import Final

from tests.fakes.slack.state import Kind

READ: Final = {
    Kind.PUBLIC: ("channels:read",),
    Kind.PRIVATE: ("groups:read",),
    Kind.IM: ("im:read",),
}
HISTORY: Final = {
    Kind.PUBLIC: ("channels:history",),
    Kind.PRIVATE: ("groups:history",),
    Kind.IM: ("im:history",),
}
MANAGE: Final = {
    Kind.PUBLIC: ("channels:manage",),
    Kind.PRIVATE: ("groups:write",),
    Kind.IM: ("im:write",),
}
INVITE: Final = {
    Kind.PUBLIC: ("channels:manage", "channels:write.invites"),
    Kind.PRIVATE: ("groups:write", "groups:write.invites"),
    Kind.IM: (),
}
TOPIC: Final = {
    Kind.PUBLIC: ("channels:manage", "channels:write.topic"),
    Kind.PRIVATE: ("groups:write", "groups:write.topic"),
    Kind.IM: ("im:write", "im:write.topic"),
}
