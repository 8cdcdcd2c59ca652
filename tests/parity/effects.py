"""Every kind of effect done on a platform, one after another, and what somebody sees of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from bot.domain.card import Button, Buttons, Card, Text, Tone
from bot.domain.effect import EffectKind
from bot.domain.errors import DeliveryError
from bot.ports.channel import Channel, Job
from tests.fakes.slack import Slack
from tests.fakes.teams import Teams
from tests.web.browser import Browser

CARD: Final = Card(
    "#7 a card", (Text("words"), Buttons((Button("Acknowledge", "ack #7"),))), Tone.ALARM
)

NUMBER: Final = 7
"""The incident that they are about."""

ORDER: Final = (
    EffectKind.OPEN_ROOM,
    EffectKind.POST,
    EffectKind.INVITE,
    EffectKind.RENAME_ROOM,
    EffectKind.SET_TOPIC,
    EffectKind.BOOKMARK,
    EffectKind.EDIT_CARD,
    EffectKind.PIN,
    EffectKind.REACT,
    EffectKind.EPHEMERAL,
    EffectKind.UPLOAD,
    EffectKind.DIRECT_MESSAGE,
    EffectKind.PAGE,
    EffectKind.PUBLISH_HOME,
    EffectKind.REMOVE,
    EffectKind.ARCHIVE_ROOM,
    EffectKind.UNARCHIVE_ROOM,
    EffectKind.ADOPT_ROOM,
)
"""What one needs of another comes before it."""


@dataclass
class Stage:
    """`looks` is all that anybody sees there; `adopts` a channel that people had already."""

    channel: Channel
    looks: Callable[[], Awaitable[object]]
    adopts: str
    places: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    async def perform_all(self) -> dict[EffectKind, bool]:
        """Kind → whether it was done, so that somebody sees it or a place is known from it."""
        return {kind: await self._perform(kind) for kind in ORDER}

    async def _perform(self, kind: EffectKind) -> bool:
        before = repr(await self.looks())
        try:
            made = await self.channel.perform(self._job(kind))
        except DeliveryError as no:
            if not no.permanent or kind in self.channel.capabilities.effects:
                raise
            return False
        self.places |= made
        return bool(made) or repr(await self.looks()) != before

    def _job(self, kind: EffectKind) -> Job:
        room, card = self.places.get("room", {}), self.places.get("card", {})
        message = {"channel": card.get("channel"), "ts": card.get("ts")}
        payload: dict[EffectKind, dict[str, Any]] = {
            EffectKind.POST: {"slot": "card", "where": "channel"},
            EffectKind.INVITE: {"people": ["ann"]},
            EffectKind.REMOVE: {"people": ["ann"]},
            EffectKind.BOOKMARK: {"title": "Dashboard", "url": "https://dash.example"},
            EffectKind.REACT: {**message, "name": "eyes"},
            EffectKind.EPHEMERAL: {"channel": room.get("id")},
            EffectKind.UPLOAD: {"name": "inc-7.md", "title": "Draft", "text": "# what happened"},
            EffectKind.ADOPT_ROOM: {"channel": self.adopts},
        }
        later = ORDER.index(kind) > ORDER.index(EffectKind.INVITE)
        return Job(
            key=f"{kind}:{NUMBER}",
            kind=kind,
            incident=NUMBER,
            card=Card("#7 another card", CARD.body, Tone.CALM) if later else CARD,
            line="P1 a card #7",
            person_id="ann",
            loud=kind is EffectKind.PAGE,
            to="person:ann",
            payload=payload.get(kind, {}),
            places={} if kind is EffectKind.ADOPT_ROOM else dict(self.places),
            facts={
                "incident": {
                    "id": "INC-20260105-00007",
                    "title": "another card" if later else "a card",
                    "severity": "P0" if kind is EffectKind.SET_TOPIC else "P1",
                    "url": "https://muster.example/incidents/7",
                    "version": 4 if later else 3,
                }
            },
        )


async def seen_in_web(browser: Browser) -> object:
    """What waits for Ann there; the rest of the web room is looked at in `tests.parity.pages`."""
    return (await browser.get("/notices")).text


async def seen_in_slack(slack: Slack) -> object:
    space = slack.workspace
    rooms = [
        (
            room.name,
            room.topic,
            room.purpose,
            room.is_archived,
            sorted(room.members),
            room.bookmarks,
            room.pins,
            [(m.text, m.all_blocks, m.reactions, m.files) for m in room.messages.values()],
        )
        for room in space.channels.values()
    ]
    return rooms, space.ephemerals, space.homes


async def seen_in_teams(teams: Teams) -> object:
    return [
        (
            room.name,
            room.topic,
            room.is_archived,
            sorted(room.members),
            [(m.activity, m.deleted) for m in room.messages.values()],
        )
        for room in teams.conversations.values()
    ]
