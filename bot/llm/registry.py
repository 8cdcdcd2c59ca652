"""Which providers there are. Adding one is a file and a line here."""

from typing import Final

PROVIDERS: Final[dict[str, str]] = {
    "openai": "bot.llm.providers.openai:provider",
    "anthropic": "bot.llm.providers.anthropic:provider",
    "google_genai": "bot.llm.providers.google_genai:provider",
    "azure_openai": "bot.llm.providers.azure_openai:provider",
    "ollama": "bot.llm.providers.ollama:provider",
}
"""What stands before the colon of a model's name → its Provider. Any other server that speaks
OpenAI's wire format is `openai:` with a `base_url`."""
