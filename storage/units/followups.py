"""Follow-ups, as far as a transaction asks for them."""

from collections.abc import Collection

from sqlalchemy import and_, or_, select

from storage import tables as t
from storage.units.base import Part


class FollowupPart(Part):
    async def promised(self, person: str, teams: Collection[str]) -> bool:
        """Whether a follow-up of this person, or of one of these teams, is still open."""
        theirs = or_(t.tasks.c.owner == person, t.incidents.c.team.in_(sorted(teams)))
        incidents = and_(
            t.incidents.c.tenant == t.tasks.c.tenant, t.incidents.c.number == t.tasks.c.incident
        )
        rows = await self.connection.execute(
            select(t.tasks.c.number)
            .join_from(t.tasks, t.incidents, incidents)
            .where(t.tasks.c.follow_up, t.tasks.c.state == "open", theirs)
            .limit(1)
        )
        return rows.first() is not None
