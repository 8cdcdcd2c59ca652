"""Slack as a channel: each kind of effect, and what does it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from bot.domain.effect import TO_PEOPLE, Capabilities, EffectKind
from bot.domain.errors import DeliveryError
from bot.platforms.slack.client import Slack
from bot.platforms.slack.directory import Directory
from bot.platforms.slack.errors import Hope, Paced, SlackRefused
from bot.platforms.slack.invitations import Invitations
from bot.platforms.slack.posts import Posts
from bot.platforms.slack.rooms import Made, Rooms
from bot.ports.channel import Job

Deed = Callable[[Job], Awaitable[Made]]


OWN: Final[Mapping[EffectKind, str]] = {
    EffectKind.EDIT_CARD: "chat.update",
    EffectKind.SET_TOPIC: "conversations.setTopic",
    EffectKind.BOOKMARK: "bookmarks.add",
    EffectKind.PIN: "pins.add",
}
"""The method without which nothing of a kind can be done: where it rests, all of them wait."""


class SlackPlatform:
    """`rooms` opens and keeps channels, `posts` says things in them.

    `announces`: there is a channel for announcements. `public_url` is where the web room is.
    """

    name: Final = "slack"

    def __init__(
        self,
        slack: Slack,
        directory: Directory,
        rooms: Rooms,
        posts: Posts,
        *,
        public_url: str,
        announces: bool = False,
    ) -> None:
        self.public_url = public_url
        self.slack, self.directory, self.rooms, self.posts = slack, directory, rooms, posts
        invitations = Invitations(slack, directory)
        self._deeds: Mapping[EffectKind, Deed] = {
            EffectKind.OPEN_ROOM: rooms.open,
            EffectKind.ADOPT_ROOM: rooms.adopt,
            EffectKind.RENAME_ROOM: rooms.rename,
            EffectKind.ARCHIVE_ROOM: rooms.archive,
            EffectKind.UNARCHIVE_ROOM: self._reopen,
            EffectKind.INVITE: invitations.invite,
            EffectKind.REMOVE: invitations.remove,
            EffectKind.SET_TOPIC: rooms.set_topic,
            EffectKind.BOOKMARK: rooms.bookmark,
            EffectKind.POST: posts.post,
            EffectKind.EDIT_CARD: posts.edit,
            EffectKind.EPHEMERAL: posts.whisper,
            EffectKind.PIN: posts.pin,
            EffectKind.REACT: posts.react,
            EffectKind.UPLOAD: posts.upload,
            EffectKind.DIRECT_MESSAGE: posts.direct,
            EffectKind.PAGE: posts.direct,
            EffectKind.PUBLISH_HOME: posts.publish_home,
        }
        self._can = Capabilities(
            frozenset(self._deeds), announces=announces, digests=bool(posts.digest)
        )

    @property
    def capabilities(self) -> Capabilities:
        return self._can

    async def perform(self, job: Job) -> Mapping[str, Mapping[str, Any]]:
        """See Channel. What was begun before is looked for first, so that a repeat shows once.

        Raises:
            DeliveryError: as Slack's answer says. While the app itself is locked out, people are
                told by another way at once, and everything else waits for somebody to mend it.
        """
        deed = self._deeds.get(job.kind)
        if deed is None:
            raise DeliveryError(f"Slack cannot do {job.kind}", permanent=True)
        try:
            return await deed(job)
        except Paced as paced:
            raise Paced(
                paced.what, paced.seconds, for_all=paced.what == OWN.get(job.kind)
            ) from paced
        except SlackRefused as refused:
            if refused.hope is Hope.OPERATOR and job.kind in TO_PEOPLE:
                raise DeliveryError(str(refused), permanent=True) from refused
            raise

    async def _reopen(self, job: Job) -> Made:
        """The archived room, or a new one with a card of its own where Slack allows no other."""
        was = job.places["room"]
        if was.get("adopted") or await self.rooms.unarchive(job):
            return {"room": {**was, "archived": False}}
        room = (await self.rooms.open(job))["room"]
        card = await self.posts.card_anew(job, room=str(room["id"]))
        await self.posts.lead_back(job, str(room["id"]), str(was["id"]))
        return {"room": {**room, "instead_of": was["id"]}, **card}
