"""Who is meant by `@ann`, `ann`, `Ann Olsen` or `me`."""

from collections.abc import Mapping

from bot.chat.grammar import nearest
from bot.domain.errors import Invalid
from bot.domain.people import Actor
from bot.domain.policy import Person


def find_person(people: Mapping[str, Person], word: str, actor: Actor) -> str:
    """The id of the person meant.

    Raises:
        Invalid: nobody is called that, or several are.
    """
    said = word.strip().removeprefix("@")
    if said.lower() in ("me", "myself") and actor.is_person:
        return actor.id
    if said in people:
        return said
    lowered = said.lower()
    found = [
        id
        for id, person in people.items()
        if lowered in {id.lower(), person.name.lower(), (person.email or "").lower()}
        or lowered == person.name.lower().partition(" ")[0]
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise Invalid(f"{word!r} could be {', '.join(found)}. Say which.", field="person")
    close = nearest(lowered, [id.lower() for id in people])
    hint = f" Did you mean @{close}?" if close else ""
    raise Invalid(f"I know nobody called {word!r}.{hint}", field="person")


def options(people: Mapping[str, Person]) -> tuple[tuple[str, str], ...]:
    """(id, name) of everybody, for a form."""
    return tuple((id, person.name or id) for id, person in people.items())
