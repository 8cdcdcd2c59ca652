"""Slack: a room per incident, one live card, and everything said exactly once.

`render` and `forms` turn cards and forms into blocks and modals; `client` makes one call, paced and
with every way it can go wrong told apart; `rooms` and `posts` do the effects; `platform` is the
table of them. The Web API's pages are at https://docs.slack.dev/reference/methods.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

import aiohttp
from pydantic import SecretStr

from bot.domain.policy import Person
from bot.platforms.slack.client import TIMEOUT, Slack
from bot.platforms.slack.directory import Directory
from bot.platforms.slack.platform import SlackPlatform
from bot.platforms.slack.posts import Posts
from bot.platforms.slack.rooms import Rooms
from bot.platforms.slack.saying import Saying
from bot.ports.clock import Clock

__all__ = ["Section", "SlackPlatform", "connect"]


class Section(Protocol):
    """The section `slack`."""

    @property
    def bot_token(self) -> SecretStr | None: ...
    @property
    def api_url(self) -> str: ...
    @property
    def room_template(self) -> str: ...
    @property
    def digest_channel(self) -> str: ...
    @property
    def announce_channel(self) -> str: ...


def connect(
    section: Section,
    *,
    clock: Clock,
    session: aiohttp.ClientSession,
    people: Callable[[], Mapping[str, Person]],
    public_url: str,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    timeout: float = TIMEOUT,
) -> SlackPlatform:
    """What speaks into Slack. `people()` are the policies' of now; `session` stays its owner's.

    `sleep` waits for a turn of at most two seconds; `timeout` is for one call, in seconds.
    """
    token = section.bot_token.get_secret_value() if section.bot_token else ""
    slack = Slack(
        token, clock, session=session, base_url=section.api_url, sleep=sleep, timeout=timeout
    )
    directory = Directory(slack, people)
    rooms = Rooms(slack, directory, section.room_template)
    saying = Saying(slack, public_url)
    posts = Posts(
        slack,
        directory,
        saying,
        digest=section.digest_channel or section.announce_channel,
        announcements=section.announce_channel,
    )
    announces = bool(section.announce_channel)
    return SlackPlatform(slack, directory, rooms, posts, public_url=public_url, announces=announces)
