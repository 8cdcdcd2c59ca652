"""The tables of docs/reference/parity.md, out of what was driven and done."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.effect import SUBSTITUTES, EffectKind
from bot.domain.lifecycle import State
from bot.platforms.teams.platform import CANNOT
from tests.parity.house import Seen

SURFACES: Final = ("slack", "teams", "web")
HEAD: Final = """\
# Slack, Teams and the web room, side by side

Printed by `pytest tests/golden/test_parity.py --update-golden`, which types every verb, opens,
fills in and sends every form, presses every button and does every effect on each of the three,
through the simulators of Slack and Teams and a browser. A gap fails the build.
"""
ONE_WAY: Final = frozenset({EffectKind.NOTIFY, EffectKind.WEBHOOK})
"""Done by channels that go one way, on no chat platform."""

DIFFERS: Final[Mapping[tuple[str, str], str]] = {
    ("noise", "web"): "it is about the channel in which it is said",
}
"""(verb, surface) → why it cannot be the same there."""

NEEDLESS: Final[Mapping[EffectKind, str]] = {
    EffectKind.ADOPT_ROOM: "every incident has its page",
    EffectKind.PIN: "the card heads its page",
    EffectKind.REACT: "whoever typed it is answered on the page",
    EffectKind.REMOVE: "nobody is in a page; who may see it, opens it",
}
"""What nobody misses in the browser, and why."""


@dataclass
class Driven:
    """What came of one verb on one surface: typed alone, its form opened, and the form sent."""

    typed: Seen
    opened: bool = False
    sent: Seen | None = None


def row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def table(head: Sequence[str], rows: Iterable[str]) -> str:
    return "\n".join([row(*head), row(*("---" for _ in head)), *rows])


def verbs(seen: Mapping[str, Mapping[str, Driven]]) -> str:
    def cell(verb: str, name: str, one: Driven) -> str:
        if reason := DIFFERS.get((verb, name)):
            return f"no: {reason}"
        return "yes, a form" if one.opened else "yes"

    rows = (
        row(f"`{verb}`", *(cell(verb, name, on[name]) for name in SURFACES))
        for verb, on in seen.items()
    )
    return table(("verb", "Slack", "Teams", "web room"), rows)


def pressed(state: State, on: Mapping[str, set[str]]) -> str:
    commands = ", ".join(f"`{command}`" for command in sorted(on["web"]))
    return row(state, *(len(on[name]) for name in SURFACES), commands)


def effects(done: Mapping[str, Mapping[EffectKind, bool]]) -> str:
    def cell(name: str, kind: EffectKind) -> str:
        if done[name][kind]:
            return "yes"
        if done["channels"][kind]:
            return "nothing to do: a room is a thread"
        instead = SUBSTITUTES.get(kind)
        told = ""
        if instead is not None and done[name][instead] and kind is not EffectKind.PIN:
            told = f", {instead} instead"
        return f"no: {CANNOT[kind]}{told}"

    def in_web(kind: EffectKind) -> str:
        if done["web"][kind]:
            return "yes"
        return "yes, on the page" if done["pages"].get(kind) else f"needless: {NEEDLESS[kind]}"

    rows = (
        row(
            f"`{kind}`",
            "yes",
            cell("threads", kind),
            cell("channels", kind),
            in_web(kind),
        )
        for kind in EffectKind
        if kind not in ONE_WAY
    )
    head = ("effect", "Slack", "Teams, rooms are threads", "Teams with Graph", "web room")
    return table(head, rows)
