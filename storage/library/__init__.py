"""What was written down, and its index, which is never the truth; see bot.ports.knowledge."""
