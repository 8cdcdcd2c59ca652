"""The documents and the questions that are measured with."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot.engine.knowledge.reading import read_line
from bot.ports.knowledge import Document

ROOT: Final = Path(__file__).parents[2]
OWN: Final = Path(__file__).parent / "questions.jsonl"
"""Questions written for Muster, by several writers; its weights were chosen by them."""

HELD_OUT: Final = Path(__file__).parent / "held_out.jsonl"
"""Questions of further writers, who saw neither the others' nor any answer. Nothing was chosen by
them, and nothing may be: what is tried on them is tried on strangers once only."""

KINDS: Final = {"incidents": "incident", "runbooks": "runbook"}


@dataclass(frozen=True, slots=True)
class Asked:
    """`over`: the only documents that were looked through for its answer; empty for all."""

    query: str
    relevant: frozenset[str]
    writer: int = 0
    over: str = ""

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


def questions(path: Path, known: Sequence[Document]) -> list[Asked]:
    """Those whose documents are all there, and those that have none, as far as somebody looked
    through everything there is for their answer."""
    there, kinds = {one.id for one in known}, {one.kind for one in known}
    found = (
        Asked(
            row["query"],
            frozenset(row["relevant"]),
            row.get("writer", 0),
            row.get("over", ""),
        )
        for row in lines(path)
    )
    return [
        one
        for one in found
        if one.relevant <= there and (not one.over or kinds <= {KINDS[one.over]})
    ]
