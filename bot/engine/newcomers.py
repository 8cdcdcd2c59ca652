"""People of the workspace whom people.yaml does not name: they get the default rights.

They are people like the others from then on: named in the timeline, assigned, paged. What
people.yaml says of somebody goes before what the platform says of them.
"""

from bot.domain.people import Right
from bot.domain.policy import Person
from bot.engine.rules import Rules
from bot.ports.newcomers import KeepsNewcomers, Newcomer


class Newcomers:
    """`right` is the default right of whoever is not listed."""

    def __init__(self, rules: Rules, kept: KeepsNewcomers, right: Right) -> None:
        self.rules, self.kept, self.right = rules, kept, right
        self._known: dict[str, Newcomer] = {}

    def __contains__(self, person: object) -> bool:
        """Whether the person of this id is one."""
        return person in self._known

    async def load(self) -> None:
        """Reads those that were met before, by this process or by another one."""
        new = {one.id: one for one in await self.kept.all() if one != self._known.get(one.id)}
        self._known |= new
        self.rules.admit({id: self._person(one) for id, one in new.items()})

    async def welcome(self, newcomer: Newcomer) -> str:
        """Their id; keeps them when they come for the first time, or are called otherwise now."""
        if self._known.get(newcomer.id) != newcomer:
            await self.kept.keep(newcomer)
            self._known[newcomer.id] = newcomer
            self.rules.admit({newcomer.id: self._person(newcomer)})
        return newcomer.id

    def _person(self, newcomer: Newcomer) -> Person:
        handle = {newcomer.platform: newcomer.user}
        return Person.model_validate(
            {
                "name": newcomer.name,
                "email": newcomer.email,
                "zone": newcomer.zone,
                "rights": self.right,
                **handle,
            }
        )
