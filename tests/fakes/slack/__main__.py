"""`make slack-sim`: Slack to play with, and what to tell Muster so that it comes here."""

import argparse
import asyncio
import sys

from tests.fakes.slack.page.routes import install
from tests.fakes.slack.server import Slack, slack_simulator

SETTINGS = """\
Slack is simulated at {url} - open it in a browser. Start Muster beside it with:

  export MUSTER_SLACK__API_URL={api_url}
  export MUSTER_SLACK__BOT_TOKEN={bot_token}
  export MUSTER_SLACK__APP_TOKEN={app_token}
  export MUSTER_SLACK__SIGNING_SECRET={signing_secret}
  make run

"""


def main() -> None:
    parser = argparse.ArgumentParser(description="Slack on this machine, without a workspace.")
    parser.add_argument("--port", type=int, default=9099, help="where it listens (9099)")
    parser.add_argument(
        "--events-url", default="", help="send events there by HTTP instead of Socket Mode"
    )
    said = parser.parse_args()
    try:
        asyncio.run(serve(said.port, said.events_url))
    except KeyboardInterrupt:
        sys.stderr.write("\n")


async def serve(port: int, events_url: str = "") -> None:
    async with slack_simulator(port=port, also=install) as slack:
        settle_in(slack)
        sys.stdout.write(settings(slack))
        sys.stdout.flush()
        if events_url:
            await slack.point_at(events_url)
        while True:
            await asyncio.sleep(1)
            await slack.post.redeliver()


def settle_in(slack: Slack) -> None:
    """A small company, and the channels it talks in; Ann and Ben are the sample people of dev."""
    names = ("ann", "ben", "cara")
    people = [slack.add_user(name, email=f"{name}@muster.localhost") for name in names]
    ids = [user.id for user in people]
    slack.add_group("payments", *ids[:2])
    slack.add_channel("general", *ids)
    slack.add_channel("incidents", *ids, slack.app.bot_user)


def settings(slack: Slack) -> str:
    return SETTINGS.format(
        url=slack.url,
        api_url=slack.api_url,
        bot_token=slack.app.bot_token,
        app_token=slack.app.app_token,
        signing_secret=slack.app.signing_secret,
    )


if __name__ == "__main__":
    main()
