"""`muster apply`: first the plan, then a question, then the server goes by the new files."""

import os
import signal
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bot.cli import apply
from bot.domain.policy_plan import Governed, Plan, Touched
from config.loader import load_policies
from storage.in_force import put_in_force
from storage.instance import lock_database
from storage.store import SqlStore
from tests.cli.running import Run, do
from tests.records import open_incident

ROOT = Path(__file__).parents[2]

PEOPLE = "ann: {name: Ann, rights: admin}\nben: {name: Ben, rights: responder}\n"
SCHEDULES = "primary: {people: [%s], starts: 2026-01-05T09:00:00}\n"


@pytest.fixture
def folder(home: Mapping[str, str], run: Run, tmp_path: Path) -> Path:
    """The policies of an installation with a schedule, which a server has read."""
    folder = tmp_path / "muster" / "policies"
    (folder / "people.yaml").write_text(PEOPLE)
    (folder / "schedules.yaml").write_text(SCHEDULES % "ann")
    do(home["MUSTER_DATABASE_URL"], lambda store: put_in_force(store, load_policies(folder)))
    return folder


@pytest.fixture
def server(home: Mapping[str, str], folder: Path, tmp_path: Path) -> Iterator[list[int]]:
    """This process in its place: it reads the policies when it is told, and notes that it was."""
    heard: list[int] = []

    def read(number: int, frame: object) -> None:
        heard.append(number)
        do(home["MUSTER_DATABASE_URL"], lambda store: put_in_force(store, load_policies(folder)))

    before = signal.signal(signal.SIGHUP, read)
    with lock_database(tmp_path / "var" / "muster.db"):
        yield heard
    signal.signal(signal.SIGHUP, before)


def test_the_plan_comes_first_and_then_the_server_is_told(
    home: Mapping[str, str], run: Run, folder: Path, server: list[int]
) -> None:
    async def make(store: SqlStore) -> None:
        await open_incident(store, title="Checkout is slow", severity="P0")

    do(home["MUSTER_DATABASE_URL"], make)
    (folder / "schedules.yaml").write_text(SCHEDULES % "ben")
    (folder / "services.yaml").write_text("checkout: {}\n")

    code, out, err = run("apply", "--yes", **home)

    assert (code, err, server) == (0, "", [signal.SIGHUP])
    lines = out.splitlines()
    assert lines[:5] == [
        "Policies:",
        "  + services/checkout (added)",
        "  ~ schedules/primary",
        '      people: ["ann"] -> ["ben"]',
        "On call now:",
    ]
    assert "  primary: ann -> ben" in lines
    assert "Open incidents touched: 0" in lines
    assert lines[-1].startswith(f"Applied: process {os.getpid()} goes by version ")

    assert run("apply", "--yes", **home)[1].startswith("Nothing changes: version ")
    assert len(server) == 2, "it may complain of a file that was mended since"
    assert run("apply", "--plan", **home)[1].startswith("Nothing changes: version ")
    assert len(server) == 2


def test_a_title_moves_no_terminal_and_forges_no_line() -> None:
    evil = "\x1b]52;c;cm0gLXJm\x07Disk\n  #1 P4 nothing\x9b2J"
    stands = dict.fromkeys(("route", "team", "service", "escalation", "assigned_to"))
    one = Governed(number=7, title=evil, status="NEW", severity="P0", **stands)
    lines = list(apply.told(Plan((), (), (Touched(one, ("routes/shop",)),))))
    assert (
        lines[-1] == "  #7 P0 NEW \ufffd]52;c;cm0gLXJm\ufffdDisk #1 P4 nothing\ufffd2J: routes/shop"
    )


def test_only_yes_applies(home: Mapping[str, str], folder: Path, server: list[int]) -> None:
    (folder / "schedules.yaml").write_text(SCHEDULES % "ben")
    options = Namespace(yes=False, plan=False)
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return "y"

    assert apply.run(options, home, ask=ask, asks=lambda: True) == 1
    assert (len(asked), server) == (1, [])
    assert apply.run(options, home, ask=lambda _: "yes", asks=lambda: True) == 0
    assert server == [signal.SIGHUP]


def test_where_nobody_can_be_asked_nothing_is_applied(
    home: Mapping[str, str], run: Run, folder: Path, server: list[int]
) -> None:
    (folder / "schedules.yaml").write_text(SCHEDULES % "ben")

    with pytest.raises(Exception, match="Say --yes"):
        apply.run(Namespace(yes=False, plan=False), home, asks=lambda: False)
    code, out, _ = run("apply", "--plan", **home)

    assert (code, "primary: ann -> ben" in out, server) == (0, True, [])


def test_a_bad_file_changes_nothing(
    home: Mapping[str, str], run: Run, folder: Path, server: list[int]
) -> None:
    (folder / "schedules.yaml").write_text("primary: {poeple: [ann]}\n")

    code, out, err = run("apply", "--yes", **home)

    assert (code, out, server) == (2, "", [])
    assert "schedules.yaml:1" in err


def test_without_a_server_the_plan_is_all_there_is(
    home: Mapping[str, str], run: Run, folder: Path
) -> None:
    (folder / "schedules.yaml").write_text(SCHEDULES % "ben")

    code, out, err = run("apply", "--yes", **home)

    assert (code, "primary: ann -> ben" in out, "no server runs on" in err) == (2, True, True)


def test_a_server_that_does_not_follow_is_told_of(
    home: Mapping[str, str], folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "schedules.yaml").write_text(SCHEDULES % "ben")
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with lock_database(tmp_path / "var" / "muster.db"):
        code = apply.run(Namespace(yes=True, plan=False), home, sleep=lambda _: None)
    signal.signal(signal.SIGHUP, before)

    assert code == 1
    assert "has not said that it goes by them" in capsys.readouterr().err


def test_a_real_server_goes_by_the_new_files(
    home: Mapping[str, str], run: Run, folder: Path, tmp_path: Path
) -> None:
    serving = subprocess.Popen(
        [sys.executable, "-m", "bot", "serve"],
        cwd=ROOT,
        env={
            **os.environ,
            **home,
            "MUSTER_PORT": "0",
            "MUSTER_CONFIG": f"{tmp_path}/muster/muster.yaml",
        },
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert serving.stderr is not None
        assert any('"serving"' in line for line in serving.stderr)
        (folder / "schedules.yaml").write_text(SCHEDULES % "ben")

        code, out, err = run("apply", "--yes", **home)

        assert (code, err) == (0, "")
        assert f"Applied: process {serving.pid} goes by version " in out
    finally:
        serving.terminate()
        serving.communicate(timeout=30)
