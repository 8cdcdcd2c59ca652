"""A save that came too late, with both texts, so that nobody has to guess what is lost."""

from collections.abc import Mapping

from bot.domain.errors import Stale
from bot.domain.postmortem import Part, Section, Values


class StaleSection(Stale):
    """`current` is what stands there now (by question), `yours` what was refused, `version` and
    `by` are of the section as it stands. `name` is that of who saved it."""

    def __init__(self, part: Part, section: Section, yours: Values, name: str) -> None:
        who = name or "a new draft"
        super().__init__(
            f"{part.title} was saved by {who} in the meantime: it is at version {section.version}."
        )
        self.version, self.by = section.version, section.by
        asked = [question.name for question in part.questions]
        changed = [n for n in asked if section.values.get(n, "") != yours.get(n, "")]
        self.current: Mapping[str, str] = {n: section.values.get(n, "") for n in changed}
        self.yours: Mapping[str, str] = {n: yours.get(n, "") for n in changed}

    @staticmethod
    def of_document(version: int, looked: int) -> Stale:
        return Stale(f"The postmortem is at version {version} by now, you read {looked}.")
