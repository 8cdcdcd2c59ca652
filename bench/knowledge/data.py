"""The documents and the questions that are measured with."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot.engine.knowledge.reading import read_line
from bot.ports.knowledge import Document

ROOT: Final = Path(__file__).parents[2]
OWN: Final = Path(__file__).parent / "questions.jsonl"
"""Questions written for Muster; its weights were chosen by them."""

KINDS: Final = {"incidents": "incident", "runbooks": "runbook"}


@dataclass(frozen=True, slots=True)
class Asked:
    query: str
    relevant: frozenset[str]

    @property
    def answerable(self) -> bool:
        return bool(self.relevant)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def documents(folder: Path, names: Iterable[str]) -> list[Document]:
    return [
        read_line(line, kind=KINDS[name])
        for name in names
        for line in (folder / "corpus" / f"{name}.jsonl").read_text().splitlines()
    ]


def same(folder: Path) -> dict[str, str]:
    """Id → the first of the records that tell of the same event: a hit on either is one."""
    told = json.loads((folder / "corpus" / "duplicates.json").read_text())["same_event"]
    return {id: ids[0] for ids in told for id in ids}


def questions(path: Path, known: Iterable[str]) -> list[Asked]:
    """Those whose documents are all there, and those that have none."""
    there = set(known)
    found = (Asked(row["query"], frozenset(row["relevant"])) for row in lines(path))
    return [one for one in found if one.relevant <= there]
