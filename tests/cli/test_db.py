"""`muster db`: nothing is migrated without a backup, nothing replaced under a server."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from storage import schema
from storage import tables as t
from storage.instance import lock_database
from tests.cli.running import Run, do, execute
from tests.databases import postgres_database, sqlite_url
from tests.records import open_incident


def test_a_missing_database_names_the_command(run: Run, tmp_path: Path) -> None:
    environment = {"MUSTER_DATABASE_URL": sqlite_url(tmp_path / "var" / "muster.db")}
    for verb in (("hold", "status"), ("replay",), ("token", "list"), ("audit", "verify")):
        code, out, err = run(*verb, **environment)
        assert (code, out) == (2, "")
        assert err.startswith(f"There is no database of Muster at {tmp_path}/var/muster.db.")
    assert not (tmp_path / "var").exists()
    code, out, _ = run("db", "upgrade", **environment)
    assert (code, out) == (0, f"{tmp_path}/var/muster.db has schema {schema.HEAD} now.\n")
    assert run("hold", "status", **environment) == (0, "Not on hold.\n", "")


SECOND = """
from alembic import op
revision, down_revision = "0002", "0001"
def upgrade(): op.execute("CREATE TABLE later (id INTEGER)")
def downgrade(): op.execute("DROP TABLE later")
"""


@pytest.fixture
def newer_muster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A version of Muster with one migration more."""
    folder = tmp_path / "migrations"
    for path in [*schema.MIGRATIONS.glob("*.py"), *schema.MIGRATIONS.glob("versions/*.py")]:
        target = folder / path.relative_to(schema.MIGRATIONS)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(path.read_text())
    (folder / "versions" / "second.py").write_text(SECOND)
    monkeypatch.setattr(schema, "MIGRATIONS", folder)
    monkeypatch.setattr(schema, "REVISIONS", ("0001", "0002"))
    monkeypatch.setattr(schema, "HEAD", "0002")


@pytest.fixture
def own_database(dialect: str, tmp_path: Path, worker_id: str, run: Run) -> object:
    """A database that may be migrated; the environment that names it."""
    if dialect == "sqlite":
        yield {"MUSTER_ENV": "dev", "MUSTER_DATABASE_URL": sqlite_url(tmp_path / "muster.db")}
        return
    with postgres_database(f"muster_test_cli_{worker_id}_{os.getpid()}") as url:
        yield {"MUSTER_ENV": "dev", "MUSTER_DATABASE_URL": url}


def test_an_upgrade_makes_a_backup_first(
    own_database: Mapping[str, str],
    run: Run,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    url = own_database["MUSTER_DATABASE_URL"]
    assert run("db", "upgrade", **own_database)[0] == 0
    do(url, open_incident)
    request.getfixturevalue("newer_muster")
    code, _, err = run("replay", **own_database)
    assert code == 2
    assert "older schema 0001; this version needs 0002. Run `muster db upgrade`" in err
    code, out, _ = run("db", "upgrade", **own_database)
    assert code == 0
    assert out.splitlines()[-1].endswith("has schema 0002 now.")
    (backup,) = tmp_path.glob("*.backup-*")
    assert out.splitlines()[0].removesuffix(".").endswith(backup.name)
    code, out, _ = run("db", "downgrade", "0001", **own_database)
    assert (code, out.endswith("has schema 0001 now.\n")) == (0, True)
    (before,) = tmp_path.glob("*.backup-0002-*")
    assert before.name in out, "what a downgrade drops can be put back"
    for verb in (("upgrade",), ("downgrade", "0001")):
        code, out, _ = run("db", *verb, "--no-backup", **own_database)
        assert (code, "The backup is" in out) == (0, False)
    assert len(list(tmp_path.glob("*.backup-*"))) == 2


def test_backup_and_restore(made: Mapping[str, str], run: Run, tmp_path: Path) -> None:
    url, file = made["MUSTER_DATABASE_URL"], tmp_path / "backup"
    do(url, open_incident)
    assert run("db", "backup", str(file), **made) == (0, f"The backup is {file}.\n", "")
    execute(url, delete(t.incidents))
    code, out, err = run("db", "restore", str(file), **made)
    assert (code, err) == (0, "")
    assert "is restored and on hold: nobody is paged." in out
    assert len(execute(url, select(t.incidents.c.number))) == 1
    code, out, _ = run("hold", "status", **made)
    assert "restored from backup. Nobody is paged." in out


def test_a_running_server_keeps_its_database(
    home: Mapping[str, str], run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "backup.db"
    with lock_database(tmp_path / "var" / "muster.db"):
        assert run("db", "backup", str(file), **home)[0] == 0
        for verb in (("restore", str(file)), ("downgrade", "base")):
            code, _, err = run("db", *verb, **home)
            assert (code, f"as process {os.getpid()}; stop it first" in err) == (2, True)
