"""The room in the browser: built in, needs no token, and is there when chat is not.

It renders from the database and is woken by commits, so nothing is queued for it but what is meant
for one person: pages and direct messages, kept as notices. `handlers/web/` has the pages.
"""

from bot.platforms.web.platform import WebPlatform, connect

__all__ = ["WebPlatform", "connect"]
