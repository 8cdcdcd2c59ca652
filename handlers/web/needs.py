"""What the pages need from the rest of Muster."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.chat.call import Call, Reply
from bot.chat.command import Command
from bot.chat.complete import Suggestion
from bot.domain.people import Actor


class Inbox(Protocol):
    async def __call__(self, call: Call) -> Reply:
        """Carries the command out; a call with the same key again gets its first reply again."""
        ...


class Completes(Protocol):
    @property
    def words(self) -> Mapping[str, Command]:
        """Every word that begins a command."""
        ...

    async def __call__(self, text: str, actor: Actor, room: int | None) -> Sequence[Suggestion]:
        """What may be meant by the words so far."""
        ...


class Logins(Protocol):
    """One-time sign-in links and the sessions they open. Only hashes are kept."""

    async def open_link(self, secret: str) -> str | None:
        """Uses up the link. The secret of a new session; None where the link is none (any more)."""
        ...

    async def session(self, secret: str) -> str | None:
        """The person of this session; None where it is none, or has ended."""
        ...

    async def end(self, secret: str) -> None:
        """Signs out. An unknown session is no error."""
        ...
