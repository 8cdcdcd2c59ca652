"""What the sender of a neutral event is told."""

from typing import Any, Final

from bot.domain.alert import Decision
from bot.engine.arrival import Verdict

MESSAGES: Final[dict[Decision, str]] = {
    Decision.OPENED: "Opened {incident}.",
    Decision.JOINED_INCIDENT: "Joined {incident}.",
    Decision.DUPLICATE: "Already known in {incident}; counted.",
    Decision.REPEATED: "Still firing in {incident}.",
    Decision.REFIRED: "{incident} fires again.",
    Decision.STILL_FIRING: "{incident} was resolved by a person; watching whether this goes on.",
    Decision.RESOLVED: "Cleared in {incident}.",
    Decision.NOTHING_TO_RESOLVE: "Stored; nothing was open.",
    Decision.LATE: "Stored; something newer is known already.",
    Decision.SILENCED_BY: "Stored; silenced by {by}.",
    Decision.INHIBITED_BY: "Stored; inhibited by {by}.",
    Decision.RECORDED: "Stored; no incident is needed.",
    Decision.DEAD_LETTER: "Kept as dead letter {letter}; it could not be processed.",
    Decision.QUEUED: "Stored; the decision follows.",
}


def reply(verdict: Verdict) -> dict[str, Any]:
    """The same verdict gives the same reply, however often the event comes."""
    duplicate = verdict.decision is Decision.DUPLICATE
    said = {
        "status": "duplicate" if duplicate else "accepted",
        "event_id": verdict.event_id,
        "incident_id": verdict.incident_id,
        "decision": verdict.decision,
        "message": MESSAGES[verdict.decision].format(
            incident=verdict.incident_id or "no incident",
            by=verdict.decided_by or "a rule",
            letter=verdict.dead_letter,
        ),
    }
    return {**said, "dead_letter": verdict.dead_letter} if verdict.dead_letter else said


def rejection(event_id: str | None, reason: str, letter: str) -> dict[str, Any]:
    """A bad event in a batch."""
    return {
        "status": "rejected",
        "event_id": event_id,
        "incident_id": None,
        "decision": Decision.DEAD_LETTER,
        "message": reason,
        "dead_letter": letter,
    }
