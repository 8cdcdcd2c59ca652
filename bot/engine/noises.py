"""How much is said in one channel: what somebody chose there, else the route's, the team's, all."""

from bot.domain.entry import EntryType
from bot.domain.incident import Incident
from bot.domain.noise import Noise
from bot.engine.acts.base import Ask
from bot.engine.authorise import authorise
from bot.engine.rules import Rules
from bot.engine.work import Work
from bot.ports.store import Lane, Unit


class Noises:
    def __init__(self, work: Work, rules: Rules) -> None:
        self.work, self.rules = work, rules

    async def choose(
        self,
        ask: Ask,
        platform: str,
        channel: str,
        noise: Noise | None,
        *,
        incident: Incident | None = None,
    ) -> None:
        """For this channel from now on; None: as the policies say. `incident` is the room's.

        Raises:
            Forbidden: the asker's rights do not reach.
        """
        authorise(ask.actor, "noise", incident)

        async def do(unit: Unit) -> None:
            await unit.set_noise(platform, channel, noise)
            said = f"The noise of {platform}:{channel} is {noise or 'as the policies say'}."
            await unit.system_entry(ask.actor, EntryType.ACTION_EXECUTED, said, verb="noise")

        await self.work(do, lane=Lane.COMMANDS, call=ask.call)


def by_policy(rules: Rules, incident: Incident) -> Noise:
    """The route's, else the team's, else everything."""
    route = rules.policies.routes.get(incident.route or "")
    team = rules.policies.teams.get(incident.team or "")
    return (route.noise if route else None) or (team.noise if team else None) or Noise.ALL
