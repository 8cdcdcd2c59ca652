"""The services of the policies by what people call them: a question may say the id or the name."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from bot.domain.policy import Policies
from bot.engine.knowledge.words import terms

Phrase = tuple[str, ...]
Names = Callable[[], Mapping[str, str]]
"""Asked for each question, since policies change: the id of a service → its name."""


class Named(NamedTuple):
    """`service`: its id. `phrases`: its id and its name, as terms."""

    service: str
    phrases: tuple[Phrase, ...]


def nobody() -> Mapping[str, str]:
    return {}


def names_of(policies: Policies) -> Mapping[str, str]:
    return {id: service.name for id, service in policies.services.items()}


def named(said: Phrase, names: Mapping[str, str]) -> Named | None:
    """The service that is spoken of by its id or its name; the longest one that fits."""
    best: tuple[int, Named] | None = None
    for id, name in names.items():
        phrases = tuple(dict.fromkeys(filter(None, (_phrase(id), _phrase(name)))))
        length = max((sum(map(len, one)) for one in phrases if stands_in(one, said)), default=0)
        if length and (best is None or length > best[0]):
            best = length, Named(id, phrases)
    return best[1] if best is not None else None


def _phrase(text: str) -> Phrase:
    """An identifier is indexed whole too, and that is enough of it."""
    said = tuple(terms(text))
    return said if " " in text.strip() else said[:1]


def stands_in(phrase: Phrase, said: Phrase) -> bool:
    """As a whole, one word after the other."""
    return any(
        said[begin : begin + len(phrase)] == phrase for begin in range(len(said) - len(phrase) + 1)
    )
