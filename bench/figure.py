"""A figure: what was measured, beside what, and what was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`target` reads `at_least` or at most; None is a figure without one. `beside` is the floor."""

    name: str
    value: float
    unit: str
    target: float | None = None
    at_least: bool = True
    beside: str = ""
    spread: str = ""

    @property
    def met(self) -> bool | None:
        if self.target is None:
            return None
        return self.value >= self.target if self.at_least else self.value <= self.target

    def cells(self) -> tuple[str, str, str, str, str]:
        sign = "≥" if self.at_least else "≤"
        asked = f"{sign} {self.target:g} {self.unit}" if self.target is not None else ""
        mark = {True: "yes", False: "NO", None: ""}[self.met]
        said = f"{self.value:.3g}" if self.value < 1000 else f"{self.value:.0f}"
        return (self.name, f"{said} {self.unit}", self.beside or self.spread, asked, mark)


HEAD = ("figure", "measured", "beside", "asked", "met")


def table(figures: Sequence[Figure]) -> str:
    """As Markdown."""
    rows = [HEAD, ("---",) * len(HEAD), *(figure.cells() for figure in figures)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def ratio(
    name: str, ours: Sequence[float], floor: Sequence[float], target: float, unit: str
) -> Figure:
    """Medians of rounds that were run in turn."""
    mine, theirs = median(ours), median(floor)
    return Figure(
        name=name,
        value=mine / theirs,
        unit="x",
        target=target,
        beside=f"{mine:.0f} to {theirs:.0f} {unit}",
    )
