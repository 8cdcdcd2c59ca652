"""How conversations are called in Teams: channels, the threads in them, and chats.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/channel-and-group-conversations
"""

import re
from typing import Final
from urllib.parse import quote, urlencode

THREAD: Final = ";messageid="
_CHAT: Final = re.compile(r"19:[^;\s]+@thread\.v2")
_CHANNEL: Final = re.compile(r"19:[^;\s]+@thread\.(tacv2|skype)")


def is_channel(id: str) -> bool:
    """Whether it is a channel's id: `19:…@thread.tacv2`; a chat's ends otherwise."""
    return bool(_CHANNEL.fullmatch(id))


def is_chat(id: str) -> bool:
    """Whether it is a group chat's id: `19:…@thread.v2`."""
    return bool(_CHAT.fullmatch(id))


def thread_of(channel: str, root: str) -> str:
    """The conversation of a thread; a chat has none, and stays what it is."""
    return f"{channel}{THREAD}{root}" if root and is_channel(channel) else channel


def link_to(channel: str, root: str, tenant: str) -> str:
    """A deep link to a message, or to a channel where no message is named.

    https://learn.microsoft.com/microsoftteams/platform/concepts/build-and-test/deep-link-teams
    """
    tail = urlencode({"tenantId": tenant})
    place = quote(channel, safe="")
    if root:
        return f"https://teams.microsoft.com/l/message/{place}/{quote(root, safe='')}?{tail}"
    return f"https://teams.microsoft.com/l/channel/{place}/incident?{tail}"
