"""`muster serve --role analyst` says what is missing."""

from pathlib import Path

import pytest

from bot.cli import main
from tests.databases import opened


def test_on_sqlite_there_is_no_need_for_it(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'muster.db'}"
    environment = {"MUSTER_ENV": "dev", "MUSTER_DATABASE_URL": url}
    assert main(["serve", "--role", "analyst"], environment) == 2
    assert "claims its jobs on PostgreSQL" in capsys.readouterr().err


@pytest.mark.postgres
async def test_with_nothing_to_offer_it_does_not_start(
    postgres_url: str, capsys: pytest.CaptureFixture
) -> None:
    from bot.domain.errors import ConfigError
    from bot.serve_analyst import serve
    from config.settings import load_settings

    async with opened(postgres_url):
        settings = load_settings(
            {
                "MUSTER_ENV": "dev",
                "MUSTER_DATABASE_URL": postgres_url,
                "MUSTER_KNOWLEDGE__EMBEDDING": "none",
            }
        )
        with pytest.raises(ConfigError, match="neither a model nor an embedding"):
            await serve(settings)
