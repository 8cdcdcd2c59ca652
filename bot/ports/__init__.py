"""The few things the engine needs from outside. Each has a contract test."""
