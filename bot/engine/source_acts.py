"""What alert sources may do beside alerting: say that somebody has it (Events v2 acknowledge)."""

from bot.domain.lifecycle import Action, State
from bot.domain.people import source_actor
from bot.engine.life import Life
from bot.engine.work import Work
from bot.ports.store import Lane, Unit


class SourceActs:
    def __init__(self, work: Work, life: Life) -> None:
        self.work, self.life = work, life

    async def acknowledge(self, source: str, dedup_key: str) -> None:
        """Acknowledges the open incident that holds this alert; without one, does nothing."""

        async def do(unit: Unit) -> None:
            record = (await unit.alerts([(source, dedup_key)])).get((source, dedup_key))
            if record is None or record.incident is None or not record.firing:
                return
            incident = await unit.incident(record.incident)
            if not incident.open or incident.acknowledged:
                return
            action = Action.ACKNOWLEDGE if incident.status is State.NEW else Action.TAKE
            self.life.act(unit.ledger, incident, action, source_actor(source))

        await self.work(do, lane=Lane.COMMANDS)
