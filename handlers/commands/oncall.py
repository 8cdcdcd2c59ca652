"""oncall: who is on call now, and next."""

from bot.cards.oncall import oncall_card
from bot.chat.command import Command, Says
from bot.chat.line import Line
from bot.chat.reaching import Reaching
from bot.domain.card import Card
from bot.domain.errors import Invalid
from bot.engine.oncall import OnCall
from bot.engine.rules import Rules


async def oncall(line: Line, oncall: OnCall, rules: Rules, reaching: Reaching) -> Card:
    schedules = rules.policies.schedules
    wanted = line.text
    if wanted and wanted not in schedules:
        known = ", ".join(schedules) or "none"
        raise Invalid(f"There is no schedule {wanted!r}. Known: {known}.")
    names = [wanted] if wanted else list(schedules)
    turns = {name: oncall.turns(name) for name in names}
    people = [shift.person for pair in turns.values() for shift in pair if shift is not None]
    return oncall_card(turns, rules.policies, lost=await reaching.lost(people))


command = Command(
    verb="oncall",
    usage="oncall [schedule]",
    help="Who is on call now, and next.",
    aliases=("who",),
    says=(Says.SCHEDULE,),
    handler=oncall,
)
