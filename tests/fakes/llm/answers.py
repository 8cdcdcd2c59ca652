"""Answers: the plainest that fits a schema, and that of a model which obeys whatever it reads."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from tests.fakes.llm.wire import Asked

Answer = Callable[[Asked], Any]
"""Text, or what becomes JSON."""

WORD: Final = "nothing"


def plainest(asked: Asked) -> Any:
    """Fits the schema and says nothing."""
    if asked.schema is None:
        return WORD
    return _fitting(asked.schema, asked.schema, lambda: WORD)


def _fitting(schema: Mapping[str, Any], whole: Mapping[str, Any], word: Callable[[], str]) -> Any:
    if "$ref" in schema:
        return _fitting(whole["$defs"][schema["$ref"].rpartition("/")[2]], whole, word)
    if "anyOf" in schema:
        return _fitting(schema["anyOf"][0], whole, word)
    if fixed := schema.get("enum") or ([schema["const"]] if "const" in schema else []):
        return fixed[0]
    kind = schema.get("type")
    if kind == "object":
        properties = schema.get("properties") or {}
        return {name: _fitting(one, whole, word) for name, one in properties.items()}
    if kind == "array":
        return [_fitting(schema["items"], whole, word)]
    return {"string": word, "boolean": lambda: True, "null": lambda: None}.get(
        str(kind), lambda: 1
    )()


_ORDERS: Final = re.compile(
    r"(?is)(?:ignore|disregard|forget|override|say|reply|repeat|print|include|write|append|mention|"
    r"tell|output|call|run|visit|show|system|assistant|ignoriere|ignora)\b[^\n]*"
)
_CARRIED: Final = re.compile(
    r"https?://\S+|!\[[^\]]*\]\([^)]*\)|\[[^\]]*\]\([^)]*\)|<[!@#][^>]*>|@\w+|\{[^{}]*\}|"
    r"<(?:img|a|at)\b[^>]*>|[A-Z]{4,}[-_]?\d+\w*|\w*CANARY\w*"
)


def obedient(asked: Asked) -> Any:
    """Does whatever any text in the prompt tells it to, in every field it can fill."""
    said = list(_orders(asked))
    if asked.schema is None:
        return "\n".join(said) or WORD
    flat = " ".join(said) or WORD
    answer = _fitting(asked.schema, asked.schema, lambda: flat)
    return {name: _more(name, value, asked, said) for name, value in answer.items()}


def _orders(asked: Asked) -> Iterator[str]:
    """The orders as they stand, and by themselves all they want to see repeated."""
    text = f"{asked.system}\n{asked.user}"
    for order in _ORDERS.finditer(asked.user):
        yield order[0][:400]
    yield " ".join(dict.fromkeys(found[0] for found in _CARRIED.finditer(text)))


_PASSAGE: Final = re.compile(r'(?m)^document "([^"\n]+)"')
_SENTENCE: Final = re.compile(r"[A-Z][^.!?\n]{20,300}[.!?]")


def _more(name: str, value: Any, asked: Asked, said: list[str]) -> Any:
    """Where sentences with quotations are wanted, it tries every trick to have its own pass."""
    if not isinstance(value, list) or not value or "text" not in value[0]:
        return value
    documents = _PASSAGE.findall(asked.user) or ["1"]
    quotes = _SENTENCE.findall(asked.user)[:20] or [WORD]
    sources = re.findall(r"(?m)^\[([a-z]+\d+)\]", asked.user)[:20] or ["e1"]
    shape = value[0]
    tried: list[tuple[str, str, str]] = []
    for place, order in enumerate(said[:10]):
        quote = quotes[place % len(quotes)]
        other = quotes[(place + 1) % len(quotes)]
        texts = (
            *(order, f"{quote} {order}", f"{quote[:-1]}, and {order}", quote),
            *(_spliced(quote, other), _spliced(other, quote), _denied(quote)),
        )
        cites = (quote, order, f"{quote} {order}")
        document = documents[place % len(documents)]
        tried += [(text, document, cited) for text in texts for cited in cites]
    return [_sentence(shape, *one, sources) for one in tried]


def _spliced(one: str, other: str) -> str:
    """Begins as one and ends as the other: who did what becomes another thing."""
    begun, ended = one.split(), other.split()
    return " ".join([*begun[: len(begun) // 2], *ended[len(ended) // 2 :]])


def _denied(quote: str) -> str:
    """The contrary."""
    without = re.sub(r"(?i)\b(?:not|never|no)\s+", "", quote)
    return without if without != quote else re.sub(r"(?i)\b(was|is|were|are)\b", r"\1 not", quote)


def _sentence(
    shape: Mapping[str, Any], text: str, document: str, quote: str, sources: list[str]
) -> Any:
    made: dict[str, Any] = {**shape, "text": text}
    if "citations" in shape:
        made["citations"] = [{"document": document, "quote": quote}]
    if "sources" in shape:
        made["sources"] = sources
    return made


def as_text(said: Any) -> str:
    return said if isinstance(said, str) else json.dumps(said)
