"""When nothing fires any more: resolve what nobody works on, ask about the rest."""

from bot.domain.incident import Incident, Outcome
from bot.domain.ledger import Ledger
from bot.domain.lifecycle import TABLE, Action, State
from bot.domain.people import Actor
from bot.engine.life import Life


def all_clear(life: Life, ledger: Ledger, incident: Incident, actor: Actor) -> bool:
    """Resolves the incident for its source; False where it only asks (the card then offers it).

    What a person works on is never resolved by the source: IN_PROGRESS, and ESCALATED once taken.
    A declared incident never resolves by itself.
    """
    if incident.declared or incident.status not in TABLE[Action.AUTO_RESOLVE].to:
        return False
    if incident.status is State.ESCALATED and incident.acknowledged:
        return False
    life.act(
        ledger,
        incident,
        Action.AUTO_RESOLVE,
        actor,
        text="All alerts have cleared.",
        values={"outcome": Outcome.CLEARED},
    )
    return True
