"""One Muster between Slack, Teams and the browser, and Ann, who is herself in all three."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

from aiohttp import CookieJar
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import func, select

from bot.app import build
from bot.core import lay
from bot.platforms.web.forms import PREFIX
from bot.running import Muster
from config.settings import load_settings
from storage import tables as t
from storage.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.policies import PEOPLE, company
from tests.fakes.slack import Channel, Person, Slack
from tests.fakes.slack import slack_simulator as slack_at
from tests.fakes.teams import Conversation, Teams, teams_simulator
from tests.fakes.teams import Person as TeamsPerson
from tests.fakes.teams.cards import inputs
from tests.fakes.teams.state import guid
from tests.web.browser import Browser, FormOnPage, Page


class Seen(NamedTuple):
    """What came of one line on one surface: whether it worked, and whether a form opened."""

    ok: bool
    status: int
    form: bool


@dataclass
class Rooms:
    """Ann on either side, and where she is: everybody's channel in Slack, that of incidents in
    Teams."""

    in_slack: Person
    in_teams: TeamsPerson
    general: Channel
    incidents: Conversation

    @classmethod
    def of(cls, slack: Slack, teams: Teams) -> "Rooms":
        in_slack = slack.add_person("ann", email="ann@example.com")
        in_teams = teams.add_person("Ann", email="ann@example.com")
        return cls(
            in_slack,
            in_teams,
            slack.add_channel("general", slack.app.bot_user, in_slack.id),
            teams.add_channel("Incidents", teams.add_team("Payments", in_teams.user)),
        )

    def granted(self, teams: Teams) -> dict[str, str]:
        return {
            "MUSTER_TEAMS__GRAPH": "true",
            "MUSTER_TEAMS__ROOMS": "channel",
            "MUSTER_TEAMS__TEAM_ID": teams.teams[self.incidents.team].group,
            "MUSTER_TEAMS__CATALOG_APP_ID": teams.graph.catalog,
        }


@dataclass
class House:
    muster: Muster
    clock: FakeClock
    slack: Slack
    teams: Teams
    rooms: Rooms
    browser: Browser

    def __post_init__(self) -> None:
        self.in_slack, self.in_teams = self.rooms.in_slack, self.rooms.in_teams
        self.general = self.rooms.general
        self.page: Page | None = None

    async def say(self, surface: str, line: str) -> Seen:
        """Ann types the line there."""
        self.clock.forward(seconds=5)
        form = await getattr(self, f"_in_{surface}")(line)
        platform, text, reply = await self._last()
        assert (platform, text) == (surface, line), "it came to the router as it was typed"
        return Seen(bool(reply["ok"]), int(reply["status"]), form)

    async def fill_in(self, surface: str, answers: Mapping[str, str]) -> Seen:
        """Ann fills in the form that is open in front of her, and sends it."""
        self.clock.forward(seconds=5)
        closed = await getattr(self, f"_filled_in_{surface}")(answers)
        platform, _, reply = await self._last()
        assert platform == surface, "it came to the router"
        return Seen(bool(reply["ok"]), int(reply["status"]), not closed)

    async def press(self, surface: str, label: str) -> Seen:
        """Ann presses a button of the card that she was shown last."""
        self.clock.forward(seconds=5)
        form = await getattr(self, f"_pressed_in_{surface}")(label)
        platform, _, reply = await self._last()
        assert platform == surface, "it came to the router"
        return Seen(bool(reply["ok"]), int(reply["status"]), form)

    async def _pressed_in_slack(self, label: str) -> bool:
        shown = await self.in_slack.press(label, self.in_slack.whispers[-1])
        await self.done()
        assert shown.trouble == ""
        return self.in_slack.view is not None

    async def _pressed_in_teams(self, label: str) -> bool:
        shown = await self.in_teams.press(label, self.in_teams.hearing[-1])
        await self.done()
        assert shown.trouble == ""
        return shown.dialog is not None and bool(inputs(shown.dialog.card))

    async def _pressed_in_web(self, label: str) -> bool:
        assert self.page is not None
        said = await self.browser.press(self.page, label)
        assert said.status < 500
        return any(_asks(form) for form in said.forms)

    async def _filled_in_slack(self, answers: Mapping[str, str]) -> bool:
        shown = await self.in_slack.submit(answers)
        await self.done()
        assert (shown.trouble, shown.errors) == ("", {})
        return self.in_slack.view is None

    async def _filled_in_teams(self, answers: Mapping[str, str]) -> bool:
        shown = await self.in_teams.submit(answers)
        await self.done()
        assert shown.trouble == ""
        return shown.dialog is None or not inputs(shown.dialog.card)

    async def _filled_in_web(self, answers: Mapping[str, str]) -> bool:
        assert self.page is not None
        (form,) = (one for one in self.page.forms if _asks(one))
        (label,) = form.buttons
        given = {f"{PREFIX}{name}": said for name, said in answers.items()}
        said = await self.browser.press(self.page, label, **given)
        assert said.status < 500
        return not any(_asks(one) for one in said.forms)

    async def _in_slack(self, line: str) -> bool:
        whispers = len(self.in_slack.whispers) + len(self.general.messages)
        await self.in_slack.close(all_of_them=True) if self.in_slack.view else None
        shown = await self.in_slack.command(f"/incident {line}", self.general)
        await self.done()
        assert shown.trouble == ""
        opened = self.in_slack.view is not None
        answered = len(self.in_slack.whispers) + len(self.general.messages) > whispers
        assert opened or answered, f"nobody answered {line!r} in Slack"
        return opened

    async def _in_teams(self, line: str) -> bool:
        heard = len(self.in_teams.hearing)
        await self.in_teams.tell(line)
        await self.done()
        said = self.in_teams.hearing[heard:]
        assert len(said) == 1, f"nobody answered {line!r} in Teams"
        if "press to fill it in" not in repr(said[0].card):
            return False
        shown = await self.in_teams.press("Open", said[0])
        assert shown.trouble == ""
        return shown.dialog is not None

    async def _in_web(self, line: str) -> bool:
        page = await self.browser.get("/")
        said = await self.browser.press(page, "Send", text=line)
        assert said.status < 500
        self.page = said
        return any(_asks(form) for form in said.forms)

    async def done(self) -> None:
        await self.slack.settled()
        for listening in self.muster.listening.values():
            tasks: Any = listening.tasks  # type: ignore[attr-defined]
            while len(tasks):
                await tasks.all_done()

    async def delivered(self) -> None:
        """Lets time pass until nothing waits to be said, or nobody takes it."""
        for _ in range(8):
            await self.done()
            if not await self._waiting():
                return
            self.clock.forward(seconds=2)
            self.muster.delivery.look()
            with suppress(TimeoutError):
                await self.teams.until(lambda: False, within=0.2)

    async def _waiting(self) -> int:
        chats = t.effects.c.destination.in_(("slack", "teams"))
        waiting = select(func.count()).where(t.effects.c.state == "pending", chats)
        async with self.muster.store.reading() as connection:
            return int((await connection.execute(waiting)).scalar_one())

    async def _last(self) -> tuple[str, str, Mapping[str, Any]]:
        """The newest line that was kept, and what it was answered."""
        newest = select(t.invocations).order_by(t.invocations.c.received_at.desc()).limit(1)
        async with self.muster.store.reading() as connection:
            row = (await connection.execute(newest)).one()
        return row.platform, row.text, row.reply


def _asks(form: FormOnPage) -> bool:
    return any(name.startswith(PREFIX) for name in form.fields)


@asynccontextmanager
async def opened(
    store: SqlStore,
    clock: FakeClock,
    *,
    delivers: bool = False,
    graph: bool = False,
    **policies: Any,
) -> AsyncIterator[House]:
    """`delivers`: what is queued goes out too; else only what people ask for is answered. `graph`:
    Teams' rooms are channels of their own.
    `policies` are files of them that are others than the company's."""
    async with slack_at(clock) as slack, teams_simulator(clock) as teams:
        known = {"slack": "U0ANN", "teams": guid("ann")}
        listed = {id: {**one, "contact": []} for id, one in PEOPLE.items()}
        rooms = Rooms.of(slack, teams)
        settings = {
            "MUSTER_ENV": "dev",
            "MUSTER_SLACK__BOT_TOKEN": slack.app.bot_token,
            "MUSTER_SLACK__SIGNING_SECRET": slack.app.signing_secret,
            "MUSTER_SLACK__API_URL": slack.api_url,
            **teams.settings(),
            "MUSTER_TEAMS__INCIDENT_CHANNEL": rooms.incidents.id,
            **(rooms.granted(teams) if graph else {}),
        }
        people = {**listed, "ann": {**listed["ann"], **known}}
        laid = lay(load_settings(settings), company(people=people, **policies), store)
        muster = build(laid, secret=b"tests")
        async with (
            TestServer(muster.application) as server,
            TestClient(server, cookie_jar=CookieJar(unsafe=True)) as client,
        ):
            house = House(muster, clock, slack, teams, rooms, Browser(client))
            if delivers:
                await muster.start()
            else:
                await muster.newcomers.load()
                for listening in muster.listening.values():
                    await listening.start()
            await house.done()
            await slack.point_at(str(server.make_url("/slack/events")))
            teams.point_at(str(server.make_url("/api/messages")))
            yield house
            await house.done()
        await muster.stop()
        assert slack.complaints == teams.complaints == []
