"""Teams as a channel: each kind of effect, and what does it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from bot.domain.effect import TO_PEOPLE, Capabilities, EffectKind
from bot.domain.errors import DeliveryError
from bot.platforms.teams.actions import Asks, never
from bot.platforms.teams.connector import Connector
from bot.platforms.teams.directory import Directory
from bot.platforms.teams.errors import Hope, Paced, TeamsRefused
from bot.platforms.teams.places import Made
from bot.platforms.teams.posts import Posts
from bot.platforms.teams.rooms import NOT_SEEN, Rooms
from bot.ports.channel import Job

Deed = Callable[[Job], Awaitable[Made]]

CANNOT: Final[Mapping[EffectKind, str]] = {
    EffectKind.EPHEMERAL: "Teams shows no message to one person in a channel; they are written to",
    EffectKind.PIN: "a bot may pin nothing in a channel; the card heads its thread anyway",
    EffectKind.BOOKMARK: "channels have tabs, which a bot may not add; the card has the links",
    EffectKind.REACT: "a bot may not react to messages",
    EffectKind.REMOVE: "a standard channel is open to its whole team",
    EffectKind.PUBLISH_HOME: "apps have no home that a bot writes; `list` in the chat has it",
}
"""What Microsoft gives no bot, and what is there instead."""

LESS: Final[Mapping[str, str]] = {
    "a room that people had already (`--here`)": (
        "what was said in it before is brought along where Graph is granted and the team consented"
        " to `ChannelMessage.Read.Group`: a bot itself is shown only what is said after it came"
    ),
    "groups of people that a route or a team brings along (`invite`)": (
        "are Slack's: whoever is in the team sees its channels anyway, and a chat takes people"
        " only, one by one"
    ),
    "a file": (
        "is a message with its beginning, and a link to its page in Muster:"
        " Teams lets a bot send files in personal chats alone, and into a channel only Graph puts"
        " them, with rights on the team's SharePoint site"
    ),
    "what the asker alone may see": (
        "comes in their chat with Muster, or in the dialog: Teams shows no message of a channel to"
        " one person"
    ),
    "whoever is to be written to alone": (
        "adds the app once, or an admin lets Muster install itself: Teams lets a bot write to"
        " nobody else"
    ),
}
"""What works in part, and why."""


class TeamsPlatform:
    """`rooms` opens and names rooms, `posts` says things in them.

    `announces`: there is a channel for announcements. The half that listens shares `connector`,
    `references`, `session`, `asks` and `public_url`.
    """

    name: Final = "teams"

    def __init__(
        self,
        connector: Connector,
        directory: Directory,
        rooms: Rooms,
        posts: Posts,
        *,
        asks: Asks = never,
        public_url: str = "",
        announces: bool = False,
    ) -> None:
        self.connector, self.directory = connector, directory
        self.references, self.session = directory.references, connector.client.wire.session
        self.asks, self.public_url = asks, public_url
        self.rooms, self.posts = rooms, posts
        self._deeds: dict[EffectKind, Deed] = {
            EffectKind.OPEN_ROOM: rooms.open,
            EffectKind.ADOPT_ROOM: rooms.adopt,
            EffectKind.INVITE: rooms.invite,
            EffectKind.POST: posts.post,
            EffectKind.EDIT_CARD: posts.edit,
            EffectKind.UPLOAD: posts.upload,
            EffectKind.DIRECT_MESSAGE: posts.direct,
            EffectKind.PAGE: posts.direct,
        }
        if rooms.channels:
            self._deeds |= {
                EffectKind.RENAME_ROOM: rooms.rename,
                EffectKind.ARCHIVE_ROOM: rooms.archive,
                EffectKind.UNARCHIVE_ROOM: rooms.unarchive,
                EffectKind.SET_TOPIC: rooms.describe,
            }
        self._can = Capabilities(
            frozenset(self._deeds), announces=announces, digests=bool(posts.incidents)
        )

    @property
    def capabilities(self) -> Capabilities:
        return self._can

    async def perform(self, job: Job) -> Mapping[str, Mapping[str, Any]]:
        """See Channel.

        Raises:
            DeliveryError: as Microsoft's answer says. While the app itself is locked out, people
                are told by another way at once, and everything else waits for somebody to mend it.
        """
        deed = self._deeds.get(job.kind)
        if deed is None:
            raise DeliveryError(f"Teams cannot do {job.kind}", permanent=True)
        try:
            return await deed(job)
        except TeamsRefused as refused:
            if self.rooms.is_not_there_yet(job, refused.code):
                raise Paced(f"do {job.kind} in a new room", NOT_SEEN) from refused
            if refused.hope is Hope.OPERATOR and job.kind in TO_PEOPLE:
                raise DeliveryError(str(refused), permanent=True) from refused
            raise
