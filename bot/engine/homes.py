"""Where an incident lives: one chat platform, or several where its route bridges them; and how
something is queued for it there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.domain.effect import KEPT_FOR, Capabilities, Effect, EffectKind
from bot.domain.incident import Incident, Visibility
from bot.domain.ledger import Ledger
from bot.engine.rules import Rules


@dataclass(frozen=True, slots=True)
class Home:
    """The platform of one incident, in one transaction."""

    platform: str
    can: Capabilities
    ledger: Ledger
    incident: Incident

    def queue(
        self,
        kind: EffectKind,
        key: str,
        payload: Mapping[str, Any] | None = None,
        *,
        order: str = "incident",
        after: timedelta = timedelta(0),
    ) -> None:
        """Queues what the platform can do, its declared substitute, or nothing."""
        chosen = self.can.choose(kind)
        if chosen is None:
            return
        self.ledger.queue(
            Effect(
                key=f"{self.platform}:{key}",
                kind=chosen,
                destination=self.platform,
                ordering=f"{self.platform}:{order}:{self.incident.number}",
                payload=payload or {},
                incident=self.incident.number,
                version=self.incident.version,
                due_at=self.ledger.now + after,
                expires_at=self.ledger.now + KEPT_FOR,
            )
        )


class Homes:
    """`platforms`: what every enabled platform can do; those without rooms are nobody's home."""

    def __init__(self, rules: Rules, platforms: Mapping[str, Capabilities]) -> None:
        self.rules = rules
        self.platforms = {name: can for name, can in platforms.items() if can.rooms}

    def __bool__(self) -> bool:
        return bool(self.platforms)

    def of(self, ledger: Ledger, incident: Incident) -> list[Home]:
        """The platforms an incident lives on, its own first; none where there is no chat."""
        names = dict.fromkeys(self._names(incident))
        return [Home(name, self.platforms[name], ledger, incident) for name in names]

    def _names(self, incident: Incident) -> Iterator[str]:
        """Its route's, its team's, or the only one; and those it is bridged to. What is private
        stays where it is."""
        if not self.platforms:
            return
        policies = self.rules.policies
        route = policies.routes.get(incident.route or "")
        team = policies.teams.get(incident.team or "")
        wanted = (route.platform if route else None) or (team.platform if team else None)
        yield wanted if wanted in self.platforms else next(iter(self.platforms))
        if incident.visibility is Visibility.PRIVATE:
            return
        bridged = (route.bridge if route else ()) or (team.bridge if team else ())
        yield from (name for name in bridged if name in self.platforms)
