"""`make bench-knowledge`: how well questions are answered, beside BM25 and TF-IDF.

`python -m bench.knowledge [--data FOLDER] [--check] [--record]`; without the folder it says so and
measures nothing.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench.figure import Figure, table
from bench.knowledge import data
from bench.knowledge.measure import measure

RECORDED: Final = Path(__file__).parent / "recorded.json"
PAGE: Final = data.ROOT / "docs" / "reference" / "answers.md"
BEGIN: Final = "<!-- measured -->"
END: Final = "<!-- end -->"
LOCAL: Final = ", local embedding"
SLACK: Final = 0.01
"""What a figure may fall short of what was recorded; times are held against their target only."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.knowledge", description=__doc__)
    parser.add_argument("--data", type=Path, default=data.ROOT.parent / "shared" / "data")
    parser.add_argument("--check", action="store_true", help="fail where a figure got worse")
    parser.add_argument("--record", action="store_true", help="keep these figures")
    options = parser.parse_args()
    if not (options.data / "corpus").is_dir():
        print(f"There is no corpus in {options.data}; name its folder with --data.")
        return 2
    with TemporaryDirectory(prefix="muster-answers-") as folder:
        figures = asyncio.run(measure(options.data, Path(folder)))
    print(table(figures))
    known = json.loads(RECORDED.read_text()) if RECORDED.exists() else {}
    worse = worsened(figures, known)
    print(*worse, sep="\n")
    if options.record:
        _record(figures)
    return 1 if options.check and worse else 0


def worsened(figures: Sequence[Figure], known: Mapping[str, float]) -> list[str]:
    """What fell short of what was recorded or asked for, and what nobody measured any more; without
    the weights of the local embedding (`make semantic`) its figures are not missed."""
    measured = {figure.name for figure in figures}
    local = any(LOCAL in name for name in measured)
    missing = [n for n in known if n not in measured and (local or LOCAL not in n)]
    return [
        *(said for figure in figures if (said := _worse(figure, known))),
        *(f"{name}: not measured" for name in missing),
    ]


def _worse(figure: Figure, known: Mapping[str, float]) -> str:
    before = known.get(figure.name)
    if before is None:
        return f"{figure.name}: misses its target" if figure.met is False else ""
    fell = before - figure.value if figure.at_least else figure.value - before
    return f"{figure.name}: {figure.value:.3f}, was {before:.3f}" if fell > SLACK else ""


def _record(figures: list[Figure]) -> None:
    kept = {one.name: round(one.value, 4) for one in figures if one.unit != "ms"}
    RECORDED.write_text(json.dumps(kept, indent=2) + "\n")
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{table(figures)}\n{END}{after}")


if __name__ == "__main__":
    sys.exit(main())
