"""What somebody who pressed or filled in sees at once, in Teams' own answer.

Only who pressed sees it, so it may hold what is private. A press on a live card of a room is
answered with the card as it is now, on any other with the reply in words; a private reply comes in
their own chat, and where they have none, in words. A press in their own chat turns the message into
the reply. A dialog shows the reply itself.
https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model#response-format
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from bot.cards.incident import incident_card
from bot.cards.inputs import Choices
from bot.cards.plain_text import plain_text
from bot.chat.call import Reply
from bot.chat.desk import Desk
from bot.chat.tasks import Tasks
from bot.domain.alert import AlertRecord
from bot.domain.card import Buttons, Card
from bot.domain.incident import Incident
from bot.domain.people import Actor
from bot.platforms.teams import dialogs, render
from bot.platforms.teams.heard import (
    OK,
    Answer,
    Asked,
    By,
    ForTimeline,
    Said,
    Way,
)
from bot.platforms.teams.identity import is_stranger
from bot.platforms.teams.prefill import Prefill
from bot.platforms.teams.render import ADAPTIVE, Around
from bot.platforms.teams.replies import Replies, shown
from bot.ports.queries import Viewer

WORDS: Final = "application/vnd.microsoft.activity.message"
ERROR: Final = "application/vnd.microsoft.error"
ON_ITS_WAY: Final = "It is on its way."
BROKE: Final = "Something broke on our side; please try again."
NOT_NOW: Final = "Not now. Please try again."
NOT_YOURS: Final = "There is no such incident for you."
SHOWN: Final = 1_000


class Answers:
    """`people` gives (id, name) pairs for fields that ask for a person."""

    def __init__(
        self,
        desk: Desk,
        replies: Replies,
        tasks: Tasks,
        prefill: Prefill,
        *,
        people: Callable[[], Choices],
        public_url: str,
    ) -> None:
        self.desk, self.replies, self.tasks, self.prefill = desk, replies, tasks, prefill
        self.people, self.public_url = people, public_url.rstrip("/")

    async def to(self, reply: Reply, heard: Said | ForTimeline, actor: Actor) -> Answer:
        if heard.way is not Way.PRESS:
            return await self._in_dialog(reply, heard)
        if heard.where.is_private:
            return self._in_their_chat(reply, heard)
        return await self._in_a_room(reply, heard, actor)

    async def at_once(self, told: Reply, heard: Asked) -> Answer:
        """What was said to it before; a message is not answered twice."""
        if heard.way is Way.MESSAGE:
            return OK
        return self.words(_plain(told), heard)

    def words(self, words: str, heard: Asked) -> Answer:
        """A line for who waits, in the manner of what they did."""
        if heard.way is Way.MESSAGE:
            return OK
        if heard.way is Way.PRESS:
            return _pressed(WORDS, words[:SHOWN])
        return Answer(200, dialogs.message(words))

    def later(self, heard: Asked) -> Answer:
        return self.words(ON_ITS_WAY, heard)

    def sorry(self, heard: Asked) -> Answer:
        return self.words(BROKE, heard)

    def not_now(self) -> Answer:
        return _error(503, NOT_NOW)

    # dialogs

    async def _in_dialog(self, reply: Reply, heard: Said | ForTimeline) -> Answer:
        """A public reply is said where all can read it; who asked sees it too."""
        if not reply.private and reply.form is None:
            self.tasks.begin(self.replies.reply(reply, heard.by, heard.where), "teams reply")
        given: dict[str, str] = {}
        if isinstance(heard, Said):
            given = dict(heard.answers or {})
            if reply.form is not None and heard.about is not None:
                given = await self.prefill(reply.form, heard.about, heard.where)
        return Answer(200, dialogs.dialog(reply, people=self.people(), given=given))

    # presses

    def _in_their_chat(self, reply: Reply, heard: Said | ForTimeline) -> Answer:
        self.tasks.begin(self.replies.replace(reply, heard.where), "teams card")
        return _pressed(ADAPTIVE, self.replies.adaptive(reply))

    async def _in_a_room(self, reply: Reply, heard: Said | ForTimeline, actor: Actor) -> Answer:
        if not reply.private and reply.form is None:
            self.tasks.begin(self.replies.reply(reply, heard.by, heard.where), "teams reply")
        elif not await self._told_alone(reply, heard):
            return _pressed(WORDS, _plain(reply)[:SHOWN])
        if isinstance(heard, Said) and heard.card is not None and reply.form is None:
            return await self.refreshed(heard.card, actor, heard.by)
        return _pressed(WORDS, _plain(reply)[:SHOWN])

    async def _told_alone(self, reply: Reply, heard: Said | ForTimeline) -> bool:
        """Whether they have a chat with us; who has only read a sentence needs no message."""
        if not reply.ok and not _has_buttons(shown(reply)):
            return False
        if not await self.replies.has_chat(heard.by, heard.where):
            return False
        say = self.replies.to_them_alone(reply, heard.by, heard.where)
        self.tasks.begin(say, "teams reply")
        return True

    async def refreshed(self, number: int, actor: Actor, by: By) -> Answer:
        """The card of an incident as it is now, for this reader."""
        if is_stranger(actor):
            return _error(403, NOT_YOURS)
        queries, viewer = self.desk.queries, Viewer(actor.id)
        incident = await queries.incident(number, viewer)
        if incident is None:
            return _error(404, NOT_YOURS)
        alerts = await queries.alerts_of(number, viewer)
        return _pressed(ADAPTIVE, self._card(incident, alerts, by))

    def _card(self, incident: Incident, alerts: Sequence[AlertRecord], by: By) -> dict[str, Any]:
        """The live card, which this reader's client will ask for again."""
        number = incident.number
        card = incident_card(
            incident,
            self.desk.people.rules.policies,
            alerts,
            url=f"{self.public_url}/incidents/{number}",
        )
        around = Around(
            version=incident.version, incident=number, viewers=(by.user,), asks=self.replies.asks
        )
        return render.adaptive(card, around)


def _has_buttons(card: Card) -> bool:
    return any(isinstance(element, Buttons) for element in card.body)


def _plain(reply: Reply) -> str:
    return plain_text(shown(reply)) or "Done."


def _pressed(kind: str, value: Any) -> Answer:
    return Answer(200, {"statusCode": 200, "type": kind, "value": value})


def _error(status: int, words: str) -> Answer:
    value = {"code": str(status), "message": words}
    return Answer(200, {"statusCode": status, "type": ERROR, "value": value})
