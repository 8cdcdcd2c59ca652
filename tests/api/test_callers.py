"""Who acts: a person's token, a program's own, the first admin in dev."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.domain.errors import Forbidden
from bot.domain.people import Right
from bot.engine.people import People
from bot.engine.rules import Rules
from handlers.api.caller import Callers
from handlers.credentials import Credentials
from storage.database import Database
from tests.api.house import House, Keys, open_house, policies
from tests.fakes.clock import FakeClock


async def test_a_program_acts_in_its_own_name(house: House) -> None:
    made = await house.declare(by="robot")
    assert made["declared_by"] == "token:robot"
    entries = await house.get("/incidents/1/entries")
    assert entries["items"][0]["actor"] == {
        "type": "integration",
        "id": "token:robot",
        "name": "robot",
    }


async def test_a_program_sees_the_private_incident_it_declared(house: House) -> None:
    await house.declare(by="robot", private=True)
    assert (await house.get("/incidents/1", by="robot")).status == 200
    assert (await house.get("/incidents/1", by="ben")).status == 404


async def test_a_token_limits_its_person(house: House) -> None:
    house.keys.make("reader", person="ann", right=Right.VIEWER)
    assert (await house.get("/incidents", by="reader")).status == 200
    assert (await house.post("/incidents", {"title": "x"}, by="reader")).status == 403
    house.keys.make("wide", person="vic", right=Right.ADMIN)
    assert (await house.post("/incidents", {"title": "x"}, by="wide")).status == 403
    house.keys.make("plain", person="ann", right=Right.NOTHING)
    assert (await house.post("/incidents", {"title": "x"}, by="plain")).status == 201


async def test_nobody_in_particular_is_let_in(house: House) -> None:
    house.keys.make("source", right=Right.NOTHING, scopes=("source:prom",))
    house.keys.make("gone", person="zoe", right=Right.ADMIN)
    house.keys.make("powerless", right=Right.NOTHING)
    for by in (None, "nonsense", "source", "gone"):
        said = await house.get("/incidents", by=by)
        assert said.status == 401
        assert said.headers["WWW-Authenticate"].startswith("Bearer")
    assert (await house.get("/incidents", by="powerless")).status == 403


@pytest.fixture
async def dev(sqlite_database: Database, clock: FakeClock) -> AsyncIterator[House]:
    async with open_house(sqlite_database, clock, dev=True) as opened:
        yield opened


async def test_in_dev_whoever_shows_nothing_is_the_first_admin(dev: House) -> None:
    made = await dev.declare(by=None)  # type: ignore[arg-type]
    assert made["declared_by"] == "ann"


class Browser:
    """A session of Eva's; `strange`: another site's page sends the request."""

    def __init__(self, *, strange: bool = False) -> None:
        self.strange = strange

    async def person_of(self, request: web.Request) -> str | None:
        return "eva" if "muster_session" in request.cookies else None

    def refuse_strangers(self, request: web.Request, *, must_say: bool = False) -> None:
        if self.strange:
            raise Forbidden("Another site's page sent this.")


@pytest.mark.parametrize("strange", [False, True])
async def test_a_signed_in_person_acts_from_our_own_pages_only(house: House, strange: bool) -> None:
    credentials = Credentials(Keys(), house.clock)
    people = People(Rules(policies()))
    house.rest.desk.caller = Callers(credentials, people, Browser(strange=strange))
    cookie = {"Cookie": "muster_session=x"}
    said = await house.post("/incidents", {"title": "x"}, by=None, headers=cookie)
    assert said.status == (403 if strange else 201)
    assert (await house.call("GET", "/incidents", by=None, headers=cookie)).status == 200
    assert (await house.get("/incidents", by=None)).status == 401
