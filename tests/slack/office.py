"""A company whose Muster is connected to Slack: the whole core, and the simulator it talks to."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp.test_utils import TestServer
from sqlalchemy import select

from bot.app import build
from bot.core import lay
from bot.domain.entry import Entry
from bot.domain.incident import Incident
from bot.domain.policy import Policies
from bot.platforms.slack.manifest import manifest
from bot.ports.queries import MUSTER, IncidentFilter
from bot.ports.store import Lane, Place, Unit
from bot.running import Muster
from config.settings import load_settings
from handlers.commands import COMMANDS
from storage import tables as t
from storage.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.policies import PEOPLE, company
from tests.fakes.slack import Channel, Message, Person, Slack


def people() -> Policies:
    """Ann is listed by her Slack id, Ben and Vic by their e-mail, the others not at all."""
    more = {
        "ann": {"slack": "U0ANN"},
        "ben": {"email": "ben@example.com"},
        "vic": {"email": "vic@example.com"},
    }
    listed = {id: {**person, **more.get(id, {})} for id, person in PEOPLE.items()}
    return company(people={id: {**one, "contact": []} for id, one in listed.items()})


@dataclass
class Office:
    slack: Slack
    muster: Muster
    clock: FakeClock
    general: Channel
    ann: Person
    ben: Person
    address: str

    # what became of it

    async def incident(self, number: int) -> Incident:
        found = await self.muster.queries.incident(number, MUSTER)
        assert found is not None, f"there is no incident {number}"
        return found

    async def entries(self, number: int) -> Sequence[Entry]:
        return await self.muster.queries.entries(number, MUSTER)

    async def types(self, number: int) -> list[str]:
        return [str(entry.type) for entry in await self.entries(number)]

    async def notes(self, number: int) -> list[Entry]:
        return [entry for entry in await self.entries(number) if entry.type == "comment_added"]

    async def kept(self) -> list[tuple[str, str]]:
        """Who said what, as it was kept."""
        statement = select(t.invocations).order_by(t.invocations.c.received_at)
        async with self.muster.store.reading() as connection:
            rows = (await connection.execute(statement)).all()
        return [(row.actor, row.text) for row in rows]

    async def place(self, number: int, slot: str, **address: Any) -> None:
        """The incident shows there, as if delivery had put it."""

        async def put(unit: Unit) -> None:
            await unit.put_place(
                Place(incident=number, platform="slack", slot=slot, address=address)
            )

        await self.muster.store.transact(put, lane=Lane.COMMANDS)

    def said_in(self, room: Channel) -> list[Message]:
        """What Muster said there for everybody, in threads or not."""
        return [m for m in room.messages.values() if m.user == self.slack.app.bot_user]

    # what happens

    async def done(self) -> None:
        """Everything that was acknowledged is carried out and answered."""
        await self.slack.settled()
        tasks = self.muster.listening["slack"].tasks  # type: ignore[attr-defined]
        while len(tasks):
            await tasks.all_done()

    async def declared(self, title: str = "payments down", *, by: Person | None = None) -> int:
        """Somebody declares; the number."""
        who = by or self.ann
        await who.command(f'/incident declare "{title}" --severity P1 --anyway', self.general)
        await self.done()
        page = await self.muster.queries.incidents(IncidentFilter(), MUSTER)
        return page.items[0].number

    async def room(self, number: int, *people: Person) -> Channel:
        """A channel that is the incident's room, with its people in it."""
        room = self.slack.add_channel(
            f"inc-{number}", self.slack.app.bot_user, *(person.id for person in people)
        )
        await self.place(number, "room", id=room.id)
        return room

    async def delivered(self, there: Callable[[], Any]) -> None:
        """Lets time pass until what is queued is there."""
        for _ in range(60):
            if there():
                return
            self.clock.forward(seconds=2)
            self.muster.delivery.look()
            try:
                await self.slack.until(there, within=0.3)
            except TimeoutError:
                continue
        raise AssertionError("it was never delivered")


@asynccontextmanager
async def opened(
    slack: Slack,
    store: SqlStore,
    clock: Any,
    *,
    by_http: bool,
    delivers: bool = False,
    waits: bool = True,
    policies: Policies | None = None,
    configured: Mapping[str, str] | None = None,
) -> AsyncIterator[Office]:
    """`delivers`: what is queued goes out too; else only what people ask for is answered.

    `waits`: until it is connected. `configured` are further settings of Slack by name.
    """
    way = (
        {"SIGNING_SECRET": slack.app.signing_secret}
        if by_http
        else {"APP_TOKEN": slack.app.app_token}
    )
    muster = build(
        lay(
            load_settings(
                {
                    "MUSTER_ENV": "dev",
                    "MUSTER_SLACK__BOT_TOKEN": slack.app.bot_token,
                    "MUSTER_SLACK__API_URL": slack.api_url,
                    **{
                        f"MUSTER_SLACK__{name}": value
                        for name, value in {**way, **(configured or {})}.items()
                    },
                }
            ),
            policies or people(),
            store,
        ),
        secret=b"tests",
    )
    general = slack.add_channel("general", slack.app.bot_user)
    ann = slack.add_person("ann", email="ann@example.com")
    ben = slack.add_person("ben", email="ben@example.com")
    general.members += [ann.id, ben.id]
    async with TestServer(muster.application) as server:
        office = Office(slack, muster, clock, general, ann, ben, str(server.make_url("/")))
        if delivers:
            await muster.start()
        else:
            await muster.newcomers.load()
            await muster.listening["slack"].start()
        if by_http:
            await slack.point_at(str(server.make_url("/slack/events")))
        elif waits:
            await slack.until(lambda: slack.socket.open)
        yield office
        await office.done()
    await muster.stop()


def install(slack: Slack, *, public: bool) -> None:
    """The app as our manifest describes it, with no scope, event or command more."""
    made = manifest(list(COMMANDS), "https://muster.example" if public else "")
    slack.app.scopes = set(made["oauth_config"]["scopes"]["bot"])
    slack.app.events = set(made["settings"]["event_subscriptions"]["bot_events"])
    slack.app.commands = {one["command"] for one in made["features"]["slash_commands"]}


def buttons(message: Message) -> list[str]:
    """What its buttons say."""
    rows = [block for block in message.all_blocks if block["type"] == "actions"]
    return [one["text"]["text"] for row in rows for one in row["elements"] if "text" in one]
