"""The model as the analyst's worker: asked in turn, retried, rested by a breaker, and counted."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import structlog

from bot.domain.errors import ConfigError
from bot.engine.breaker import Breaker
from bot.llm.capped import capped_client, capped_transport
from bot.llm.chat import Chat, Question, Said, Shapeless, provider_of
from bot.llm.failing import RESTING, SHAPELESS, Failure, failure_of
from bot.llm.provider import Knobs
from bot.llm.section import Section, Served, Settings
from bot.ports.analyst import Refused

log = structlog.get_logger()

AT_ONCE: Final = 5
TRIES: Final = 4
"""One, and three more."""

BASE, LONGEST_PAUSE, JITTER = 1.0, 30.0, 0.3
MILLION: Final = 1_000_000
LONGEST_ANSWER: Final = 8_000
"""Tokens."""

_START: Final = datetime(2000, 1, 1, tzinfo=UTC)


def elapsed() -> datetime:
    """A clock for waiting: it only ever goes on."""
    return _START + timedelta(seconds=time.monotonic())


@dataclass
class ModelWorker:
    """`chats` are asked one after the other until one answers; see bot.ports.analyst for the job.

    `now`, `pause` and `chance` are the time, how to wait, and a number between 0 and 1.
    """

    section: Section
    chats: Sequence[Chat]
    now: Callable[[], datetime] = elapsed
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random
    clients: Sequence[Any] = ()
    _turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _breakers: dict[int, Breaker] = field(default_factory=dict)

    def facts(self) -> Mapping[str, Any]:
        first = self.chats[0]
        models = [one.served.model for one in self.chats]
        return {"provider": first.provider.name, "model": first.name, "models": models}

    async def do(self, verb: str, body: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:
        """`complete`: one answer.

        Raises:
            Refused: `provider timeout schema breaker bad_job`.
        """
        if verb != "complete":
            raise Refused("bad_job", f"A model cannot {verb}.")
        question = _question(body)
        begun = self.now()
        until = begun + timedelta(seconds=min(seconds, self.section.timeout.total_seconds()))
        try:
            async with asyncio.timeout(self._left(until)), self._turn:
                chat, said = await self._first_that_answers(question, until)
        except TimeoutError:
            raise Refused("timeout", "No model answered in time.") from None
        return {
            **({"text": said.text} if said.data is None else {"data": said.data}),
            "provider": chat.provider.name,
            "model": chat.name,
            "tokens_in": said.tokens_in,
            "tokens_out": said.tokens_out,
            "cost": self._cost(chat, said),
            "seconds": (self.now() - begun).total_seconds(),
        }

    async def close(self) -> None:
        for client in self.clients:
            await client.aclose()

    async def _first_that_answers(self, question: Question, until: datetime) -> tuple[Chat, Said]:
        failed = RESTING
        for place, chat in enumerate(self.chats):
            share = self._left(until) / (len(self.chats) - place)
            told = await self._ask(place, chat, question, self.now() + timedelta(seconds=share))
            if isinstance(told, Said):
                return chat, told
            failed = told
            log.warning("model_failed", model=chat.served.model, code=told.code, why=told.reason)
        raise Refused(failed.code, failed.reason)

    async def _ask(
        self, place: int, chat: Chat, question: Question, until: datetime
    ) -> Said | Failure:
        """What it said, after as many tries as its time allows; or why there is nothing."""
        breaker = self._breakers.setdefault(place, Breaker())
        failed = RESTING
        for tried in range(TRIES):
            if not breaker.begin(self.now()):
                return failed
            told = await self._try(chat, question, self._left(until), breaker)
            if isinstance(told, Said):
                return told
            failed = told
            pause = failed.after if failed.after is not None else self._pause(tried)
            if not failed.again or tried == TRIES - 1 or pause >= self._left(until):
                return failed
            await self.pause(pause)
        return failed

    async def _try(
        self, chat: Chat, question: Question, seconds: float, breaker: Breaker
    ) -> Said | Failure:
        try:
            async with asyncio.timeout(seconds):
                said = await chat.ask(question)
        except Shapeless:
            breaker.unclear()
            return SHAPELESS
        except Exception as error:
            failure = failure_of(error)
            if failure.broken:
                breaker.failed(self.now())
            else:
                breaker.unclear()
            return failure
        except asyncio.CancelledError:
            breaker.failed(self.now())
            raise
        breaker.succeeded()
        return said

    def _pause(self, tried: int) -> float:
        return float(min(BASE * 2**tried, LONGEST_PAUSE) * (1 + JITTER * self.chance()))

    def _left(self, until: datetime) -> float:
        return max(0.0, (until - self.now()).total_seconds())

    def _cost(self, chat: Chat, said: Said) -> float:
        """0 where nobody said what it costs."""
        prices = self.section.prices
        price = prices.get(chat.served.model) or prices.get(chat.name)
        if price is None:
            return 0.0
        return (said.tokens_in * price.input + said.tokens_out * price.output) / MILLION


def _question(body: Mapping[str, Any]) -> Question:
    system, user, schema = body.get("system"), body.get("user"), body.get("schema")
    tokens = body.get("max_tokens", LONGEST_ANSWER)
    good = isinstance(system, str) and isinstance(user, str) and isinstance(tokens, int)
    if not good or not (schema is None or isinstance(schema, dict)):
        raise Refused("bad_job", "A question needs system, user, schema and max_tokens.")
    return Question(
        system=str(system), user=str(user), schema=schema, tokens=min(int(tokens), LONGEST_ANSWER)
    )


def connect(settings: Settings, place: Path) -> ModelWorker | None:
    """The models of the settings; None where there is none.

    Those that cannot be had are logged and left out. What they need is loaded here, since that
    takes its time.
    """
    section = settings.llm
    chats: list[Chat] = []
    clients: list[Any] = []
    for served in (section, *section.fallbacks):
        if not served.model:
            continue
        try:
            chat = chat_of(served, section.timeout.total_seconds())
        except ConfigError as wrong:
            log.warning("model_missing", why=str(wrong))
            continue
        chats.append(chat)
        clients.append(chat.knobs.client)
    return ModelWorker(section, chats, clients=clients) if chats else None


def chat_of(served: Served, seconds: float) -> Chat:
    """Raises ConfigError: its package is missing, or its settings are not what it takes."""
    provider = provider_of(served.model)
    for module in ("langchain.chat_models", provider.module):
        import_module(module)
    http = import_module(provider.http)  # comes with the provider's own package
    transport = capped_transport(http)
    client = capped_client(http, transport, seconds)
    chat = Chat(served, provider, Knobs(seconds=seconds, client=client, transport=transport))
    chat.check()
    return chat
