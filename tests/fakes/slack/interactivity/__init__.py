"""What people press, type and fill in: https://docs.slack.dev/interactivity."""
