"""Afterwards: what is drafted from the record, and who is reminded of what was promised."""
