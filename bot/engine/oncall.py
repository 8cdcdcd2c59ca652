"""Who is on call, asked of the wall clock."""

from datetime import datetime

from bot.domain.oncall import Shift
from bot.domain.policy import Target, TargetKind
from bot.engine.rules import Rules
from bot.ports.clock import Clock


class OnCall:
    def __init__(self, rules: Rules, clock: Clock) -> None:
        self.rules, self.clock = rules, clock

    def shift(self, schedule: str, at: datetime | None = None) -> Shift | None:
        """The shift of `schedule` at `at` (default now); None where it has none."""
        known = self.rules.policies.schedules.get(schedule)
        return known.on_call(at or self.clock.wall()) if known else None

    def turns(self, schedule: str) -> tuple[Shift | None, Shift | None]:
        """Who has it now, and who is next."""
        now = self.shift(schedule)
        return now, self.shift(schedule, now.ends_at) if now else None

    def people(self, target: Target, team: str | None) -> tuple[str, ...]:
        """The person ids a target means for an incident of `team`; () where it means nobody."""
        policies = self.rules.policies
        owner = policies.teams.get(target.id or team or "")
        match target.kind:
            case TargetKind.USER:
                return (target.id,) if target.id in policies.people else ()
            case TargetKind.ONCALL:
                schedule = target.id or (owner.schedule if owner else None)
                shift = self.shift(schedule) if schedule else None
                return (shift.person,) if shift else ()
            case TargetKind.TEAM:
                return owner.members if owner else ()
            case TargetKind.MANAGER:
                return (owner.manager,) if owner and owner.manager else ()
            case _:
                return ()
