"""The whole unit of work."""

from dataclasses import dataclass

from storage.flush import flush
from storage.units.channels import ChannelPart
from storage.units.effects import EffectPart
from storage.units.followups import FollowupPart
from storage.units.incidents import IncidentPart
from storage.units.intake import IntakePart
from storage.units.invocations import InvocationPart
from storage.units.silences import SilencePart
from storage.units.timers import TimerPart


@dataclass
class SqlUnit(
    IncidentPart,
    IntakePart,
    SilencePart,
    TimerPart,
    EffectPart,
    InvocationPart,
    ChannelPart,
    FollowupPart,
):
    """One transaction on one connection; see bot.ports.store.Unit."""

    async def write_down(self) -> None:
        await self.end_superseded()
        await flush(self.connection, self.ledger, self.raw, self.events, self.sender)
