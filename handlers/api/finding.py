"""The incident that a path names, as far as it exists for the asker."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from bot.domain.errors import Invalid, NotFound
from bot.domain.ids import read_incident_id
from bot.domain.incident import Incident
from bot.ports.queries import Queries, Viewer
from handlers.api.operation import Asked, Reply
from handlers.api.shown.incident import neighbours, show_incident
from handlers.api.versions import etag

LONGEST: Final = 40
"""No id of ours is longer."""


class Finder:
    def __init__(self, queries: Queries) -> None:
        self.queries = queries

    async def incident(self, asked: Asked) -> Incident:
        """The incident of `{id}`, which takes `INC-…`, `#42` and `42`.

        Raises:
            NotFound: there is none, or not for the asker; the text is the same.
        """
        return await self.named(asked.path["id"], asked.viewer)

    async def named(self, said: str, viewer: Viewer) -> Incident:
        number = read_incident_id(said, bare=True) if len(said) <= LONGEST else None
        if number is None or number >= 2**63:
            raise NotFound(f"There is no incident {said[:LONGEST]!r}.")
        found = await self.queries.incident(number, viewer)
        if found is None or not _is_called(found, said):
            raise NotFound(f"There is no incident #{number}.")
        return found

    async def show(self, incident: Incident, asked: Asked, *, status: int = 200) -> Reply:
        ids = await self.queries.ids(neighbours([incident]), asked.viewer)
        headers = {"ETag": etag(incident.version)}
        if status == 201:
            headers["Location"] = f"/api/v1/incidents/{incident.id}"
        return Reply(data=show_incident(incident, ids), status=status, headers=headers)


def _is_called(incident: Incident, said: str) -> bool:
    """`INC-…` names the day as well, and it must be the right one."""
    long = said.upper().startswith("INC-")
    return not long or said[4:12] == incident.id[4:12]


@contextmanager
def calling(**names: str) -> Iterator[None]:
    """Errors of the engine name the fields of the body: engine's word → ours."""
    try:
        yield
    except Invalid as wrong:
        if type(wrong) is Invalid and wrong.field in names:
            raise Invalid(str(wrong), field=names[wrong.field]) from None
        raise
