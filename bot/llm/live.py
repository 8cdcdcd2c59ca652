"""Whether the models that are configured answer; for `muster check --live`."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from bot.domain.errors import ConfigError
from bot.llm.section import Section
from bot.llm.worker import ModelWorker, chat_of
from bot.ports.analyst import Refused

QUESTION: Final[Mapping[str, Any]] = {
    "system": "You answer with JSON.",
    "user": "Are you there?",
    "schema": {
        "title": "answer",
        "type": "object",
        "properties": {"here": {"type": "boolean"}},
        "required": ["here"],
        "additionalProperties": False,
    },
    "max_tokens": 2_000,
}
"""The shortest that tries all there is: the address, the key, the name, and JSON of a shape."""


async def look(section: Section) -> AsyncIterator[tuple[bool, str]]:
    """Each model, asked by itself: whether it is well, and a sentence about it."""
    seconds = section.timeout.total_seconds()
    for served in (section, *section.fallbacks):
        try:
            chat = chat_of(served, seconds)
        except ConfigError as wrong:
            yield False, str(wrong).removesuffix(".")
            continue
        worker = ModelWorker(section, [chat], clients=[chat.knobs.client])
        try:
            told = await worker.do("complete", QUESTION, seconds)
        except Refused as no:
            yield False, f"{served.model} does not help: {no.reason.removesuffix('.')}"
        else:
            used = told["tokens_in"] + told["tokens_out"]
            yield True, f"{served.model} answers in {told['seconds']:.1f} s ({used} tokens)"
        finally:
            await worker.close()
