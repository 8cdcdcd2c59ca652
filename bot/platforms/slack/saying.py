"""Something is posted once: Slack knows no idempotency key, so ours travels in the metadata of the
message, and whoever tries again looks for it first.

https://docs.slack.dev/messaging/message-metadata
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

from bot.platforms.slack.client import Answer, Slack
from bot.platforms.slack.errors import Paced, SlackRefused
from bot.platforms.slack.render import QUIETLY, Message
from bot.platforms.slack.tries import Trying, Unsent
from bot.ports.channel import Job

EVENT: Final = "muster_effect"
"""The `event_type` of our metadata; its payload has the effect's key."""

PAGE: Final = 200
PAGES: Final = 5
"""What is read back at most to find a message again."""


class Saying:
    """`muster` tells our messages from another Muster's."""

    def __init__(self, slack: Slack, muster: str) -> None:
        self.slack, self.muster = slack, muster
        self._unsent, self._trying = Unsent(), Trying()

    async def once(
        self, job: Job, channel: str, thread: str, said: Message, *, grows: bool = False
    ) -> tuple[str, str]:
        """Posts it, unless an earlier try is there already; timestamp and channel.

        `grows`: what it says may have become more since that try, as a card's does, so what is
        found is made to say it.
        """
        untouched = self._unsent.take(job.key, tried=bool(job.tries))
        if not untouched and (found := await self._found(job, channel, thread)):
            if grows:
                ts, channel = found
                await self.slack.call("chat.update", channel=channel, ts=ts, **said.args())
            return found
        try:
            self._trying.at(job.key, channel, thread)
            answer = await self._inside(
                "chat.postMessage",
                channel,
                thread_ts=thread or None,
                metadata=self.metadata(job),
                **said.args(),
                **QUIETLY,
            )
        except Paced:
            if untouched:
                self._unsent.add(job.key)
            raise
        self._trying.over(job.key)
        return str(answer["ts"]), str(answer.get("channel") or channel)

    async def _found(self, job: Job, channel: str, thread: str) -> tuple[str, str] | None:
        """What an earlier try said, here, or where that try was to say it; but a card, which has
        its place, is looked for in that place alone."""
        before = () if job.payload.get("slot") else self._trying.where(job.key)
        for place in dict.fromkeys([(channel, thread), *before]):
            if ts := await self.posted(job.key, *place):
                return ts, place[0]
        return None

    async def _inside(self, method: str, channel: str, **arguments: Any) -> Answer:
        """The call; where we must be a member of a public channel for it, we join first."""
        try:
            return await self.slack.call(method, channel=channel, **arguments)
        except SlackRefused as refused:
            if refused.code != "not_in_channel":
                raise
            try:
                await self.slack.call("conversations.join", channel=channel)
            except SlackRefused:
                raise refused from None
        return await self.slack.call(method, channel=channel, **arguments)

    async def posted(self, key: str, channel: str, thread: str = "") -> str:
        """The timestamp of the message that an earlier try made, or nothing."""
        async for said in self.said(channel, thread):
            meta = said.get("metadata") or {}
            payload = meta.get("event_payload") or {}
            ours = meta.get("event_type") == EVENT and payload.get("muster") == self.muster
            if ours and payload.get("key") == key:
                return str(said["ts"])
        return ""

    async def said(self, channel: str, thread: str) -> AsyncIterator[Mapping[str, Any]]:
        """What was said there, the newest first; in a thread the oldest."""
        where = {"ts": thread} if thread else {}
        method = "conversations.replies" if thread else "conversations.history"
        cursor = ""
        for _ in range(PAGES):
            answer = await self._inside(
                method,
                channel,
                limit=PAGE,
                include_all_metadata=True,
                cursor=cursor or None,
                **where,
            )
            found: Sequence[Mapping[str, Any]] = answer.get("messages") or ()
            for said in found:
                yield said
            cursor = (answer.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return

    def metadata(self, job: Job) -> dict[str, Any]:
        payload = {"key": job.key, "muster": self.muster, "incident": job.incident}
        return {"event_type": EVENT, "event_payload": payload}
