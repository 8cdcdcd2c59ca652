"""Opening: what a person (or an integration) declares."""

from datetime import datetime
from typing import Any

from bot.domain.entry import EntryType
from bot.domain.incident import Visibility
from bot.domain.marks import Mark
from bot.domain.severity import Severity
from bot.engine.acts.base import TEXT_LIMIT, TITLE_LIMIT, Ask, Done, check_text
from bot.engine.acts.rooming import Rooming, adopt
from bot.engine.authorise import authorise
from bot.engine.rooms import ADOPTS
from bot.ports.existing import Existing
from bot.ports.store import Lane, Unit


class Opening(Rooming):
    """An incident that nobody alerted about."""

    async def declare(
        self,
        ask: Ask,
        *,
        title: str,
        severity: Severity = Severity.P2,
        description: str = "",
        category: str | None = None,
        service: str | None = None,
        team: str | None = None,
        assigned_to: str | None = None,
        private: bool = False,
        test: bool = False,
        since: datetime | None = None,
        here: Existing | None = None,
    ) -> Done:
        """Opens an incident that a person (or an integration) declares. It needs a title only.

        `here`: a channel that becomes its room, with what was said there lately.

        Raises:
            Invalid: the title is missing or too long, or names nobody knows.
        """
        authorise(ask.actor, "declare", None)
        title = check_text("title", title, TITLE_LIMIT, required=True)
        description = check_text("description", description, TEXT_LIMIT)
        if assigned_to is not None:
            self._known_person(assigned_to)
        policies = self.rules.policies
        labels = {"service": service} if service else {}
        route_id = policies.route_for({**labels, "source": "declared", "title": title})
        route = policies.routes[route_id]
        owner = team or policies.team_of(route, service)
        fields: dict[str, Any] = {
            "title": title,
            "severity": severity,
            "severity_by_person": True,
            "description": description,
            "category": category or "other",
            "source": ask.actor.origin.get("platform", "api"),
            "service": service,
            "team": owner,
            "route": route_id,
            "escalation": policies.escalation_of(route_id, owner),
            "loudness": "room" if here else str(route.loudness or ""),
            "visibility": Visibility.PRIVATE if private or route.private else Visibility.PUBLIC,
            "declared_by": ask.actor.id,
            "test": test,
            "assigned_to": assigned_to,
            "labels": labels,
            "began_at": since,
        }
        if private or route.private:
            inside = here.people if here else ()
            fields["members"] = sorted({ask.actor.id, *inside, *filter(None, (assigned_to,))})

        async def do(unit: Unit) -> Done:
            (number,) = await unit.new_numbers(1)
            incident = self.life.open(
                unit.ledger,
                number,
                ask.actor,
                fields,
                text=description,
                metadata={ADOPTS: here.channel} if here else None,
            )
            if here is not None:
                await self._take(unit, incident, here, ask.actor)
                await adopt(unit, incident, here, ask.actor)
            unit.ledger.new_groups.append((f"declared\x1f{number}", number))
            if since is not None:
                unit.ledger.enter(
                    incident,
                    EntryType.MARKED,
                    ask.actor,
                    text="Began earlier than it was declared.",
                    set={Mark.IMPACT.field: since},
                    occurred_at=since,
                    metadata={"mark": str(Mark.IMPACT)},
                )
            return Done(incident)

        return await self.work(do, lane=Lane.COMMANDS, call=ask.call)
