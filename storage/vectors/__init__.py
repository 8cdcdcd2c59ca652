"""Nearness of meaning, as the analyst's worker: embeddings, and an index of them in Chroma.

Loaded in the analyst process only. The index is a cache: the core tells it what is there, compares
what it holds, and asks the database again before it shows anything to anybody.
"""

from storage.vectors.worker import connect

__all__ = ["connect"]
