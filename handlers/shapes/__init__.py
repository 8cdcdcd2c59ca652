"""Pieces of payloads that several sources share: sources do not know each other, but these."""
