"""Asking a model, the one way: what may be spent is counted first, what was asked before is not
asked again, and what comes back is read, checked and kept.
"""

import asyncio
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final, Generic, TypeVar

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.domain.errors import Conflict, UserError
from bot.engine.analysis.foreign import Fence, material
from bot.engine.analysis.spending import Allowance, Spending, budget_name
from bot.ports.analyses import MICRO, Analyses, Analysis, Suggestion
from bot.ports.analyst import Ability, Analyst, Job, Refused, Unavailable
from bot.ports.clock import Clock
from prompts import Prompt, prompt

log = structlog.get_logger()

CACHED: Final = timedelta(days=7)
A_DOCUMENT: Final = 24_000
"""Characters of one piece of data that a model gets to read."""

ALTOGETHER: Final = 60_000
MOST: Final = 1_000_000_000
"""Tokens or money of one call; whoever reports more is mad."""

NOT_SPENT: Final = frozenset({"not_configured", "breaker", "bad_job", "too_large"})
"""Refusals before anything was sent."""

NO_MODEL: Final = (
    "No model is set up here, and this needs one. docs/ai.md says how; everything else works."
)
NOT_READY: Final = (
    "The model is not ready: it is starting, or cannot be had. `muster check` and the log say why."
)
NOT_PRIVATE: Final = "No model reads private incidents here (llm.private)."
NOT_NOW: Final = "The model does not answer just now. Please try again later."


