"""Prompt texts, one Markdown file each; whoever asks a model reads them here.

A file begins with its version and the longest answer in tokens. Changing words raises the version:
what was answered to other words is not taken from the cache.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
RULES: Final = "rules"
"""What stands at the end of every prompt."""

_FRONT: Final = re.compile(r"\A---\nversion: (\d+)\ntokens: (\d+)\n---\n(.*)\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Prompt:
    """`version` names both this text's and the common rules'; `tokens`: the longest answer."""

    name: str
    version: str
    tokens: int
    text: str


@cache
def prompt(name: str) -> Prompt:
    version, tokens, text = _read(name)
    rules_version, _, rules = _read(RULES)
    return Prompt(name, f"{version}.{rules_version}", int(tokens), f"{text}\n{rules}")


def names() -> list[str]:
    """Of all prompts."""
    return sorted(path.stem for path in FOLDER.glob("*.md") if path.stem != RULES)


def _read(name: str) -> tuple[str, str, str]:
    found = _FRONT.match((FOLDER / f"{name}.md").read_text(encoding="utf-8"))
    assert found is not None, f"prompts/{name}.md has no version"
    return found[1], found[2], found[3].strip() + "\n"
