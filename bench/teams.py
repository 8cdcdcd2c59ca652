"""How soon Teams is told that it was heard: by a simulated tenant that signs what it sends."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Final

from bench.databases import sqlite
from bench.figure import Figure
from bench.load import percentile
from bench.servers import muster, settled
from tests.fakes.teams import Person, Teams, teams_simulator

MESSAGES: Final = 300
PER_SECOND: Final = 20
ASKED: Final = 50
"""Milliseconds, p99."""


def figures(folder: Path, *, messages: int = MESSAGES) -> Iterator[Figure]:
    """Commands and presses at a steady pace, each kept before it is answered."""
    typed, pressed = asyncio.run(_measured(folder, messages))
    for name, took in (("a command", typed), ("a press, with the new card", pressed)):
        yield Figure(
            name=f"Teams: {name} acknowledged, p99",
            value=percentile(took, 0.99) * 1000,
            unit="ms",
            target=ASKED,
            at_least=False,
            spread=f"p50 {percentile(took, 0.5) * 1000:.1f} ms, worst {max(took) * 1000:.0f} ms",
        )


async def _measured(folder: Path, messages: int) -> tuple[list[float], list[float]]:
    async with teams_simulator() as teams:
        said = {name.removeprefix("MUSTER_"): value for name, value in teams.settings().items()}
        server = muster(folder, sqlite(folder / "teams.db"), **said)
        ours = await asyncio.to_thread(server.__enter__)
        try:
            teams.point_at(f"http://127.0.0.1:{ours.port}/api/messages")
            ann = teams.add_person("Ann", email="ann@example.com")
            await ann.tell('declare "payments down" --severity P1 --anyway')
            card = await ann.hears("#1 is open")
            await asyncio.to_thread(settled, ours)
            typed = await _timed(teams, ann, messages)
            return typed, await _pressed(teams, ann, card.conversation, messages // 3)
        finally:
            await asyncio.to_thread(server.__exit__, None, None, None)


async def _timed(teams: Teams, ann: Person, messages: int) -> list[float]:
    took = []
    for number in range(messages):
        begun = perf_counter()
        await ann.tell(f"note #1 line {number}")
        took.append(perf_counter() - begun)
        await asyncio.sleep(max(0.0, 1 / PER_SECOND - took[-1]))
    if teams.troubles:
        raise RuntimeError(f"{len(teams.troubles)} were not acknowledged")
    return took


async def _pressed(teams: Teams, ann: Person, room: str, presses: int) -> list[float]:
    """`take`, again and again, on a card in her own chat."""
    action = {"type": "Action.Execute", "title": "Go", "verb": "muster"}
    action |= {"data": {"muster": {"command": "ack #1"}}}
    card = {"type": "AdaptiveCard", "version": "1.5", "body": [], "actions": [action]}
    attached = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    took = []
    for _ in range(presses):
        said = {"type": "message", "attachments": [attached]}
        message = teams.post(teams.conversations[room], teams.bot_id, said)
        begun = perf_counter()
        shown = await ann.press("Go", message)
        took.append(perf_counter() - begun)
        if shown.trouble:
            raise RuntimeError(shown.trouble)
        await asyncio.sleep(max(0.0, 1 / PER_SECOND - took[-1]))
    return took
