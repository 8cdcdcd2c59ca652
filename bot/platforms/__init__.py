"""Where people talk with Muster. Each platform turns cards into its own form and its own events
into calls; none of them knows another."""

from typing import Final

PLATFORMS: Final[dict[str, str]] = {
    "web": "bot.platforms.web:connect",
    "slack": "bot.platforms.slack:connect",
    "teams": "bot.platforms.teams:connect",
}
"""Name → what connects it: the half that speaks, as a Channel."""

LISTENERS: Final[dict[str, str]] = {
    "slack": "bot.platforms.slack.listen:listen",
    "teams": "bot.platforms.teams.listen:listen",
}
"""Name → the half that listens: `listen(section, channel, desk)`; the web room needs none."""

REACHES: Final[dict[str, str]] = {
    "teams": "bot.platforms.teams.directory:reaches",
}
"""Name → what finds out whether somebody can be written to there: `reaches(channel)`; elsewhere
whoever is a member can be."""

SURVEYS: Final[dict[str, str]] = {
    "slack": "bot.platforms.slack.survey:survey",
    "teams": "bot.platforms.teams.survey:survey",
}
"""Name → what looks at a channel that is to become a room: `survey(channel, listener, clock)`."""
