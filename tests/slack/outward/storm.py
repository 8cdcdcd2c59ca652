"""Many incidents at once, what Slack does to calls meanwhile, and what people see at the end."""

import random
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.ports.store import Lane, Unit
from storage.store import SqlStore
from tests.databases import opened, seeded_randomness, sqlite_url
from tests.fakes.clock import FakeClock
from tests.fakes.slack.faults import (
    HALF_BODY,
    HANG,
    HTML,
    HTML_503,
    NO_JSON,
    RESET,
    Fault,
    broken,
    rate_limited,
)
from tests.fakes.slack.state import Channel, Message
from tests.slack.outward.conftest import Office, an_office

KINDS = (
    rate_limited(1),
    rate_limited(None),
    broken(500),
    broken(503),
    HTML,
    HTML_503,
    HALF_BODY,
    NO_JSON,
    HANG,
    RESET,
)
TIMES = re.compile(r" ?\(?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\)?| \(was [^)]*\)")
NAME = re.compile(r"inc-\d+-")
HEAD = re.compile(r"(#\d+)(: what happened while this could not be said here)?\n")
POINTER = "is handled in"


TIMEOUT = 0.2
"""Real seconds until a call that hangs is given up."""

Choose = Callable[[str], Fault | None]


def faults(share: float, seed: int) -> Choose:
    """This share of all calls fails; half of those that Slack could have heard, it heard."""
    dice = random.Random(seed)

    def choose(method: str) -> Fault | None:
        if dice.random() >= share:
            return None
        fault = dice.choice(KINDS)
        heard = fault.status != 429 and dice.random() < 0.5
        return fault.after_it_is_done() if heard else fault

    return choose


@dataclass(frozen=True)
class Run:
    """How it ended, and what it took: calls of the Web API, and how many of them failed."""

    seen: "Seen"
    calls: int
    failed: int


async def run(database: Path, incidents: int, choose: Choose | None = None) -> Run:
    """So many incidents, in a company of their own; `database` is an empty file of ours."""
    clock = FakeClock()
    async with opened(sqlite_url(database)) as db:
        store = SqlStore(db, clock, randomness=seeded_randomness())
        async with an_office(store, clock) as office:
            office.platform.slack.timeout = TIMEOUT
            office.slack.faults.choose = choose
            await _lived_through(office, incidents)
            failed = len(office.slack.faults.happened)
            return Run(seen(office), len(office.slack.calls) + failed, failed)


async def in_pairs(template: Path, folder: Path, incidents: int, seed: int) -> tuple[Run, Run]:
    """The same twice: while all is well, and with 30 % of all calls failing."""
    runs: list[Run] = []
    for choose in (None, faults(0.3, seed)):
        database = folder / f"{len(runs)}.db"
        shutil.copyfile(template, database)
        runs.append(await run(database, incidents, choose))
    return runs[0], runs[1]


async def _lived_through(office: Office, incidents: int) -> None:
    """They open, are worked on and end; days later, when all is said, their rooms are archived."""
    outpost, ann = office.outpost, office.outpost.ask()
    numbers = [await outpost.opens(f"number {n}", "P2") for n in range(incidents)]
    await outpost.deliver_all(minutes=1)
    for number in numbers:
        await outpost.incidents.ack(number, ann)
        await outpost.incidents.note(number, "the cache is cold", ann)
        await outpost.incidents.note(number, "it is warm again", ann)
        await outpost.incidents.update(number, ann, known="we know")
        await outpost.incidents.rename(number, f"{number} is slow", ann)
        await outpost.incidents.resolve(number, ann)
    await _all_said(office)
    for number in numbers:

        async def archive(unit: Unit, number: int = number) -> None:
            outpost.announce.rooms.archive(unit.ledger, await unit.incident(number))

        await outpost.work(archive, lane=Lane.TIMERS)
    await _all_said(office)


async def _all_said(office: Office) -> None:
    """Time goes on to whenever something is due, until nothing waits any more."""
    outpost = office.outpost
    for _ in range(200_000):
        await outpost.deliver()
        due = await outpost.store.next_delivery()
        if due is None:
            return
        ahead = (due - outpost.clock.now()).total_seconds()
        outpost.clock.forward(seconds=max(ahead, 3.0))
    raise AssertionError("something is never said")


@dataclass(frozen=True)
class Seen:
    """What people see of each incident: every line, wherever it stands; its rooms; its cards."""

    lines: Counter[tuple[str, str]] = field(default_factory=Counter)
    rooms: dict[str, list[object]] = field(default_factory=dict)

    def missing(self, other: "Seen") -> list[tuple[str, str]]:
        """Lines that the other does not have."""
        return list((self.lines - other.lines).elements())


def seen(office: Office) -> Seen:
    """Without times, and without pointers from where a card stood before its room was there."""
    found = Seen()
    for channel in office.slack.workspace.channels.values():
        for message in channel.messages.values():
            if message.user == office.slack.app.bot_user and not message.subtype and channel.name:
                found.lines.update(_lines(message))
        if named := NAME.match(channel.name):
            found.rooms.setdefault(named[0], []).append(_furniture(channel))
    return found


def _lines(message: Message) -> Iterator[tuple[str, str]]:
    """(incident, line). A catch-up is the lines it is made of; of a card it is all that counts."""
    text = TIMES.sub("", message.text)
    if POINTER in text:
        return
    head = HEAD.match(text)
    if head is None:
        yield "", text
        return
    for line in text[head.end() :].strip().split("\n"):
        yield head[1], line.removeprefix("- ")


def _furniture(channel: Channel) -> tuple[object, ...]:
    return (
        channel.is_archived,
        channel.kind,
        channel.topic.value,
        channel.purpose.value,
        sorted(channel.members),
        sorted(mark["title"] for mark in channel.bookmarks.values()),
        [TIMES.sub("", channel.messages[ts].text) for ts in channel.pins],
    )
