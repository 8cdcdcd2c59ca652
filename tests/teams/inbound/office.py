"""A company whose Muster hears Teams: the whole core, and the simulator it talks to."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

from aiohttp.test_utils import TestServer
from sqlalchemy import select

from bot.app import build
from bot.cards.incident import incident_card
from bot.core import lay
from bot.domain.entry import Entry
from bot.domain.incident import Incident
from bot.domain.policy import Policies
from bot.platforms.teams.listen import TeamsListener
from bot.platforms.teams.references import References
from bot.platforms.teams.render import Around, activity
from bot.ports.queries import MUSTER, IncidentFilter
from bot.ports.store import Lane, Place, Unit
from bot.running import Muster
from config.settings import load_settings
from storage import tables as t
from storage.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.policies import PEOPLE, company
from tests.fakes.teams import Conversation, Message, Person, Teams
from tests.fakes.teams.state import guid


def people(**more: Any) -> Policies:
    """Ann is listed by her object id, Ben and Vic by their e-mail, the others not at all."""
    known = {
        "ann": {"teams": guid("ann")},
        "ben": {"email": "ben@example.com"},
        "vic": {"email": "vic@example.com"},
    }
    listed = {id: {**person, **known.get(id, {})} for id, person in PEOPLE.items()}
    return company(people={id: {**one, "contact": []} for id, one in listed.items()}, **more)


@dataclass
class Office:
    teams: Teams
    muster: Muster
    clock: FakeClock
    listener: TeamsListener
    references: References
    room: Conversation
    ann: Person
    ben: Person

    # what became of it

    async def incident(self, number: int) -> Incident:
        found = await self.muster.queries.incident(number, MUSTER)
        assert found is not None, f"there is no incident {number}"
        return found

    async def entries(self, number: int) -> Sequence[Entry]:
        return await self.muster.queries.entries(number, MUSTER)

    async def notes(self, number: int) -> list[Entry]:
        return [entry for entry in await self.entries(number) if entry.type == "comment_added"]

    async def talk(self, number: int) -> list[Entry]:
        return [entry for entry in await self.entries(number) if entry.type == "said"]

    async def kept(self) -> list[tuple[str, str]]:
        """Who said what, as it was kept."""
        statement = select(t.invocations).order_by(t.invocations.c.received_at)
        async with self.muster.store.reading() as connection:
            rows = (await connection.execute(statement)).all()
        return [(row.actor, row.text) for row in rows]

    async def place(self, number: int, slot: str, **address: Any) -> None:
        """The incident shows there, as if delivery had put it."""

        async def put(unit: Unit) -> None:
            place = Place(incident=number, platform="teams", slot=slot, address=address)
            await unit.put_place(place)

        await self.muster.store.transact(put, lane=Lane.COMMANDS)

    # what happens

    async def done(self) -> None:
        """Everything that was acknowledged is carried out and answered."""
        while len(self.listener.tasks):
            await self.listener.tasks.all_done()

    async def declared(self, title: str = "payments down", *, by: Person | None = None) -> int:
        """Somebody declares; the number."""
        await (by or self.ann).tell(f'declare "{title}" --severity P1 --anyway')
        await self.done()
        page = await self.muster.queries.incidents(IncidentFilter(), MUSTER)
        return page.items[0].number

    async def thread(self, number: int) -> Message:
        """The root of the thread that is the incident's room, with its live card."""
        incident = await self.incident(number)
        card = incident_card(incident, self.muster.engine.rules.policies)
        asks = self.listener.inbound.replies.asks
        around = Around(version=incident.version, incident=number, asks=asks)
        said = activity(card, around)
        root = self.teams.post(self.room, self.teams.bot_id, said)
        await self.place(number, "room", id=f"{self.room.id};messageid={root.id}")
        await self.place(number, "card", channel=self.room.id, ts=root.id)
        return root

    async def delivered(self, there: Callable[[], Any]) -> None:
        """Lets time pass until what is queued is there."""
        for _ in range(60):
            if there():
                return
            self.clock.forward(seconds=2)
            self.muster.delivery.look()
            try:
                await self.teams.until(there, within=0.3)
            except TimeoutError:
                continue
        raise AssertionError("it was never delivered")


@asynccontextmanager
async def opened(
    teams: Teams,
    store: SqlStore,
    clock: FakeClock,
    *,
    policies: Policies | None = None,
    delivers: bool = False,
    more: Mapping[str, str] | None = None,
) -> AsyncIterator[Office]:
    """`delivers`: what is queued goes out too; else only what people ask for is answered. `more`
    are settings beside the tenant's own."""
    ann = teams.add_person("Ann", email="ann@example.com")
    ben = teams.add_person("Ben", email="ben@example.com")
    room = teams.add_channel("Incidents", teams.add_team("Payments", ann.user, ben.user))
    said = {"MUSTER_TEAMS__INCIDENT_CHANNEL": room.id} if delivers else {}
    known = {"MUSTER_ENV": "dev", **teams.settings(), **said, **(more or {})}
    settings = load_settings(known)
    muster = build(lay(settings, policies or people(), store), secret=b"tests")
    listener = cast(TeamsListener, muster.listening["teams"])
    async with TestServer(muster.application) as server:
        teams.point_at(str(server.make_url("/api/messages")))
        if delivers:
            await muster.start()
        else:
            await muster.newcomers.load()
            await listener.start()
        references = listener.inbound.references
        office = Office(teams, muster, clock, listener, references, room, ann, ben)
        await office.done()  # the keys are read
        yield office
        await office.done()
    await muster.stop()
