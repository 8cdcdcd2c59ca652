"""May this actor do this to that? Asked once, of what is stored now."""

from bot.domain.errors import Forbidden
from bot.domain.incident import Incident
from bot.domain.people import Actor, Right
from bot.domain.rights import LEAD_GIVES, NEEDED


def right_in(actor: Actor, incident: Incident | None) -> Right:
    """The actor's right, raised by the lead of this incident."""
    if incident is not None and incident.lead == actor.id and LEAD_GIVES.reaches(actor.right):
        return LEAD_GIVES
    return actor.right


def authorise(actor: Actor, verb: str, incident: Incident | None) -> None:
    """Passes, or says what is missing. Whether the incident exists for them comes before this.

    Raises:
        Forbidden: the actor's rights do not reach.
    """
    needed = NEEDED[verb]
    if not right_in(actor, incident).reaches(needed):
        raise Forbidden(
            f"{verb} needs the right {needed}; {actor.shown} has {actor.right}."
            " Ask an admin, or somebody who may."
        )
