"""New policies: what a rule hid that is gone, or matches no more, is judged again."""

from collections.abc import Callable, Iterator, Mapping

import structlog

from bot.domain.alert import AlertRecord, seen_labels
from bot.domain.errors import Overloaded
from bot.domain.policy import Policies
from bot.engine.rules import Rules
from bot.engine.stages.inhibit import source_keys, target_keys
from bot.engine.work import Work
from bot.ports.store import Lane, Unit

log = structlog.get_logger()

Keys = Callable[[Mapping[str, str], Policies], Iterator[str]]


class Reload:
    """Follows the policies in force: awaited before each sweep, it looks once at every new set."""

    def __init__(self, rules: Rules, work: Work) -> None:
        self.rules, self.work = rules, work
        self._followed: Policies | None = None

    async def follow(self) -> None:
        """After a reload, and once after the start: what hid alerts may do so no more."""
        policies = self.rules.policies
        if policies is self._followed:
            return

        async def look(unit: Unit) -> None:
            await look_again(unit, policies)

        try:
            await self.work(look, lane=Lane.TIMERS)
        except Overloaded:
            raise
        except Exception:  # what cannot be looked at again must not stop a clock
            log.exception("policies_not_followed", version=policies.version)
        self._followed = policies


async def look_again(unit: Unit, policies: Policies) -> None:
    """Forgets who hides nothing any more, and wakes what is hidden for no reason of today.

    It is the timer of an ended inhibition that wakes it, so both are judged the same way.
    """
    hiding = await unit.inhibitors()
    sources = {record.id: record for record in await unit.alerts_by_id({id for _, id in hiding})}
    over = set()
    for key, id in hiding:
        source = sources.get(id)
        if source is None or not source.firing or not _under(key, source, policies, source_keys):
            unit.ledger.inhibitors[key, id] = False
            over.add(key)
    for record in await unit.inhibited():
        key = record.decided_by.removeprefix("inhibition:")
        if not _under(key, record, policies, target_keys):
            over.add(key)
    for key in sorted(over):
        unit.ledger.arm(f"inhibition:{key}", "inhibition_end", 0, unit.now)


def _under(key: str, record: AlertRecord, policies: Policies, keys: Keys) -> bool:
    return key in keys(seen_labels(record), policies)
