"""The wire formats of the providers: each strict about what it takes, as its vendor is."""

from tests.fakes.llm.dialects.anthropic import ANTHROPIC
from tests.fakes.llm.dialects.azure import AZURE
from tests.fakes.llm.dialects.gemini import GEMINI
from tests.fakes.llm.dialects.ollama import OLLAMA
from tests.fakes.llm.dialects.openai import OPENAI

DIALECTS = {
    "openai": OPENAI,
    "anthropic": ANTHROPIC,
    "google_genai": GEMINI,
    "azure_openai": AZURE,
    "ollama": OLLAMA,
}
"""By the name of the provider."""
