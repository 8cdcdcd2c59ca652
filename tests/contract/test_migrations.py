"""The migrations make exactly the tables of the code, and can be gone back on."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.domain.errors import ConfigError
from storage import schema
from storage.database import Database, open_database, sqlite_path
from storage.tables import metadata
from tests.databases import opened, postgres_database, sqlite_url


@pytest.fixture
def empty_url(dialect: str, tmp_path: Path, worker_id: str) -> Iterator[str]:
    """A database in which nothing was made yet."""
    if dialect == "sqlite":
        yield sqlite_url(tmp_path / "below" / "muster.db")
        return
    with postgres_database(f"muster_test_empty_{worker_id}_{os.getpid()}") as url:
        yield url


def test_the_revisions_named_in_the_code_are_alembics_own() -> None:
    scripts = ScriptDirectory(str(schema.MIGRATIONS))
    walked = [script.revision for script in scripts.walk_revisions()]
    assert tuple(reversed(walked)) == schema.REVISIONS
    assert scripts.get_current_head() == schema.HEAD


@pytest.mark.parametrize("make", ["create_or_upgrade", "upgrade"])
async def test_a_new_sqlite_file_is_its_owners_alone(make: str, tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "below" / "muster.db")
    database = open_database(url)
    try:
        if make == "upgrade":
            await schema.upgrade(url)
        else:
            await schema.create_or_upgrade(database)
        rights = {f.name: f.stat().st_mode & 0o777 for f in (tmp_path / "below").iterdir()}
    finally:
        await database.close()

    assert rights["muster.db"] == 0o600
    assert set(rights.values()) == {0o600}


def test_a_file_that_cannot_be_made_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "below").write_text("no folder")

    with pytest.raises(ConfigError, match=r"muster\.db cannot be made"):
        schema.make_room(tmp_path / "below" / "muster.db")


async def test_nothing_up_down_and_up_again(empty_url: str) -> None:
    if "sqlite" in empty_url:
        assert not (sqlite_path(empty_url) or Path()).parent.exists()
    async with opened(empty_url) as database:
        with pytest.raises(ConfigError, match="muster db upgrade"):
            await schema.check(database)
        await schema.upgrade(empty_url)
        assert await schema.current(database) == schema.HEAD
        await schema.downgrade(empty_url, "base")
        assert await schema.current(database) is None
        await schema.upgrade(empty_url)
        await schema.upgrade(empty_url)
        await schema.check(database)


async def test_the_migrations_make_the_tables_of_the_code(database: Database) -> None:
    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_server_default": connection.dialect.name == "postgresql",
                "include_name": lambda name, kind, _: (
                    not any(
                        index in (name or "")
                        for index in ("incident_search", "document_search", "document_terms")
                    )
                ),
            },
        )
        return list(compare_metadata(context, metadata))

    async with database.reading() as connection:
        assert await connection.run_sync(differences) == []


async def test_what_dev_makes_in_a_hurry_is_what_the_migrations_make(
    sqlite_database: Database, tmp_path: Path
) -> None:
    async with opened(sqlite_url(tmp_path / "new" / "quick.db")) as quick:
        await schema.create_or_upgrade(quick)
        await schema.create_or_upgrade(quick)
        await schema.check(quick)
        assert await written_schema(quick) == await written_schema(sqlite_database)


async def written_schema(database: Database) -> set[tuple[str, ...]]:
    """Every statement SQLite keeps, its parts in no order and without spaces."""
    async with database.reading() as connection:
        rows = await connection.execute(text("SELECT type, name, sql FROM sqlite_master"))
        return {(kind, name, *_parts(sql or "")) for kind, name, sql in rows}


def _parts(sql: str) -> list[str]:
    return sorted(re.split(r",|\(|\)", re.sub(r"\s+", "", sql)))


async def test_a_missing_file_is_named_and_not_made(tmp_path: Path) -> None:
    async with opened(sqlite_url(tmp_path / "muster.db")) as database:
        with pytest.raises(ConfigError, match=r"no database of Muster at .*`muster init`"):
            await schema.check(database)
    assert not (tmp_path / "muster.db").exists()


async def test_an_older_schema_names_the_upgrade(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "HEAD", "0002")
    with pytest.raises(ConfigError, match=r"older schema 0001; .* needs 0002.*muster db upgrade"):
        await schema.check(sqlite_database)


async def test_a_newer_schema_is_refused(database: Database) -> None:
    async with database.writer.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        with pytest.raises(ConfigError, match="schema 9999, which this version does not know"):
            await schema.check(database)
        with pytest.raises(ConfigError, match="does not know"):
            await schema.upgrade(database.url)
    finally:
        async with database.writer.begin() as connection:
            await connection.execute(
                text("UPDATE alembic_version SET version_num = :head"), {"head": schema.HEAD}
            )


async def test_an_unknown_revision_is_refused(sqlite_database: Database) -> None:
    with pytest.raises(ConfigError, match="no revision '0815'; known are base, 0001"):
        await schema.downgrade(sqlite_database.url, "0815")


@pytest.mark.postgres
@pytest.mark.parametrize(
    "url",
    [
        "postgresql+asyncpg://postgres@127.0.0.1:1/muster",
        "postgresql+asyncpg://postgres:secret@127.0.0.1:5432/muster_test_is_not_there",
    ],
)
async def test_a_server_that_does_not_answer_is_one_sentence(url: str, postgres_url: str) -> None:
    async with opened(url) as database:
        with pytest.raises(ConfigError, match="cannot be used: ") as refused:
            await schema.check(database)
    assert "secret" not in str(refused.value)
