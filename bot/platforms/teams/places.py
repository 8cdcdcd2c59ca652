"""Where an incident shows in Teams, out of a job: its room, its card, and where a line goes.

A room's address has `id` and what kind it is: a thread (`channel`, `ts`, its first message, which
is the card; none of the three before that is posted), a channel made for it, or a group chat. A
card's has `channel` and `ts`.
"""

from collections.abc import Mapping
from typing import Any

from bot.domain.errors import DeliveryError
from bot.platforms.teams.addresses import is_channel
from bot.platforms.teams.errors import Paced
from bot.platforms.teams.saying import Spot
from bot.ports.channel import Job

Address = Mapping[str, Any]
Made = Mapping[str, Mapping[str, Any]]


def announces(job: Job) -> bool:
    said = job.payload
    return said.get("slot") == "announcement" or said.get("where") == "announcements"


def has_room(job: Job) -> bool:
    room = job.places.get("room", {})
    return bool(room.get("id")) and not room.get("digest")


def is_thread(room: Address) -> bool:
    """The room is a thread: all that is said stands under its card."""
    return bool(room.get("thread"))


def room_of(job: Job) -> Address:
    """Raises DeliveryError: permanent, the incident has no room of its own."""
    if not has_room(job):
        raise DeliveryError("the incident has no room", permanent=True)
    return job.places["room"]


def spot_of(card: Address) -> Spot:
    """The thread that the card heads; in a chat, the chat."""
    return Spot(str(card["channel"]), str(card["ts"]))


def outside(job: Job, incident_channel: str) -> Spot:
    """The team's channel, or that for incidents: for what has no room of its own (yet)."""
    said = job.home if is_channel(job.home) else incident_channel
    if not said and job.places.get("room", {}).get("waiting"):
        raise Paced("post the card", 5.0)
    if not said:
        raise DeliveryError(
            "there is no channel for this: set teams.incident_channel, "
            "or the team's channel in teams.yaml",
            permanent=True,
        )
    return Spot(said)


def where(job: Job, incident_channel: str) -> Spot:
    """The card begins a thread; in a channel of its own the loud lines do too; the rest stands
    under the card. A chat has one place for everything."""
    card, room = job.places.get("card", {}), job.places.get("room", {})
    detail = not job.payload.get("slot") and (
        job.payload.get("where") == "thread" or not has_room(job) or is_thread(room)
    )
    if card and detail:
        return spot_of(card)
    if has_room(job) and not is_thread(room):
        return Spot(str(room["id"]))
    return outside(job, incident_channel)


def incident_of(job: Job) -> Mapping[str, Any]:
    said: Mapping[str, Any] = job.facts.get("incident", {})
    return said


def is_private(job: Job) -> bool:
    return bool(incident_of(job).get("private"))


def url_of(job: Job) -> str:
    return str(incident_of(job).get("url") or "")


def title_of(job: Job) -> str:
    """Nothing, where the incident is private: it is known by its number."""
    return str(incident_of(job).get("title") or "")
