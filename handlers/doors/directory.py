"""Which sources there are, how each is read, and what opens it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from pydantic import SecretStr

from bot.domain.errors import ConfigError, NotFound
from handlers.alerts import SOURCES, Parse, Source
from handlers.alerts.generic import check_mapping
from handlers.placed import Place, nowhere, problem
from handlers.registry import resolve


def _unresolved(payload: Any, source: Source) -> Any:
    raise ConfigError(f"Source {source.name!r} is in no directory yet.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """A source and its keys. `limit_per_minute`: requests; 0 is no limit.

    `parse` is filled in by the Directory.
    """

    source: Source
    token: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)
    limit_per_minute: int = 0
    parse: Parse = field(default=_unresolved, repr=False)

    @property
    def name(self) -> str:
        return self.source.name


class Configured(Protocol):
    """A source as the settings have it."""

    @property
    def kind(self) -> str: ...
    @property
    def token(self) -> SecretStr | None: ...
    @property
    def secret(self) -> SecretStr | None: ...
    @property
    def mapping(self) -> Mapping[str, Any]: ...
    @property
    def limit_per_minute(self) -> int | None: ...


class Directory:
    """Configured sources by name; any kind is also a source of its own name.

    Such a source without configuration has no key of its own: outside dev only a token made for it
    (`muster token create`) opens it.

    `place`: who said what stands under a key of the settings.

    Raises:
        ConfigError: an unknown kind, two sources of one name, or a mapping that cannot be read;
            names the key, and its file and line.
    """

    def __init__(self, entrances: Iterable[Entrance] = (), place: Place = nowhere) -> None:
        self._entrances: dict[str, Entrance] = {}
        for entrance in entrances:
            if entrance.name in self._entrances:
                raise ConfigError(f"Source {entrance.name!r} is configured twice.")
            self._entrances[entrance.name] = _ready(entrance, place)
        self._by_kind = {
            kind: _ready(Entrance(source=Source(name=kind, kind=kind))) for kind in SOURCES
        }

    @classmethod
    def of(
        cls,
        sources: Mapping[str, Configured],
        *,
        strict: bool = False,
        place: Place = nowhere,
    ) -> "Directory":
        """Of the settings. Raises ConfigError as the constructor does."""
        entrances = (
            Entrance(
                source=Source(
                    name=name, kind=said.kind, mapping=said.mapping or None, strict=strict
                ),
                token=said.token.get_secret_value() if said.token else None,
                secret=said.secret.get_secret_value() if said.secret else None,
                limit_per_minute=said.limit_per_minute or 0,
            )
            for name, said in sources.items()
        )
        return cls(entrances, place)

    def __iter__(self) -> Iterator[Entrance]:
        """The configured ones."""
        return iter(self._entrances.values())

    def find(self, name: str) -> Entrance:
        """Raises NotFound: there is none of that name; names those there are."""
        found = self._entrances.get(name) or self._by_kind.get(name)
        if found is None:
            names = ", ".join(self.names())
            raise NotFound(f"There is no source {name[:100]!r}; there are {names}.")
        return found

    def names(self) -> list[str]:
        """Of all, sorted: those that are configured, and the kinds."""
        return sorted({*self._entrances, *self._by_kind})

    def named(self, name: str, kind: str) -> Entrance:
        """The source of that name, read as `kind`, whatever kind it is configured as."""
        as_kind = Source(name=name, kind=kind)
        found = self._entrances.get(name) or self._by_kind.get(name)
        if found is not None and found.source.kind == kind:
            return found
        return _ready(replace(found or Entrance(source=as_kind), source=as_kind))


def _ready(entrance: Entrance, place: Place = nowhere) -> Entrance:
    source, where = entrance.source, ("sources", entrance.name)
    if source.kind not in SOURCES:
        kinds = ", ".join(sorted(SOURCES))
        text = f"{source.kind!r} is unknown; write one of {kinds}"
        raise ConfigError(problem((*where, "kind"), text, place))
    if source.mapping and isinstance(source.mapping, Mapping):
        if source.kind != "generic":
            text = "belongs to `kind: generic` only"
            raise ConfigError(problem((*where, "mapping"), text, place))
        source = replace(source, mapping=check_mapping(source.name, source.mapping, place))
    return replace(entrance, source=source, parse=resolve(SOURCES[source.kind]))
