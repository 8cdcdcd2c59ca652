"""What Muster speaks through: the chat platforms, e-mail and webhooks that are set up."""

from collections.abc import Iterable, Mapping
from typing import Any

import aiohttp

from bot.chat.command import asking
from bot.engine.announce import Hook
from bot.engine.rules import Rules
from bot.notify import CHANNELS
from bot.platforms import PLATFORMS
from bot.ports.channel import Channel
from bot.ports.clock import Clock
from bot.ports.outside import Outside
from config.settings import Settings
from handlers.commands import COMMANDS
from handlers.registry import resolve
from storage.references import SqlReferences
from storage.store import SqlStore


def chats(
    settings: Settings, store: SqlStore, *, session: aiohttp.ClientSession, rules: Rules
) -> dict[str, Channel]:
    """The chat platforms that are set up."""
    shared: Mapping[str, Any] = {
        "clock": store.clock,
        "session": session,
        "people": lambda: rules.policies.people,
        "public_url": settings.public_url,
    }
    found: dict[str, Channel] = {}
    if settings.slack.enabled:
        connect = resolve(PLATFORMS["slack"])
        found["slack"] = connect(settings.slack, **shared)
    if settings.teams.enabled:
        connect = resolve(PLATFORMS["teams"])
        found["teams"] = connect(
            settings.teams,
            **shared,
            references=SqlReferences(store),
            asks=asking([resolve(path) for path in COMMANDS.values()]),
        )
    return found


def one_way(settings: Settings, clock: Clock, session: aiohttp.ClientSession) -> dict[str, Channel]:
    """E-mail and webhooks, where they are set up."""
    outside = Outside(session, clock, settings.public_url)
    sections: dict[str, Any] = {}
    if settings.email.enabled:
        sections["email"] = settings.email
    if settings.webhooks:
        sections["webhook"] = settings.webhooks
    return {name: resolve(CHANNELS[name])(section, outside) for name, section in sections.items()}


def hooks(settings: Settings) -> Iterable[Hook]:
    return (
        Hook(name, hook.url, frozenset(hook.events), hook.private)
        for name, hook in settings.webhooks.items()
    )
