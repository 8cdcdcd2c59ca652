"""oncall: who is on call now, and next."""

from bot.cards.oncall import oncall_card
from bot.chat.command import Command, Says
from bot.chat.line import Line
from bot.domain.card import Card
from bot.domain.errors import Invalid
from bot.engine.oncall import OnCall
from bot.engine.rules import Rules


async def oncall(line: Line, oncall: OnCall, rules: Rules) -> Card:
    schedules = rules.policies.schedules
    wanted = line.text
    if wanted and wanted not in schedules:
        known = ", ".join(schedules) or "none"
        raise Invalid(f"There is no schedule {wanted!r}. Known: {known}.")
    names = [wanted] if wanted else list(schedules)
    return oncall_card({name: oncall.turns(name) for name in names}, rules.policies)


command = Command(
    verb="oncall",
    usage="oncall [schedule]",
    help="Who is on call now, and next.",
    aliases=("who",),
    says=(Says.SCHEDULE,),
    handler=oncall,
)