class Shape(BaseModel):
    """What a model is to answer: every field is needed, and there are no others."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


AnyShape = TypeVar("AnyShape", bound=Shape)


class NoModel(UserError):
    """There is none, it does not answer, or it may not be asked; the text says which."""

    status = 503
    title = "Not by a model"


class Costly(Conflict):
    """It may be asked once somebody agrees to what it may cost."""

    def __init__(self, estimate: float) -> None:
        super().__init__(f"This may cost up to {estimate:.2f}. Say that you want it (`yes`).")
        self.estimate = estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry(Generic[AnyShape]):
    """`data`: what each piece is, in our own words, and the piece itself, which is foreign.

    `check` takes out of an answer whatever may not be believed or shown; it is run again on an
    answer from the cache. `suggest` and `confidence` read what is left. `yes`: it may cost more
    than is asked about.
    """

    kind: str
    shape: type[AnyShape]
    data: Sequence[tuple[str, str]]
    check: Callable[[AnyShape], AnyShape]
    incident: int | None = None
    asked_by: str = ""
    private: bool = False
    mentions: Collection[int] = ()
    yes: bool = False
    seconds: float = 30.0
    suggest: Callable[[AnyShape, Analysis], Sequence[Suggestion]] = lambda said, analysis: ()
    confidence: Callable[[AnyShape], float] = lambda said: 0.0


@dataclass(frozen=True, slots=True)
class Told(Generic[AnyShape]):
    said: AnyShape
    analysis: Analysis


@dataclass
class Consulting:
    """`fence` makes a new one for each call; `new_id` names analyses. `configured`: there should be
    a model, whether it is ready or not."""

    analyst: Analyst
    analyses: Analyses
    allowance: Allowance
    clock: Clock
    new_id: Callable[[], str]
    fence: Callable[[], Fence]
    hosts: frozenset[str] = frozenset()
    configured: bool = False

    @property
    def spending(self) -> Spending:
        return Spending(self.analyses, self.allowance, self.clock)

    @property
    def ready(self) -> bool:
        """Whether there is a model that may be asked."""
        return self.analyst.facts(Ability.MODEL) is not None

    async def ask(self, inquiry: Inquiry[AnyShape]) -> Told[AnyShape]:
        """What a model says to it, checked.

        Raises:
            NoModel: nobody answers, or the budget is used up.
            Costly: it needs somebody's yes.
        """
        facts = self.analyst.facts(Ability.MODEL)
        if facts is None:
            raise NoModel(NOT_READY if self.configured else NO_MODEL)
        words = prompt(inquiry.kind)
        models = [str(one) for one in facts.get("models") or [facts.get("model", "")]]
        data = await asyncio.to_thread(fitting, inquiry.data)
        digest = _digest(inquiry, words, models, data)
        known = await self.analyses.cached(digest, self.clock.now() - CACHED)
        if known is not None:
            return Told(await asyncio.to_thread(_checked, inquiry, known.result), known)
        return await self._ask(inquiry, words, models, data, digest)

    async def _ask(
        self,
        inquiry: Inquiry[AnyShape],
        words: Prompt,
        models: Sequence[str],
        data: Sequence[tuple[str, str]],
        digest: str,
    ) -> Told[AnyShape]:
        body = message_of(inquiry, words, self.fence(), data)
        body["max_tokens"] += self.allowance.thinking
        read = (len(body["system"].encode()) + len(body["user"].encode())) // 2
        tokens = read + body["max_tokens"]
        money = self.spending.estimate(models, read, body["max_tokens"])
        if money / MICRO > self.allowance.ask_above and not inquiry.yes:
            raise Costly(money / MICRO)
        limits = self.spending.limits(inquiry.kind, inquiry.incident)
        if (over := await self.analyses.reserve(limits, money, tokens)) is not None:
            raise NoModel(f"The budget of {budget_name(over)} does not allow it.")
        analysis = self._analysis(inquiry, words, digest)
        try:
            answer = await self.analyst.do(
                Job(kind="model.complete", body=body, seconds=inquiry.seconds)
            )
            told = await asyncio.to_thread(_read, inquiry, answer, analysis)
        except Refused as no:
            if no.code in NOT_SPENT:
                await self.analyses.settle(limits, -money, -tokens)
            raise await self._failed(analysis, no.code) from no
        except Unavailable as away:
            raise await self._failed(analysis, "unavailable") from away
        except (ValidationError, KeyError, TypeError, ValueError) as wrong:
            raise await self._failed(analysis, "schema") from wrong
        done = told.analysis
        used = done.tokens_in + done.tokens_out
        await self.analyses.settle(limits, round(done.cost * MICRO) - money, used - tokens)
        await self.analyses.keep(done, inquiry.suggest(told.said, done))
        return told

    def _analysis(self, inquiry: Inquiry[Any], words: Prompt, digest: str) -> Analysis:
        return Analysis(
            id=self.new_id(),
            kind=inquiry.kind,
            incident=inquiry.incident,
            asked_by=inquiry.asked_by,
            prompt=words.name,
            prompt_version=words.version,
            digest=digest,
            private=inquiry.private,
            mentions=tuple(sorted(inquiry.mentions)),
            made_at=self.clock.now(),
        )

    async def _failed(self, analysis: Analysis, code: str) -> NoModel:
        """What it may have used up stays counted: nobody knows."""
        log.info("model_did_not_help", kind=analysis.kind, code=code)
        await self.analyses.keep(replace(analysis, status="failed", reason=code))
        return NoModel(NOT_NOW)


def _checked(inquiry: Inquiry[AnyShape], said: Any) -> AnyShape:
    return inquiry.check(inquiry.shape.model_validate(said))


def _read(
    inquiry: Inquiry[AnyShape], answer: Mapping[str, Any], analysis: Analysis
) -> Told[AnyShape]:
    """Parsed at the door: behind it, it is of the shape. In a thread, since nobody knows how long
    an answer is."""
    said = _checked(inquiry, answer["data"])
    used = (int(answer["tokens_in"]), int(answer["tokens_out"]), float(answer["cost"]))
    if not all(0 <= one < MOST for one in used):
        raise ValueError("nobody can use up so much, or less than nothing")
    done = replace(
        analysis,
        provider=str(answer["provider"])[:64],
        model=str(answer["model"])[:200],
        tokens_in=used[0],
        tokens_out=used[1],
        cost=used[2],
        seconds=float(answer["seconds"]),
        result=said.model_dump(),
        confidence=round(max(0.0, min(1.0, inquiry.confidence(said))), 2),
    )
    return Told(said, done)


def message_of(
    inquiry: Inquiry[Any], words: Prompt, fence: Fence, data: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    """What is sent: our words as the system's, the data fenced, the shape of the answer."""
    parts = [fence.around(what, text) for what, text in data]
    return {
        "kind": inquiry.kind,
        "prompt_version": words.version,
        "system": words.text,
        "user": "\n\n".join([*parts, "Write the JSON."]),
        "schema": inquiry.shape.model_json_schema(),
        "max_tokens": words.tokens,
    }


def fitting(data: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """As a model may read it, as much as fits."""
    left, fitting = ALTOGETHER, []
    for what, text in data:
        said = material(text, min(A_DOCUMENT, left))
        left -= len(said)
        fitting.append((what, said))
        if left <= 0:
            break
    return fitting


def _digest(
    inquiry: Inquiry[Any], words: Prompt, models: Sequence[str], data: Sequence[tuple[str, str]]
) -> str:
    """Of everything but the fence, which is another each time; and of whose it is, where it is made
    for one person."""
    asked: list[Any] = [
        inquiry.kind,
        words.version,
        words.text,
        list(models),
        [list(one) for one in data],
    ]
    asked.append(inquiry.shape.model_json_schema())
    asked.append([inquiry.incident, sorted(inquiry.mentions)])
    asked.append(inquiry.asked_by if inquiry.private else "")
    return sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
