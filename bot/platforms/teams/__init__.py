"""Microsoft Teams: a thread for each incident, one live card, and everything said at most twice."""
