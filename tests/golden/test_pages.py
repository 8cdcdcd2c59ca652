"""Reference pages that are printed from the tables the program runs on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.chat.command import Command
from bot.domain import lifecycle, rights
from bot.domain.rights import VERB_RIGHTS
from bot.engine import speaks
from handlers.commands import COMMANDS
from handlers.registry import resolve

PAGES = Path(__file__).parents[2] / "docs" / "reference"


def commands_page() -> str:
    commands: list[Command] = [resolve(path) for path in COMMANDS.values()]
    rows = [
        f"| `{c.usage.replace('|', chr(92) + '|')}` | {c.help} | {', '.join(c.aliases)} "
        f"| {VERB_RIGHTS[c.verb]} |"
        for c in commands
    ]
    return "\n".join(
        [
            "# Commands",
            "",
            "Said in the command box of the web room. An id is `#42` or `INC-…`; in an incident's"
            " own room it may be left out. Printed from `handlers/commands/`.",
            "",
            "| say | what it does | also | needs |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("lifecycle", lifecycle.as_markdown),
        ("rights", rights.as_markdown),
        ("noise", speaks.as_markdown),
        ("commands", commands_page),
    ],
)
def test_the_page_is_the_table(
    name: str, printed: Callable[[], str], request: pytest.FixtureRequest
) -> None:
    page = PAGES / f"{name}.md"
    if request.config.getoption("--update-golden", default=False):
        page.write_text(printed())
    assert page.read_text() == printed(), "run pytest tests/golden --update-golden"
