"""An answer in a model's words, of which each sentence stands on a quotation.

The model reads only passages that were found for this viewer. What it says that its quotation does
not say is dropped, and if nothing is left, the quotations alone answer.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.engine.analysis.consulting import Consulting, Inquiry, NoModel, Shape
from bot.engine.analysis.foreign import orders
from bot.engine.analysis.harmless import harmless
from bot.engine.knowledge.answering import Citation
from bot.engine.knowledge.ranking import Ranked
from bot.engine.knowledge.support import supported, verbatim
from bot.ports.knowledge import Document

SECONDS: Final = 12.0
"""That somebody waits for a better answer than quotations."""

SENTENCES: Final = 5
READ: Final = 50
"""Sentences of an answer that are looked at."""

LONGEST: Final = 600
"""Characters of a sentence."""

PASSAGES: Final = 3
"""Of one document."""


class Cited(Shape):
    document: str
    quote: str


class Sentence(Shape):
    text: str
    citations: list[Cited]


class Answered(Shape):
    sentences: list[Sentence]


class Telling:
    def __init__(self, consulting: Consulting) -> None:
        self.consulting = consulting

    async def __call__(
        self, question: str, ranked: Sequence[Ranked], documents: Mapping[int, Document], actor: str
    ) -> Sequence[tuple[str, Citation]]:
        """Sentences with what they stand on; none where the model has nothing to say."""
        known = {
            str(place): documents[one.candidate.number]
            for place, one in enumerate(ranked, 1)
            if one.candidate.number in documents
        }
        if not known or not self.consulting.ready:
            return ()
        data = [("the question", question)]
        for place, one in enumerate(ranked, 1):
            if str(place) in known:
                text = _passages(one, known[str(place)])
                data.append((f'the document "{place}"', f'document "{place}"\n{text}'))
        try:
            told = await self.consulting.ask(
                Inquiry(
                    kind="ask",
                    shape=Answered,
                    data=data,
                    check=lambda said: believable(said, known, self.consulting.hosts),
                    asked_by=actor,
                    mentions=[one.incident for one in known.values() if one.incident is not None],
                    yes=True,
                    seconds=SECONDS,
                )
            )
        except NoModel:
            return ()
        return [
            (one.text, Citation(known[one.citations[0].document], one.citations[0].quote))
            for one in told.said.sentences
        ]


def believable(
    said: Answered, documents: Mapping[str, Document], hosts: frozenset[str]
) -> Answered:
    """Those of its sentences that say no more than a quotation which is really there."""
    kept: dict[str, Sentence] = {}
    for one in said.sentences[:READ]:
        text = " ".join(one.text.split())
        if len(text) > LONGEST or not harmless(text, hosts):
            continue
        for cited in one.citations[:SENTENCES]:
            document = documents.get(cited.document)
            quote = verbatim(cited.quote, document.text) if document is not None else ""
            if document is None or not quote or orders(quote):
                continue
            if supported(text, quote, document.text):
                found = Cited(document=cited.document, quote=quote)
                kept.setdefault(text, Sentence(text=text, citations=[found]))
                break
    return Answered(sentences=list(kept.values())[:SENTENCES])


def _passages(one: Ranked, document: Document) -> str:
    """Its best passages, in the order of the document."""
    places = sorted(one.passages[:PASSAGES])
    spans = [one.candidate.passages[place] for place in places]
    return "\n…\n".join(document.text[span.start : span.end] for span in spans)
