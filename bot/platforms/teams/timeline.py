"""Messages of people as lines of the timeline, and what becomes of these when they are edited.

Talk reaches us only with the consent `ChannelMessage.Read.Group` (`ChatMessage.Read.Chat` in a
chat), and is kept only where the incident's route says `capture: true`; else a message is kept by
its menu, or by a reply to it. https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/channel-messages-with-rsc
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from urllib.parse import unquote

from bot.cards.names import person_name
from bot.chat.call import Call, Talk
from bot.chat.desk import Desk
from bot.chat.follow import entries_of, quoting, writes
from bot.chat.grammar import split_verb
from bot.domain.entry import QUOTES, TAKEN_AWAY, Entry, EntryType
from bot.domain.errors import Overloaded
from bot.platforms.teams.heard import By, Changed, ForTimeline, Kind, Way, Where
from bot.platforms.teams.identity import Identity, is_stranger
from bot.platforms.teams.words import words

QUOTED: Final = 1_500
"""Characters of a message that a line of the timeline quotes; its link has the rest."""

NOTE: Final = frozenset({"note", "timeline"})
_QUOTING: Final = re.compile(
    r"note #\d+ .*\nhttps://[^/\s]+/l/message/([^/?\s]+)/(\d+)(\?\S*)?", re.DOTALL
)


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
            quotes=place_of(heard.where.room, at),
        )
        return replace(call, interactive=False, talk=Talk.SAID) if talk else call

    def _when(self, said: datetime) -> str:
        return f"{min(said, self.desk.clock.wall()):%Y-%m-%dT%H:%M:%SZ}"

    async def _said(self, heard: ForTimeline) -> str:
        """Our own words need no author and no link: they are the line itself."""
        text = await self.plain(heard.message.text, heard.mentions, heard.where)
        if heard.way is Way.MESSAGE:
            return _cut(text) or "(no words)"
        return await self.quote(heard.message.by, text, heard.message.link, heard.where)

    async def quote(self, by: By, text: str, link: str, where: Where) -> str:
        """`Ben: disk is full`, and where it stands."""
        with suppress(Overloaded):  # they keep the name that Teams shows
            await self.identity.meet([by.aad or by.user], where)
        text = _cut(text)
        person = self.identity.person_of(by.aad or by.user)
        people = self.desk.people.rules.policies.people
        who = person_name(people, person) if person else by.name or "Somebody"
        return "\n".join(filter(None, (f"{who}: {text or '(no words)'}", link)))

    async def plain(self, text: str, mentions: Mapping[str, str], where: Where) -> str:
        """The words as their reader saw them, with people by the names they have here."""
        await self.identity.meet(mentions.values(), where)
        return words(text, mentions, self.identity.person_of)

    async def corrections(self, heard: Changed) -> list[Call]:
        """New lines that name the old ones; none where the message is in no timeline."""
        mended = await self._mended(heard)
        numbers = await self.desk.queries.quoted_in(place_of(heard.where.room, heard.at))
        quoted = [await self._quoted(heard, number) for number in numbers]
        return [*filter(None, [mended]), *quoted]

    async def _quoted(self, heard: Changed, number: int) -> Call:
        """The note that quotes it says what it says now, or is taken back."""
        where = place_of(heard.where.room, heard.at)
        author = await self.identity.actor(heard.by, heard.where, message=heard.at)
        text = f"note #{number}"
        if heard.text is not None:
            said = await self.plain(heard.text, heard.mentions, heard.where)
            link = _link(await quoting(self.desk, number, where))
            quote = await self.quote(heard.by, said, link, heard.where)
            text += f" {self._when(_time(heard.at))} {quote}"
        return Call(
            key=f"{heard.key}:{number}",
            platform="teams",
            actor=await writes(self.desk, author, number),
            text=text,
            room=number,
            interactive=False,
            quotes=where,
            talk=Talk.FOLLOWED,
        )

    async def _mended(self, heard: Changed) -> Call | None:
        """Of talk that is kept, and of a note that was typed."""
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
                quotes=place_of(heard.where.room, heard.at),
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
        """The newest line that this message made by its own words."""
        lines = [
            entry
            async for entry in entries_of(self.desk, number)
            if entry.origin.get("message") == at
            and (entry.type is EntryType.SAID or _is_typed(entry))
        ]
        return lines[-1] if lines else None

    async def _new_text(self, heard: Changed, found: Entry) -> str:
        """What it says now; a command that became another one says nothing new."""
        text = await self.plain(heard.text or "", heard.mentions, heard.where)
        if not heard.is_command:
            return text
        verb, rest = split_verb(text)
        return rest if verb in NOTE else ""


def place_of(room: str, at: str) -> str:
    """The address of a message, as a line that quotes it says."""
    return f"teams:{room}:{at}"


def quoted_by(pressed: str) -> str:
    """What a button notes that was offered for a message from elsewhere; else nothing."""
    found = _QUOTING.fullmatch(pressed)
    return place_of(unquote(found[1]), found[2]) if found else ""


def _is_typed(entry: Entry) -> bool:
    return entry.type is EntryType.COMMENT_ADDED and QUOTES not in entry.metadata


def _link(lines: Sequence[Entry]) -> str:
    """Where the message stands, as the newest line that quotes it says."""
    said = lines[-1].text.rpartition("\n")[2] if lines else ""
    return said if said.startswith("https://") else ""


def _cut(text: str) -> str:
    return text if len(text) <= QUOTED else text[:QUOTED] + "…"


def _time(at: str) -> datetime:
    """A message's id is its time in milliseconds since 1970."""
    return datetime.fromtimestamp(int(at) / 1000, UTC)
