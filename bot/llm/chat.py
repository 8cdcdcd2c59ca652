"""One model, asked through langchain: what it said, and what that used up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from bot.domain.errors import ConfigError
from bot.llm.provider import Knobs, Provider
from bot.llm.registry import PROVIDERS
from bot.llm.section import Section, Served

LONGEST_TEXT: Final = 200_000


class Shapeless(Exception):
    """It answered, but not in the shape that was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`schema`: the JSON schema of the answer, None for plain text. `tokens`: its longest."""

    system: str
    user: str
    schema: Mapping[str, Any] | None
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    text: str = ""
    data: Mapping[str, Any] | None = None
    tokens_in: int = 0
    tokens_out: int = 0


def provider_of(model: str, providers: Mapping[str, str] = PROVIDERS) -> Provider:
    """By what stands before the colon; `providers` are as in bot.llm.registry.

    Raises:
        ConfigError: nobody is called so, or its package is not installed; the text says what to do.
    """
    name, colon, rest = model.partition(":")
    if not colon or not rest or name not in providers:
        known = ", ".join(f"{one}:…" for one in providers)
        raise ConfigError(f"llm.model: {model!r} names no provider I know; write {known}.")
    module, _, what = providers[name].partition(":")
    provider: Provider = getattr(import_module(module), what)
    if find_spec("langchain") is None:
        raise ConfigError(f"llm.model: {model} needs langchain: install muster[ai].")
    if find_spec(provider.module) is None:
        raise ConfigError(f"llm.model: {model} needs a package: install {provider.install}.")
    return provider


def missing(section: Section) -> list[str]:
    """Why models that are configured cannot be had here; nothing of theirs is loaded for it."""
    told = []
    for served in (section, *section.fallbacks):
        try:
            if served.model:
                provider_of(served.model)
        except ConfigError as wrong:
            told.append(str(wrong))
    return told


@dataclass
class Chat:
    served: Served
    provider: Provider
    knobs: Knobs
    _made: dict[int, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.served.model.partition(":")[2]

    def check(self) -> None:
        """Raises ConfigError: its client does not take our settings; it says no more than that,
        since what it complains of may hold the key."""
        try:
            self._model(1)
        except Exception as wrong:
            raise ConfigError(
                f"llm.model: {self.served.model} cannot be set up ({type(wrong).__name__}). "
                "Look at its api_key and base_url."
            ) from None

    async def ask(self, question: Question) -> Said:
        """Raises whatever the provider's client raises.

        Raises:
            Shapeless: it is not of the shape that was asked for.
        """
        chat = self._model(question.tokens)
        said = [("system", question.system), ("human", question.user)]
        if question.schema is None:
            raw = await chat.ainvoke(said)
            return Said(text=str(raw.text)[:LONGEST_TEXT], **_used(raw))
        how = dict(self.provider.structured)
        if self.served.structured:
            how = {"method": self.served.structured}
        shaped = chat.with_structured_output(dict(question.schema), include_raw=True, **how)
        told = await shaped.ainvoke(said)
        data = told["parsed"]
        if not isinstance(data, dict) or set(question.schema.get("required", ())) - data.keys():
            raise Shapeless
        return Said(data=data, **_used(told["raw"]))

    def _model(self, tokens: int) -> Any:
        if tokens not in self._made:
            init = import_module("langchain.chat_models").init_chat_model
            options = self.provider.options(self.served, self.knobs)
            limit = {self.provider.limit: tokens}
            made = init(self.name, model_provider=self.provider.name, **limit, **options)
            self.provider.fit(made, self.knobs)
            self._made[tokens] = made
        return self._made[tokens]


def _used(raw: Any) -> dict[str, Any]:
    used = getattr(raw, "usage_metadata", None) or {}
    return {
        "tokens_in": int(used.get("input_tokens") or 0),
        "tokens_out": int(used.get("output_tokens") or 0),
    }
