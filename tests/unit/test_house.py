"""The house keeps its own rules: locks are hashed and complete, arrows cover every module, and
`make help` lists every target."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = sorted(path.name for path in ROOT.glob("requirements*.lock"))


def _locked(lock: str) -> dict[str, str]:
    """Package name -> its lines, hashes included."""
    blocks = re.split(r"^(?=[a-z0-9])", (ROOT / lock).read_text(), flags=re.MULTILINE)
    return {re.split(r"[=\s@]", block)[0]: block for block in blocks if "==" in block}


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^\w-]", line)[0].lower() for line in requirements}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_hashes_and_no_place(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert not re.search(r"://|/opt/|--find-links|--(extra-)?index-url|^-e ", text, re.MULTILINE)
    for name, block in _locked(lock).items():
        assert "--hash=sha256:" in block, name


def test_the_locks_hold_what_the_project_asks_for() -> None:
    project = PROJECT["project"]
    extras = project["optional-dependencies"]
    wanted = _names(project["dependencies"])
    for extra in ("slack", "teams", "ai", "postgres"):
        wanted |= _names(extras[extra])
    runtime, dev = _locked("requirements.lock"), _locked("requirements-dev.lock")
    assert wanted <= runtime.keys()
    assert wanted | _names(extras["dev"]) <= dev.keys()


def test_development_runs_on_the_versions_that_are_shipped() -> None:
    runtime, dev = _locked("requirements.lock"), _locked("requirements-dev.lock")
    for name, block in runtime.items():
        assert dev[name].split()[0] == block.split()[0]


def test_every_module_of_bot_has_a_place_in_the_arrows() -> None:
    (arrows,) = (
        contract
        for contract in PROJECT["tool"]["importlinter"]["contracts"]
        if contract["id"] == "arrows"
    )
    placed = {name for layer in arrows["layers"] for name in re.findall(r"[\w.]+", layer)}
    modules = {
        path.stem for path in (ROOT / "bot").iterdir() if not path.name.startswith((".", "__"))
    }
    assert {f"bot.{module}" for module in modules} <= placed


def test_help_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    (phony,) = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    described = re.findall(r"^([a-z0-9-]+):.*## ", makefile, re.MULTILINE)
    assert sorted(described) == sorted(phony.split())
