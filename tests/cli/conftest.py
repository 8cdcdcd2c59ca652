"""Running `muster …` in this process."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.cli import main
from tests.cli.running import Run


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `muster …` and gives (number, stdout, stderr)."""

    def run(*arguments: str, **environment: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(arguments, environment)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def home(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    """The environment of an installation that `muster init` made here."""
    monkeypatch.chdir(tmp_path)
    code, _, _ = run("init", "--admin", "ann", "--public-url", "https://muster.example.com")
    assert code == 0
    lines = (tmp_path / "muster" / "muster.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


@pytest.fixture
def made(database_url: str) -> Mapping[str, str]:
    """The environment of dev on each database."""
    return {"MUSTER_ENV": "dev", "MUSTER_DATABASE_URL": database_url}
