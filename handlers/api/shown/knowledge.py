"""Answers, and incidents like another."""

from collections.abc import Callable, Sequence

from typing_extensions import TypedDict

from bot.engine.knowledge.answering import Answer
from bot.engine.knowledge.asking import Similar


class CitationShown(TypedDict):
    """`quote` stands word for word in the document."""

    document_id: str
    title: str
    quote: str
    url: str


class NearShown(TypedDict):
    document_id: str
    title: str
    url: str


class AnswerShown(TypedDict):
    """`answer` consists of the quotations, each followed by the number of its citation in [].

    `worded`: it is a model's, a sentence a line, each followed by the number of what it stands on.
    `abstained`: nothing in our records answers; `nearest` is what came closest then. `confidence`
    lies between 0 and 1. `id` names the answer.
    """

    id: str
    answer: str
    worded: bool
    abstained: bool
    confidence: float
    citations: Sequence[CitationShown]
    nearest: Sequence[NearShown]


class SimilarShown(TypedDict):
    """`fix` is the sentence that says what fixed it, empty where none does."""

    id: str
    kind: str
    title: str
    fix: str
    url: str
    score: float


class SimilarsShown(TypedDict):
    """Best first."""

    items: Sequence[SimilarShown]


def show_answer(answer: Answer, address: Callable[[str], str]) -> AnswerShown:
    return {
        "id": answer.id,
        "answer": answer.text,
        "worded": answer.worded,
        "abstained": answer.abstained,
        "confidence": answer.confidence,
        "citations": [
            {
                "document_id": one.document.id,
                "title": one.document.title,
                "quote": one.quote,
                "url": address(one.document.url),
            }
            for one in answer.citations
        ],
        "nearest": [
            {"document_id": one.id, "title": one.title, "url": address(one.url)}
            for one in answer.nearest
        ],
    }


def show_similar(found: Similar, address: Callable[[str], str]) -> SimilarShown:
    document = found.document
    return {
        "id": document.id,
        "kind": document.kind,
        "title": document.title,
        "fix": found.fix,
        "url": address(document.url),
        "score": found.score,
    }
