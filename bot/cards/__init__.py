"""From what is known to what is said: pure functions that return cards."""
