"""Verbs, help, mistakes, and the environment."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from bot.cli import VERBS, main
from storage import schema
from tests.cli.running import Run


def test_every_verb_has_a_module_that_can_run() -> None:
    for verb in VERBS:
        module = import_module(f"bot.cli.{verb.replace('-', '_')}")
        assert callable(module.run)
        assert callable(module.arguments)


@pytest.mark.parametrize("arguments", [["--help"], ["db", "--help"], ["token", "create", "-h"]])
def test_help_tells_what_there_is(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments, {})
    assert ended.value.code == 0
    assert "usage: muster" in capsys.readouterr().out


def test_without_a_verb_it_shows_the_verbs(run: Run) -> None:
    code, _, err = run()
    assert code == 2
    for verb, does in VERBS.items():
        assert verb in err
        assert does in err


def test_a_typo_is_told_and_no_traceback(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["sreve"], {})
    assert ended.value.code == 2
    assert "invalid choice: 'sreve'" in capsys.readouterr().err
    code, _, err = run("hold", "status", MUSTER_ENVV="dev")
    assert (code, err) == (2, 'MUSTER_ENVV: unknown setting; did you mean "MUSTER_ENV"?\n')


def test_version(run: Run) -> None:
    assert run("version") == (0, f"muster 0.1.0, schema {schema.HEAD}\n", "")


def test_the_command_line_imports_little() -> None:
    """A shell waits for it; what costs hundreds of milliseconds comes with its verb."""
    code = (
        "import sys; from bot.__main__ import main; import bot.cli.version\n"
        "print([m for m in ('pydantic', 'aiohttp', 'alembic', 'jinja2') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr


def test_an_env_file_says_what_the_environment_does_not(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "muster.env"
    file.write_text("# words\n\nMUSTER_ENV=dev\nMUSTER_PORT=x=1\n")
    code, _, err = run("--env-file", str(file), "check", MUSTER_PORT="9000")
    assert (code, err) == (0, "")
    code, _, err = run("--env-file", str(file), "check")
    assert code == 2
    assert "MUSTER_PORT" in err
    file.write_text("export MUSTER_ENV=dev\n")
    assert run("--env-file", str(file), "check")[2] == f"{file}:1: write NAME=value.\n"
    assert "cannot be read" in run("--env-file", str(tmp_path / "none"), "check")[2]
