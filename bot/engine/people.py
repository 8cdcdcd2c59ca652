"""People as actors: who they are by policy, and by which surface they act."""

from collections.abc import Mapping

from bot.domain.people import Actor
from bot.engine.rules import Rules


class People:
    def __init__(self, rules: Rules) -> None:
        self.rules = rules

    def actor(self, id: str, origin: Mapping[str, str] | None = None) -> Actor | None:
        """The person with their rights of now; None where the policies do not know them."""
        person = self.rules.policies.people.get(id)
        if person is None:
            return None
        return Actor(
            id=id,
            name=person.name or id,
            right=person.rights,
            zone=person.zone,
            origin=origin or {},
        )

    def first_admin(self, origin: Mapping[str, str] | None = None) -> Actor | None:
        """Whom calls without credentials act as, in dev."""
        admins = self.rules.policies.admins
        return self.actor(admins[0], origin) if admins else None
