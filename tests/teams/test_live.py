"""`muster check --live` tries the tenant, and says what is to be mended."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr

from bot.domain.policy import Policies
from bot.platforms.teams.graph import PERMISSIONS
from bot.platforms.teams.live import look
from config.sections import Teams as Section
from tests.fakes.clock import FakeClock
from tests.fakes.policies import PEOPLE, company
from tests.fakes.teams import Conversation, Teams, User, teams_simulator
from tests.fakes.teams.state import guid

PAGED = {"ann": {"teams": guid("ann")}, "ben": {"email": "ben@example.org"}}


class Tenant:
    def __init__(self, teams: Teams, clock: FakeClock) -> None:
        self.teams, self.clock = teams, clock
        self.users: dict[str, User] = {
            name: teams.add_user(name, email=f"{name}@example.org") for name in PAGED
        }
        self.team = teams.add_team("Company", *self.users.values())
        self.room: Conversation = teams.add_channel("incidents", self.team)
        teams.login.roles = tuple(PERMISSIONS)

    async def look(self, **changed: Any) -> tuple[list[str], list[str]]:
        """What is well, and what is not."""
        settings = {
            "app_id": self.teams.login.app_id,
            "app_password": SecretStr(self.teams.login.secret),
            "tenant_id": self.teams.tenant,
            "service_url": self.teams.service_url,
            "login_url": self.teams.login_url,
            "graph_url": self.teams.graph_url,
            "incident_channel": self.room.id,
            **changed,
        }
        found: tuple[list[str], list[str]] = ([], [])
        async for good, said in look(Section(**settings), policies(), self.clock):
            found[not good].append(said)
        return found


def policies() -> Policies:
    ways = {"contact": [{"channel": "teams"}, {"channel": "web", "after": "60s"}]}
    listed = {id: {**one, "contact": []} for id, one in PEOPLE.items()}
    return company(people={id: {**one, **ways, **PAGED.get(id, {})} for id, one in listed.items()})


@pytest.fixture
async def tenant(clock: FakeClock) -> AsyncIterator[Tenant]:
    async with teams_simulator(clock) as teams:
        yield Tenant(teams, clock)


async def test_where_all_is_well_it_says_so(tenant: Tenant) -> None:
    well, wrong = await tenant.look(graph=True)
    assert wrong == []
    assert any("signed in" in said for said in well)
    assert "the incident channel answers" in well
    assert "all permissions for Graph are granted" in well
    assert "looked for 2 people in schedules" in well


async def test_a_secret_that_has_expired(tenant: Tenant) -> None:
    well, (wrong,) = await tenant.look(app_password=SecretStr("an old one"))
    assert well == []
    assert "the client secret is wrong or has expired" in wrong


async def test_no_channel_for_incidents(tenant: Tenant) -> None:
    _, wrong = await tenant.look(incident_channel="")
    assert any("teams.incident_channel is not set" in said for said in wrong)


async def test_a_channel_whose_team_has_not_the_app(tenant: Tenant) -> None:
    stray = tenant.teams.add_channel("stray", tenant.teams.add_team("Others", has_bot=False))
    _, wrong = await tenant.look(incident_channel=stray.id)
    assert any("the incident channel does not answer" in said for said in wrong)


async def test_a_missing_permission_is_named_with_what_is_lost(tenant: Tenant) -> None:
    tenant.teams.login.roles = tuple(name for name in PERMISSIONS if name != "Channel.Create")
    _, wrong = await tenant.look(graph=True)
    lost = PERMISSIONS["Channel.Create"]
    assert wrong == [f"Graph's Channel.Create is missing; without it Muster cannot {lost}"]


async def test_who_has_not_the_app_is_named(tenant: Tenant) -> None:
    tenant.teams.installed_for.discard(tenant.users["ben"].id)
    _, (wrong,) = await tenant.look()
    assert wrong.startswith("pages of ben take the next way at once: Muster is not installed for")
    assert "Ben Ito" in wrong


async def test_whoever_can_be_given_the_app_is_not(tenant: Tenant) -> None:
    tenant.teams.installed_for.discard(tenant.users["ben"].id)
    _, wrong = await tenant.look(graph=True, catalog_app_id=tenant.teams.graph.catalog)
    assert wrong == []
    assert tenant.users["ben"].id in tenant.teams.installed_for
