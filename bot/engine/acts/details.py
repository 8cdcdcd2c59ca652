"""What it is called, whose it is, how bad it is."""

from typing import Any, Final

from bot.domain.entry import EntryType
from bot.domain.errors import Invalid
from bot.domain.incident import Incident
from bot.domain.severity import Severity
from bot.engine.acts.base import TITLE_LIMIT, Acting, Ask, Done, check_text, check_url
from bot.ports.store import Unit

ROLES: Final = ("lead", "communications", "operations", "scribe")


class Details(Acting):
    """Fields of an incident that people set."""

    async def assign(self, number: int, person: str, ask: Ask) -> Done:
        self._known_person(person)

        def do(unit: Unit, incident: Incident) -> Done:
            if incident.assigned_to == person:
                return Done(incident, changed=False)
            values: dict[str, Any] = {
                "assigned_to": person,
                **self._joins(incident, person),
            }
            entry = unit.ledger.enter(incident, EntryType.ASSIGNED, ask.actor, set=values)
            return Done(incident, entry)

        return await self._act(number, ask, "assign", do)

    async def role(self, number: int, role: str, person: str | None, ask: Ask) -> Done:
        """Gives a role (`lead`, `communications`, `operations`, `scribe`), or vacates it (None)."""
        if role not in ROLES:
            raise Invalid(f"There is no role {role!r}. Roles: {', '.join(ROLES)}.", field="role")
        if person is not None:
            self._known_person(person)

        def do(unit: Unit, incident: Incident) -> Done:
            roles = {k: v for k, v in incident.roles.items() if k != role}
            if person is not None:
                roles[role] = person
            if roles == incident.roles:
                return Done(incident, changed=False)
            values: dict[str, Any] = {"roles": roles}
            if person is not None:
                values.update(self._joins(incident, person))
            entry = unit.ledger.enter(
                incident,
                EntryType.ROLE_CHANGED,
                ask.actor,
                set=values,
                metadata={"role": role, "person": person},
            )
            return Done(incident, entry)

        return await self._act(number, ask, "role", do)

    async def severity(self, number: int, to: Severity, ask: Ask, *, text: str = "") -> Done:
        def do(unit: Unit, incident: Incident) -> Done:
            if incident.severity is to:
                return Done(incident, changed=False)
            entry = self.life.change_severity(unit.ledger, incident, to, ask.actor, text=text)
            return Done(incident, entry)

        return await self._act(number, ask, "severity", do)

    async def rename(self, number: int, title: str, ask: Ask) -> Done:
        title = check_text("title", title, TITLE_LIMIT, required=True)

        def do(unit: Unit, incident: Incident) -> Done:
            if incident.title == title:
                return Done(incident, changed=False)
            entry = unit.ledger.enter(incident, EntryType.RENAMED, ask.actor, set={"title": title})
            return Done(incident, entry)

        return await self._act(number, ask, "rename", do)

    async def link(self, number: int, url: str, label: str, ask: Ask) -> Done:
        url = check_url(url)
        label = check_text("label", label, TITLE_LIMIT) or url

        def do(unit: Unit, incident: Incident) -> Done:
            if any(known["url"] == url for known in incident.links):
                return Done(incident, changed=False)
            links = [*incident.links, {"url": url, "label": label, "by": ask.actor.id}]
            entry = unit.ledger.enter(
                incident, EntryType.LINK_ADDED, ask.actor, text=label, set={"links": links}
            )
            return Done(incident, entry)

        return await self._act(number, ask, "link", do)

    async def add_member(self, number: int, person: str, ask: Ask) -> Done:
        """Lets one more person see a private incident."""
        self._known_person(person)

        def do(unit: Unit, incident: Incident) -> Done:
            if incident.visible_to(person):
                return Done(incident, changed=False)
            entry = unit.ledger.enter(
                incident,
                EntryType.INCIDENT_UPDATED,
                ask.actor,
                set={"members": sorted({*incident.members, person})},
            )
            return Done(incident, entry)

        return await self._act(number, ask, "assign", do)
