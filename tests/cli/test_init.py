"""A new installation: made, checked, and told to read its policies anew."""

import json
import os
import signal
import stat
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import select

from storage import schema
from storage import tables as t
from storage.instance import lock_database
from tests.cli.running import Run, execute
from tests.databases import sqlite_url


def test_init_makes_an_installation_that_passes_its_own_check(
    home: Mapping[str, str], run: Run, tmp_path: Path
) -> None:
    env_file = tmp_path / "muster" / "muster.env"
    assert stat.S_IMODE(env_file.stat().st_mode) == 0o600
    code, out, err = run("--env-file", str(env_file), "check")
    assert (code, err) == (0, "")
    assert "are fine: 1 person, 1 team, 1 route" in out
    assert run("db", "upgrade", **home)[1].endswith(f"has schema {schema.HEAD} already.\n")


def test_init_prints_a_link_a_token_and_the_snippet(run: Run, tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "m.db")
    code, out, err = run(
        *("init", "--folder", str(tmp_path / "etc"), "--preset", "small"),
        MUSTER_DATABASE_URL=url,
        MUSTER_SECRET_KEY="k" * 40,
        MUSTER_PORT="9000",
    )
    assert code == 0
    assert "Links will begin with http://127.0.0.1:9000;" in err
    assert "http://127.0.0.1:9000/login/" in out
    assert "- url: http://127.0.0.1:9000/webhooks/alertmanager" in out
    assert "credentials: mst_" in out
    assert f"MUSTER_SECRET_KEY={'k' * 40}" in (tmp_path / "etc" / "muster.env").read_text()
    assert len(execute(url, select(t.tokens))) == 1


def test_init_changes_nothing_that_is_there(
    home: Mapping[str, str], run: Run, tmp_path: Path
) -> None:
    code, out, err = run("init", "--public-url", "http://x")
    assert (code, out) == (2, "")
    assert err == f"{tmp_path}/muster/muster.yaml exists; nothing was written.\n"


def test_init_writes_nothing_where_it_cannot_end(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "etc"
    code, _, err = run("init", "--folder", str(folder), "--public-url", "http://x", MUSTER_X="1")
    assert (code, "MUSTER_X: unknown setting" in err) == (2, True)
    code, _, err = run(
        *("init", "--folder", str(folder), "--public-url", "http://x"),
        MUSTER_DATABASE_URL="postgresql+asyncpg://postgres@127.0.0.1:1/muster",
    )
    assert (code, "cannot be used" in err) == (2, True)
    assert err.count("\n") == 1, "said in a sentence, and not in the log beside it"
    assert not folder.exists()


def test_check_names_every_problem(home: Mapping[str, str], run: Run, tmp_path: Path) -> None:
    (tmp_path / "muster" / "policies" / "routes.yaml").write_text("a: {fallback: true, team: x}\n")
    code, out, err = run("check", **{**home, "MUSTER_SECRET_KEY": ""})
    assert (code, out) == (2, "")
    assert "MUSTER_SECRET_KEY is not set" in err
    assert "routes.yaml:1: routes.a.team: there is no team 'x'; known: everyone" in err


def test_check_prints_schemas(run: Run) -> None:
    code, out, _ = run("check", "--schema")
    assert code == 0
    assert json.loads(out)["routes"]["title"] == "policies/routes.yaml"


def test_reload_hangs_up_on_the_server(home: Mapping[str, str], run: Run, tmp_path: Path) -> None:
    code, _, err = run("reload", **home)
    assert (code, "no server runs on" in err) == (2, True)
    heard: list[int] = []
    before = signal.signal(signal.SIGHUP, lambda number, frame: heard.append(number))
    try:
        with lock_database(tmp_path / "var" / "muster.db"):
            code, out, _ = run("reload", **home)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert (code, heard) == (0, [signal.SIGHUP])
    assert out.startswith(f"Process {os.getpid()} reads the policies")


def test_reload_does_not_hang_up_on_a_stranger_of_the_same_number(
    home: Mapping[str, str], run: Run, tmp_path: Path
) -> None:
    with lock_database(tmp_path / "var" / "muster.db"):
        (tmp_path / "var" / "muster.db.lock").write_text("1 pid:[4026531836999]\n")
        code, _, err = run("reload", **home)
    assert (code, "runs in another container" in err) == (2, True)


def test_a_bad_policy_is_not_reloaded(home: Mapping[str, str], run: Run, tmp_path: Path) -> None:
    (tmp_path / "muster" / "policies" / "teams.yaml").write_text("everyone: {nmae: x}\n")
    with lock_database(tmp_path / "var" / "muster.db"):
        code, _, err = run("reload", **home)
    assert (code, "teams.yaml:1" in err) == (2, True)
