"""One Muster between Slack, Teams and the browser, and Ann, who is herself in all three."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from aiohttp import CookieJar
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from bot.app import Muster, build
from bot.core import lay
from bot.platforms.web.forms import PREFIX
from config.settings import load_settings
from storage import tables as t
from storage.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.policies import PEOPLE, company
from tests.fakes.slack import Slack
from tests.fakes.slack import slack_simulator as slack_at
from tests.fakes.teams import Teams, teams_simulator
from tests.fakes.teams.state import guid
from tests.web.browser import Browser


class Seen(NamedTuple):
    """What came of one line on one surface: whether it worked, and whether a form opened."""

    ok: bool
    status: int
    form: bool


@dataclass
class House:
    muster: Muster
    clock: FakeClock
    slack: Slack
    teams: Teams
    browser: Browser

    def __post_init__(self) -> None:
        self.in_slack = self.slack.add_person("ann", email="ann@example.com")
        self.in_teams = self.teams.add_person("Ann", email="ann@example.com")
        bot = self.slack.app.bot_user
        self.general = self.slack.add_channel("general", bot, self.in_slack.id)

    async def say(self, surface: str, line: str) -> Seen:
        """Ann types the line there."""
        self.clock.forward(seconds=5)
        form = await getattr(self, f"_in_{surface}")(line)
        platform, text, reply = await self._last()
        assert (platform, text) == (surface, line), "it came to the router as it was typed"
        return Seen(bool(reply["ok"]), int(reply["status"]), form)

    async def _in_slack(self, line: str) -> bool:
        whispers = len(self.in_slack.whispers) + len(self.general.messages)
        await self.in_slack.close(all_of_them=True) if self.in_slack.view else None
        shown = await self.in_slack.command(f"/incident {line}", self.general)
        await self._done()
        assert shown.trouble == ""
        opened = self.in_slack.view is not None
        answered = len(self.in_slack.whispers) + len(self.general.messages) > whispers
        assert opened or answered, f"nobody answered {line!r} in Slack"
        return opened

    async def _in_teams(self, line: str) -> bool:
        heard = len(self.in_teams.hearing)
        await self.in_teams.tell(line)
        await self._done()
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
        return any(name.startswith(PREFIX) for form in said.forms for name in form.fields)

    async def _done(self) -> None:
        await self.slack.settled()
        for listening in self.muster.listening.values():
            tasks: Any = listening.tasks  # type: ignore[attr-defined]
            while len(tasks):
                await tasks.all_done()

    async def _last(self) -> tuple[str, str, Mapping[str, Any]]:
        """The newest line that was kept, and what it was answered."""
        newest = select(t.invocations).order_by(t.invocations.c.received_at.desc()).limit(1)
        async with self.muster.store.reading() as connection:
            row = (await connection.execute(newest)).one()
        return row.platform, row.text, row.reply


@asynccontextmanager
async def opened(store: SqlStore, clock: FakeClock) -> AsyncIterator[House]:
    async with slack_at(clock) as slack, teams_simulator(clock) as teams:
        known = {"slack": "U0ANN", "teams": guid("ann")}
        listed = {id: {**one, "contact": []} for id, one in PEOPLE.items()}
        muster = build(
            lay(
                load_settings(
                    {
                        "MUSTER_ENV": "dev",
                        "MUSTER_SLACK__BOT_TOKEN": slack.app.bot_token,
                        "MUSTER_SLACK__SIGNING_SECRET": slack.app.signing_secret,
                        "MUSTER_SLACK__API_URL": slack.api_url,
                        **teams.settings(),
                    }
                ),
                company(people={**listed, "ann": {**listed["ann"], **known}}),
                store,
            ),
            secret=b"tests",
        )
        async with (
            TestServer(muster.application) as server,
            TestClient(server, cookie_jar=CookieJar(unsafe=True)) as client,
        ):
            house = House(muster, clock, slack, teams, Browser(client))
            await muster.newcomers.load()
            for listening in muster.listening.values():
                await listening.start()
            await house._done()
            await slack.point_at(str(server.make_url("/slack/events")))
            teams.point_at(str(server.make_url("/api/messages")))
            yield house
            await house._done()
        await muster.stop()
        assert slack.complaints == teams.complaints == []
