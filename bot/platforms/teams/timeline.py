"""Messages of people as lines of the timeline, and what becomes of these when they are edited.

Talk reaches us only with the consent `ChannelMessage.Read.Group` (`ChatMessage.Read.Chat` in a
chat), and is kept only where the incident's route says `capture: true`; else a message is kept by
its menu, or by a reply to it. https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/channel-messages-with-rsc
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from bot.cards.names import person_name
from bot.chat.call import Call, Talk
from bot.chat.desk import Desk
from bot.chat.grammar import split_verb
from bot.domain.entry import TAKEN_AWAY, Entry, EntryType
from bot.platforms.teams.heard import By, Changed, ForTimeline, Kind, Way, Where
from bot.platforms.teams.identity import Identity, is_stranger
from bot.platforms.teams.words import words
from bot.ports.queries import Viewer

QUOTED: Final = 1_500
"""Characters of a message that a line of the timeline quotes; its link has the rest."""

LINES: Final = frozenset({EntryType.COMMENT_ADDED, EntryType.SAID})
NOTE: Final = frozenset({"note", "timeline"})
EVERYTHING: Final = Viewer(everything=True)


class Timeline:
    def __init__(self, desk: Desk, identity: Identity) -> None:
        self.desk, self.identity = desk, identity

    async def incident(self, where: Where) -> int | None:
        """The incident of the room somebody is in; None in a chat with them alone."""
        if where.kind is Kind.PERSONAL:
            return None
        at = self.desk.queries.incident_at
        if where.thread and (found := await at("teams", where.conversation)) is not None:
            return found
        return await at("teams", where.room, where.thread or where.message)

    async def line(self, heard: ForTimeline) -> Call | None:
        """A note at the time of the message; None where it is nobody's business."""
        number = await self.incident(heard.where)
        talk = heard.way is Way.MESSAGE
        if talk and (number is None or not await self.desk.keeps_talk(number)):
            return None
        at = heard.message.at
        actor = await self.identity.actor(heard.by, heard.where, message=at)
        if talk and is_stranger(actor):
            return None
        id = f" #{number}" if number is not None else ""
        call = Call(
            key=heard.key,
            platform="teams",
            actor=actor,
            text=f"note{id} {self._when(_time(at))} {await self._said(heard)}",
            room=number,
        )
        if not talk:
            return call
        return replace(call, interactive=False, talk=Talk.SAID, quotes=_place(heard.where, at))

    def _when(self, said: datetime) -> str:
        return f"{min(said, self.desk.clock.wall()):%Y-%m-%dT%H:%M:%SZ}"

    async def _said(self, heard: ForTimeline) -> str:
        """Our own words need no author and no link: they are the line itself."""
        text = await self.plain(heard.message.text, heard.mentions, heard.where)
        text = text if len(text) <= QUOTED else text[:QUOTED] + "…"
        if heard.way is Way.MESSAGE:
            return text or "(no words)"
        return self.quote(heard.message.by, text, heard.message.link)

    def quote(self, by: By, text: str, link: str) -> str:
        """`Ben: disk is full`, and where it stands."""
        person = self.identity.person_of(by.aad or by.user)
        people = self.desk.people.rules.policies.people
        who = person_name(people, person) if person else by.name or "Somebody"
        return "\n".join(filter(None, (f"{who}: {text or '(no words)'}", link)))

    async def plain(self, text: str, mentions: Mapping[str, str], where: Where) -> str:
        """The words as their reader saw them, with people by the names they have here."""
        await self.identity.meet(mentions.values(), where)
        return words(text, mentions, self.identity.person_of)

    async def correction(self, heard: Changed) -> Call | None:
        """A new line that names the old one; None where the message is in no timeline."""
        number = await self.incident(heard.where)
        found = await self._noted(number, heard.at) if number is not None else None
        if number is None or found is None:
            return None
        text = TAKEN_AWAY if heard.text is None else await self._new_text(heard, found)
        if text in ("", found.text):
            return None
        actor = await self.identity.actor(heard.by, heard.where, message=heard.at)
        if found.type is EntryType.SAID:
            return Call(
                key=heard.key,
                platform="teams",
                actor=actor,
                text=f"note #{number} {self._when(self.desk.clock.wall())} {text}",
                room=number,
                interactive=False,
                talk=Talk.CHANGED,
                quotes=_place(heard.where, heard.at),
            )
        return Call(
            key=heard.key,
            platform="teams",
            actor=actor,
            text=f"note #{number}",
            room=number,
            answers={"text": text, "at": "", "corrects": str(found.seq)},
        )

    async def _noted(self, number: int, at: str) -> Entry | None:
        """The newest line that this message made."""
        entries = await self.desk.queries.entries(number, EVERYTHING)
        mine = (e for e in entries if e.origin.get("message") == at)
        notes = [e for e in mine if e.type in LINES]
        return notes[-1] if notes else None

    async def _new_text(self, heard: Changed, found: Entry) -> str:
        """What it says now; a command that became another one says nothing new."""
        text = await self.plain(heard.text or "", heard.mentions, heard.where)
        if not heard.is_command:
            return text
        verb, rest = split_verb(text)
        return rest if verb in NOTE else ""


def _place(where: Where, at: str) -> str:
    return f"teams:{where.room}:{at}"


def _time(at: str) -> datetime:
    """A message's id is its time in milliseconds since 1970."""
    return datetime.fromtimestamp(int(at) / 1000, UTC)
