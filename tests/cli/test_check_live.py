"""`muster check --live`: whether models answer and what they have cost today; whether mail goes."""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest

from bot.cli.check import spent_words
from bot.engine.analysis.spending import Spent
from bot.ports.analyses import MICRO, Limit
from storage.analyses import SqlAnalyses
from storage.store import SqlStore
from tests.cli.running import Run, do


def test_it_says_what_is_to_be_mended_and_what_today_has_cost(
    made: Mapping[str, str], run: Run
) -> None:
    async def spend(store: SqlStore) -> None:
        day = f"{store.clock.wall():%Y-%m-%d}"
        limits = [Limit("day", day, None, None), Limit("kind:root_cause", day, None, None)]
        await SqlAnalyses(store).reserve(limits, MICRO + MICRO // 5, 34_000)

    do(made["MUSTER_DATABASE_URL"], spend)
    model = {
        "MUSTER_LLM__MODEL": "openai:m",
        "MUSTER_LLM__BASE_URL": "http://127.0.0.1:9/v1",
        "MUSTER_LLM__TIMEOUT": "1s",
    }
    code, out, err = run("check", "--live", **made, **model)
    assert code == 1
    assert "Model: openai:m does not help: It cannot be reached or read" in err
    assert "Model: today: 1.20 of 10 spent, 34,000 of 2,000,000 tokens.\n" in out
    assert "Model: root_cause today: 1.20 spent, 34,000 tokens.\n" in out


def test_without_a_model_it_says_so(made: Mapping[str, str], run: Run) -> None:
    code, out, _ = run("check", "--live", **made)
    assert (code, "Model is not configured." in out) == (0, True)


def test_a_budget_of_nothing_is_said_as_one() -> None:
    assert spent_words(Spent("ask", 0, 0, 0, 0)) == "ask today: 0.00 of 0 spent, 0 of 0 tokens"


def test_mail_that_would_not_go_out_is_said(made: Mapping[str, str], run: Run) -> None:
    mail = {"MUSTER_EMAIL__HOST": "127.0.0.1", "MUSTER_EMAIL__PORT": "9"}
    mail["MUSTER_EMAIL__SENDER"] = "muster@example.com"
    code, _, err = run("check", "--live", **made, **mail)
    assert (code, "E-mail: the mail server 127.0.0.1 was not reached" in err) == (1, True), err
    assert "E-mail is not configured." in run("check", "--live", **made)[1]


@pytest.mark.parametrize(
    ("embedding", "said"),
    [
        ("none", "by words alone, as MUSTER_KNOWLEDGE__EMBEDDING=none says."),
        ("hash", "by words and the embedding hash."),
        ("auto", "by words and the embedding "),
    ],
)
def test_it_says_how_questions_are_answered(
    embedding: str, said: str, made: Mapping[str, str], run: Run
) -> None:
    code, out, _ = run("check", "--live", **made, MUSTER_KNOWLEDGE__EMBEDDING=embedding)
    assert (code, f"Answers: questions are answered {said}" in out) == (0, True), out


def test_an_embedding_that_is_not_here_is_to_be_mended(
    made: Mapping[str, str], run: Run, tmp_path: Path
) -> None:
    nowhere = {"MUSTER_KNOWLEDGE__EMBEDDING": "local", "MUSTER_KNOWLEDGE__MODEL_DIR": str(tmp_path)}
    code, _, err = run("check", "--live", **made, **nowhere)
    assert (code, "by words alone: The weights of the local embedding are not here" in err) == (
        1,
        True,
    ), err


def test_a_slim_installation_says_what_meaning_needs(
    made: Mapping[str, str], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "storage.vectors.live.find_spec",
        lambda name: None if name == "chromadb" else find_spec(name),
    )
    code, out, _ = run("check", "--live", **made)
    assert (code, "finding by meaning needs the extra `ai`" in out) == (0, True), out
    code, _, err = run("check", "--live", **made, MUSTER_KNOWLEDGE__EMBEDDING="local")
    assert (code, "the embedding local needs the extra `ai`" in err) == (1, True), err
