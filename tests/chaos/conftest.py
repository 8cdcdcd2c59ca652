"""Databases that servers in other processes open."""

import os
from collections.abc import Iterator

import pytest

from tests.databases import postgres_database


@pytest.fixture
def empty_postgres(worker_id: str) -> Iterator[str]:
    """A PostgreSQL database with our schema, for one run."""
    with postgres_database(f"muster_chaos_{worker_id}_{os.getpid()}") as url:
        yield url
