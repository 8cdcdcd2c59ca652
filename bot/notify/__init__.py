"""One-way channels: each tells somebody something and hears nothing back. One module each."""

from typing import Final

CHANNELS: Final[dict[str, str]] = {
    "email": "bot.notify.email:connect",
    "webhook": "bot.notify.webhook:connect",
}
"""Name → `connect(section, outside) -> Channel`, imported where the settings enable it."""
