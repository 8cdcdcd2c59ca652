"""From Slack to the app: events, commands and clicks, by HTTP or by Socket Mode."""
