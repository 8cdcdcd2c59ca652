"""The rules of Block Kit as https://docs.slack.dev/reference/block-kit writes them, as tables."""
