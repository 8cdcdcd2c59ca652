"""What became of an event, as `GET /api/v1/events/{id}` tells it."""

from typing import Any

from bot.domain.incident import rfc3339
from bot.ports.queries import Queries, Viewer


class FoundEvents:
    def __init__(self, queries: Queries) -> None:
        self.queries = queries

    async def find_event(self, id: str) -> dict[str, Any] | None:
        """None where it is unknown; an event of a private incident tells nothing of that."""
        found = await self.queries.event(id, Viewer())
        if found is None:
            return None
        return {
            "event_id": found.event_id or found.id,
            "source": found.source,
            "received_at": rfc3339(found.received_at),
            "incident_id": found.incident_id,
            "decision": found.decision,
        }
