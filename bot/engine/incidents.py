"""Everything a person or an integration can do to an incident."""

from bot.engine.acts.calls import Calls
from bot.engine.acts.details import Details
from bot.engine.acts.followups import FollowupActs
from bot.engine.acts.marks import MarkActs
from bot.engine.acts.opening import Opening
from bot.engine.acts.postmortems import PostmortemActs
from bot.engine.acts.rooming import Rooming
from bot.engine.acts.sayings import Sayings
from bot.engine.acts.tasks import TaskActs
from bot.engine.acts.transitions import Transitions
from bot.engine.acts.undoing import Undoing


class Incidents(
    Opening,
    Transitions,
    Details,
    Rooming,
    Sayings,
    TaskActs,
    FollowupActs,
    MarkActs,
    PostmortemActs,
    Calls,
    Undoing,
):
    """`await incidents.act(42, Action.ACKNOWLEDGE, ask)` reads as what happens."""
