"""`make bench`: figures as ratios to floors of the same run, printed as a table.

`python -m bench [NAME…] [--quick] [--check] [--record]`; the names stand in SUITES.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeAlias

from bench import analyst, intake, interactions, outgoing, process, stored, teams
from bench.figure import Figure, table
from bench.servers import ROOT

PAGE = ROOT / "docs" / "reference" / "performance.md"
BEGIN, END = "<!-- measured -->", "<!-- end -->"

Suite: TypeAlias = Callable[[Path, bool], Iterator[Figure]]

SUITES: Final[dict[str, Suite]] = {
    "process": lambda folder, quick: process.figures(folder, boots=3 if quick else 9),
    "intake": lambda folder, quick: intake.figures(folder, *((1, 2.0) if quick else (3, 5.0))),
    "outgoing": lambda folder, quick: outgoing.figures(folder, alerts=40 if quick else 200),
    "slack": lambda folder, quick: interactions.figures(folder, seconds=6 if quick else 20),
    "stored": lambda folder, quick: stored.figures(folder),
    "teams": lambda folder, quick: teams.figures(folder, messages=60 if quick else 300),
    "analyst": lambda folder, quick: analyst.figures(folder, pairs=1 if quick else 5),
}
"""Each takes an empty folder, and whether a short round will do."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"{', '.join(SUITES)}; all where left out")
    parser.add_argument("--quick", action="store_true", help="one short round of each")
    parser.add_argument("--check", action="store_true", help="fail where a figure is missed")
    parser.add_argument("--record", action="store_true", help=f"write the table into {PAGE.name}")
    options = parser.parse_args()
    wanted = options.names or list(SUITES)
    if unknown := set(wanted) - SUITES.keys():
        parser.error(f"no such bench: {', '.join(sorted(unknown))}; there are {', '.join(SUITES)}")
    figures: list[Figure] = []
    for name in wanted:
        with TemporaryDirectory(prefix="muster-bench-") as folder:
            for figure in SUITES[name](Path(folder), options.quick):
                print(f"{figure.name}: {figure.cells()[1]}", flush=True)
                figures.append(figure)
    load, cores = os.getloadavg()[0], os.cpu_count()
    said = f"{table(figures)}\n\nLoad of the machine at the end: {load:.1f} on {cores} cores."
    print(f"\n{said}")
    if options.record:
        _record(said)
    missed = [figure for figure in figures if figure.met is False]
    return 1 if options.check and missed else 0


def _record(said: str) -> None:
    page = PAGE.read_text()
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{said}\n{END}{after}")


if __name__ == "__main__":
    sys.exit(main())
