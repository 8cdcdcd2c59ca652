"""The engine put together: what decides, in one object, without knowing what it stands on."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.alert import Alert
from bot.domain.effect import Capabilities
from bot.engine.amend import Amend
from bot.engine.announce import Announce, Hook
from bot.engine.batches import Batches
from bot.engine.hold import Hold
from bot.engine.incidents import Incidents
from bot.engine.intake import Intake
from bot.engine.letters import Letters
from bot.engine.life import Life
from bot.engine.noises import Noises
from bot.engine.oncall import OnCall
from bot.engine.paging import Paging
from bot.engine.people import People
from bot.engine.pipeline import Pipeline
from bot.engine.reload import Reload
from bot.engine.rules import Rules
from bot.engine.silences import Silences
from bot.engine.source_acts import SourceActs
from bot.engine.stages import Stage
from bot.engine.timer_acts import TimerActs
from bot.engine.timers import Timers
from bot.engine.work import Work
from bot.ports.clock import Clock
from bot.ports.store import Store

MakeStages = Callable[[Rules, Life], Sequence[Stage]]
Parse = Callable[[str, bytes], Sequence[Alert]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    rules: Rules
    oncall: OnCall
    people: People
    life: Life
    work: Work
    incidents: Incidents
    silences: Silences
    noises: Noises
    amend: Amend
    source_acts: SourceActs
    intake: Intake
    timers: Timers
    hold: Hold

    def services(self) -> dict[type, object]:
        """What commands may ask for, by type."""
        found = (
            self.rules,
            self.oncall,
            self.people,
            self.incidents,
            self.silences,
            self.noises,
        )
        return {type(one): one for one in found}


def assemble(
    *,
    store: Store,
    clock: Clock,
    rules: Rules,
    capabilities: Mapping[str, Capabilities],
    hooks: Iterable[Hook],
    stages: MakeStages,
    parse: Parse,
    hold: Hold,
    batch: int,
    queue_limit: int,
    lanes: int,
    late: Callable[[str, float], None],
    took: Callable[[str, float], None],
) -> Engine:
    """`capabilities` of every enabled platform and channel; `late` hears how late
    timers were decided, `took` how long transactions took."""
    oncall = OnCall(rules, clock)
    announce = Announce(rules, capabilities, hooks)
    life = Life(rules, Paging(rules, oncall, capabilities))
    work = Work(store, announce, observe=took)
    pipeline = Pipeline(rules, stages(rules, life))
    batches = Batches(work, pipeline)
    acts = TimerActs(rules, life, pipeline, announce, Letters(pipeline, parse))
    return Engine(
        rules=rules,
        oncall=oncall,
        people=People(rules),
        life=life,
        work=work,
        incidents=Incidents(work, rules, life),
        silences=Silences(work),
        noises=Noises(work, rules),
        amend=Amend(work, rules, life),
        source_acts=SourceActs(work, life),
        intake=Intake(batches, batch=batch, queue_limit=queue_limit, lanes=lanes),
        timers=Timers(store, work, acts, hold, observe=late, first=Reload(rules, work).follow),
        hold=hold,
    )
