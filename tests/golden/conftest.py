"""`pytest tests/golden --update-golden` writes the files anew; review the diff like code."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Golden = Callable[[Path, Any], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compares a value with a file of JSON, or writes the file."""

    def compare(file: Path, value: Any) -> None:
        said = json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n"
        if request.config.getoption("--update-golden", default=False):
            file.write_text(said)
        assert file.exists(), f"{file.name} is missing; run pytest tests/golden --update-golden"
        assert json.loads(said) == json.loads(file.read_text())

    return compare
