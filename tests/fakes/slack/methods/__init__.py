"""Every method that the simulator knows."""

from typing import Final

from tests.fakes.slack.methods import (
    bookmarks,
    chat,
    files,
    marks,
    members,
    people,
    reading,
    rooms,
    views,
    workspace,
)
from tests.fakes.slack.methods.method import Method

METHODS: Final[dict[str, Method]] = {
    **bookmarks.METHODS,
    **chat.METHODS,
    **files.METHODS,
    **marks.METHODS,
    **members.METHODS,
    **people.METHODS,
    **reading.METHODS,
    **rooms.METHODS,
    **views.METHODS,
    **workspace.METHODS,
}
