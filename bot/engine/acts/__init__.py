"""What people do to incidents, by subject; bot/engine/incidents.py puts them together."""
