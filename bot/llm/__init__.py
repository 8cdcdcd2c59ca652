"""Models, through langchain; loaded in the analyst process only."""

from bot.llm.registry import PROVIDERS
from bot.llm.worker import connect

__all__ = ["PROVIDERS", "connect"]
