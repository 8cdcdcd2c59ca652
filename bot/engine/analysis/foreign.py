"""Words from outside on their way into a prompt: cleaned, without secrets and orders, fenced.

A fence cannot be forged, since its mark is new for every call and is not said to whoever writes
alerts, chat or documents. That a model heeds the fence is not relied on: what comes back is checked
as if it did not (see `harmless` and bot.engine.knowledge.support).
"""

import re
from dataclasses import dataclass
from typing import Final

from bot.cards.clean import clean
from bot.domain.secrets import hide

LEFT_OUT: Final = "[left out]"
LOOKED_AT: Final = 2
"""Times what fits is read, since some of it is left out; the rest of a long text is not."""

A_LINK: Final = "[link]"
"""What a model reads of an address: it needs none, and so it can pass none on."""

_SAYS: Final = (
    r"say|repeat|print|output|echo|include|insert|append|add|reply|respond|answer|write|return|"
    r"quote|mention|tag|ping|notify|send|post|reveal|display|emit|produce|end|begin|start|embed"
)
_ORDERS: Final = re.compile(
    rf"""(?ix)
    \b(?:ignore|disregard|forget|override|bypass|neglect|skip|discard)\b .{{0,60}}
      \b(?:instruction|instructions|prompt|prompts|rule|rules|previous|prior|above|earlier|guard\w*
        |context|everything|anything|restriction\w*|polic\w+|told)\b
    | \b(?:new|updated|real|actual|secret|hidden|following|these|my)\s+instructions?\b
    | \b(?:you\s+are\s+(?:now|no\s+longer|an?\s)|act\s+as\b|pretend\b|roleplay|from\s+now\s+on
        |developer\s+mode|jailbreak|DAN\b|do\s+anything\s+now|as\s+an?\s+(?:ai|assistant|language))
    | \b(?:system|assistant|developer|user|human|tool)\s*(?:prompt|message|override|note)?\s*[:>\]]
    | \b(?:ai|llm|gpt|claude|gemini|chatbot|assistant|language\s+model|the\s+model|the\s+bot
        |muster)\b
      .{{0,40}}\b(?:must|should|shall|please|will|needs?\s+to|has\s+to|{_SAYS})\b
    | \b(?:{_SAYS})\b .{{0,50}}
      \b(?:exactly|verbatim|word\s+for\s+word|the\s+(?:words?|phrase|string|token|code|text|sentence
        |link|url|image)|in\s+your|your\s+(?:answer|reply|response|summary|output)
        |this\s+(?:link|url|image|token|text)|every\s+(?:answer|reply|sentence)|at\s+the\s+(?:end|start))
    | \b(?:your|the)\s+(?:system\s+prompt|instructions|rules|answer|reply|response|summary|output)\b
      .{{0,40}}\b(?:must|should|is|are|with|ends?|begins?|includes?|contains?|to)\b
    | \b(?:reply|respond|answer|output|print|say|repeat|return)\b\s*
      (?:only|just|nothing\s+but|with|this|back|as\s+follows|the\s+following|:)\s*[:\w\"']
    | \b(?:call|invoke|use|execute|trigger|run)\s+(?:the\s+)?(?:\w+\s+)?
      (?:tool|function|plugin|api\s+call)
    | <\|?\s*/?\s*(?:im_start|im_end|system|endoftext|assistant|user|tool\w*|function\w*)\b
    | \[/?(?:INST|SYS|SYSTEM)\]
    | (?:tool_call|function_call|"(?:tool|function|action|command|name)"\s*:\s*")
    | \b(?:ignoriere|vergiss|ignora|ignorez|oubliez|olvida|игнорируй|忽略|無視)
    """,
)
"""What speaks to a model and not to people. It takes too much rather than too little."""

_PIECE: Final = re.compile(r"[^\n]+?(?:[.!?]+[\"')\]]*(?=\s|$)|\n|$)|\n")
_PARAGRAPH: Final = re.compile(r"\n\s*\n")
_LINK: Final = re.compile(r"(?i)\b[a-z][a-z0-9+.-]{1,20}://[^\s<>\"')\]]+|\bwww\.[^\s<>\"')\]]+")
_SHOWN: Final = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)")
_CUT_WORD: Final = re.compile(r"\S{1,500}\Z")
_FENCE: Final = re.compile(r"<{2,}|>{2,}")


def orders(text: str) -> bool:
    """Whether it tells a model what to do."""
    return _ORDERS.search(text) is not None


def without_orders(text: str) -> str:
    """The text without what speaks to a model: from such a sentence to the end of its paragraph,
    since what it wants said often follows it."""
    if not orders(text):
        return text
    said = "\n\n".join(_without(part) for part in _PARAGRAPH.split(text))
    return LEFT_OUT if orders(said) else said


def _without(paragraph: str) -> str:
    kept = ""
    for found in _PIECE.finditer(paragraph):
        if orders(found[0]):
            return f"{kept}{LEFT_OUT}"
        kept += found[0]
    return kept


def _begun(text: str, length: int) -> str:
    """Its beginning, without the word that is cut in two: half a secret does not look like one."""
    return text if len(text) <= length else _CUT_WORD.sub("", text[:length])


def material(text: str, limit: int) -> str:
    """Words from outside as a model may read them, at most `limit` characters."""
    said = without_orders(hide(clean(_begun(text, LOOKED_AT * limit))))
    said = _LINK.sub(A_LINK, _SHOWN.sub(lambda found: found[1], said))
    said = _FENCE.sub(lambda found: found[0][0], said)
    return said if len(said) <= limit else f"{said[:limit].rstrip()}…"


@dataclass(frozen=True, slots=True)
class Fence:
    """Lines around data; `mark` is of this call alone."""

    mark: str

    def around(self, what: str, text: str) -> str:
        """`text` is data called `what`, in our own words; no line of it can end it."""
        inner = text.replace(self.mark, "")
        return f"<<<{self.mark} {what}\n{inner}\n<<<{self.mark} end"
