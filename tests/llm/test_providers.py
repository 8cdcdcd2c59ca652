"""Every provider of the registry, as it is set up."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.domain.errors import ConfigError
from bot.llm import PROVIDERS, connect
from bot.llm.chat import missing, provider_of
from bot.llm.provider import Knobs, Provider
from config.sections import Served
from config.settings import Settings
from handlers.registry import resolve
from tests.fakes.llm import ModelServer
from tests.llm.conftest import Connect, job


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_provider_says_our_settings_in_its_own_words(name: str) -> None:
    provider: Provider = resolve(PROVIDERS[name])
    assert isinstance(provider, Provider)
    assert provider.name == name
    served = Served(
        model=f"{name}:m", base_url="https://models.example/x", api_key=SecretStr("k-secret")
    )
    options = provider.options(served, Knobs(seconds=7, client=None, transport=None))
    assert "https://models.example/x" in options.values()
    assert "7" in str(options.values())
    init: Any = resolve("langchain.chat_models:init_chat_model")
    chat = init("m", model_provider=name, **{provider.limit: 5}, **options)
    assert "k-secret" not in repr(chat)


@pytest.mark.parametrize("name", PROVIDERS)
def test_all_packages_come_with_the_extra(name: str) -> None:
    provider: Provider = resolve(PROVIDERS[name])
    assert provider_of(f"{name}:m") is provider
    assert provider.install == "muster[ai]"


nowhere = Provider(
    name="nowhere",
    module="langchain_nowhere",
    install="langchain-nowhere",
    options=lambda served, knobs: {},
    structured={},
)


def test_a_missing_package_is_named() -> None:
    with pytest.raises(ConfigError, match="nowhere:m needs a package: install langchain-nowhere"):
        provider_of("nowhere:m", {"nowhere": f"{__name__}:nowhere"})


@pytest.mark.parametrize("name", ["google_genai", "azure_openai"])
def test_a_model_without_its_key_is_explained(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("GOOGLE_API_KEY", "GEMINI_API_KEY", "AZURE_OPENAI_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(variable, raising=False)
    llm = {"model": f"{name}:m", "base_url": "https://models.example"}
    with capture_logs() as logs:
        assert connect(Settings.model_validate({"llm": llm}), tmp_path) is None
    (said,) = (one["why"] for one in logs)
    assert said.startswith(f"llm.model: {name}:m cannot be set up")
    assert "api_key" in said


@pytest.mark.parametrize("model", ["gpt-4", "nobody:x", "openai:"])
def test_a_name_without_a_provider_is_explained(model: str) -> None:
    with pytest.raises(ConfigError, match="write openai:…"):
        provider_of(model)


def test_without_a_model_nobody_answers(tmp_path: Path) -> None:
    assert connect(Settings(), tmp_path) is None


def test_a_model_that_cannot_be_had_is_logged_and_left_out(tmp_path: Path) -> None:
    llm = {"model": "nobody:x", "fallbacks": [{"model": "openai:y", "api_key": "k"}]}
    with capture_logs() as logs:
        worker = connect(Settings.model_validate({"llm": llm}), tmp_path)
    assert worker is not None
    assert worker.facts()["models"] == ["openai:y"]
    assert "names no provider" in logs[0]["why"]


@pytest.mark.parametrize("provider", ["anthropic"], indirect=True)
async def test_a_model_that_thinks_first_answers_in_the_shape(
    connected: Connect, server: ModelServer
) -> None:
    server.answers.append({"said": "Ann.", "sure": True})
    told = await connected(model="anthropic:claude-opus-5-5").do("complete", job(), 30)
    assert told["data"] == {"said": "Ann.", "sure": True}
    (heard,) = server.heard
    assert heard.tool is None


def test_what_cannot_be_had_is_told_without_loading_anything() -> None:
    llm = {"model": "gemini:x", "fallbacks": [{"model": "openai:y"}, {"model": "claude"}]}
    told = missing(Settings.model_validate({"llm": llm}).llm)
    assert [one.split("'")[1] for one in told] == ["gemini:x", "claude"]
    assert missing(Settings().llm) == []
