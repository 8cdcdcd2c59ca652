"""Muster, the incident bot that lives where responders already talk."""

__version__ = "0.1.0"
