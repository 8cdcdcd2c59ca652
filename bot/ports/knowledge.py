"""What was written down, as the engine needs it: documents to keep, and candidates to rank.

The database finds what shares words with a question; bot/engine/knowledge/ranking.py orders it. So
both databases answer alike. Whatever belongs to an incident is found only by whom it exists for,
and never while it is private or a test: it is asked again at every read.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final, Protocol

from bot.ports.queries import Viewer

HAPPENED: Final = frozenset({"incident", "postmortem"})
"""Kinds of documents that tell what happened; all others tell what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """`id` is its name for ever; adding it again replaces it. `url` is its source, or empty.

    `incident` is the number of the incident it was made of, at its `version`.
    """

    id: str
    kind: str
    title: str
    text: str
    url: str = ""
    date: datetime | None = None
    tags: tuple[str, ...] = ()
    service: str | None = None
    incident: int | None = None
    version: int = 0

    @property
    def digest(self) -> str:
        """Of its words; the same for the same words."""
        said = "\0".join((self.title, self.text))
        return sha256(said.encode(errors="replace")).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Indexed:
    """A passage as it is ranked: where it stands, and its terms, each between two spaces."""

    start: int
    end: int
    heading: str
    terms: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A document that shares words with a question. `number` is the database's own."""

    number: int
    id: str
    kind: str
    title: str
    url: str
    date: datetime | None
    service: str | None
    incident: int | None
    length: int
    title_terms: str
    passages: tuple[Indexed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """`having`: in how many documents each term stands; `documents` there are in all.

    `length` and `passage_length` are the average numbers of terms.
    """

    items: Sequence[Candidate] = ()
    having: Mapping[str, int] = field(default_factory=dict)
    documents: int = 0
    length: float = 1.0
    passage_length: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One question that was answered, for its follow-ups and its thumbs."""

    id: str
    actor: str
    thread: str
    question: str
    asked_at: datetime
    documents: tuple[str, ...] = ()
    abstained: bool = False


class Library(Protocol):
    """The documents and their index. The index is made anew from the documents at will."""

    async def put(self, documents: Sequence[Document]) -> None:
        """Adds or replaces them, searchable when this returns."""
        ...

    async def candidates(
        self,
        terms: Sequence[str],
        others: Sequence[str],
        viewer: Viewer,
        *,
        kinds: Collection[str] = (),
        incidents: bool | None = None,
        near: Collection[int] = (),
        limit: int,
    ) -> Candidates:
        """Documents with any of the words: `terms` of the question, `others` that mean the same.

        `incidents`: True for Muster's own only, False for what was added only. `near`: numbers of
        documents that are candidates besides, as far as they exist for the viewer.
        """
        ...

    async def digests(self, after: int, limit: int) -> Sequence[tuple[int, str]]:
        """The number and digest of each document that may be in an index that is shared, by
        number: never of a private incident or a test."""
        ...

    async def newest(self) -> datetime | None:
        """When a document was last added or replaced, by whatever process; cheap to ask."""
        ...

    async def read(self, numbers: Collection[int], viewer: Viewer) -> Mapping[int, Document]:
        """The whole documents, as far as they exist for the viewer now."""
        ...

    async def empty(self) -> bool:
        """Whether nothing is written down at all."""
        ...

    async def keep_asking(self, asking: Asking) -> None: ...
    async def last_asking(self, actor: str, thread: str, since: datetime) -> Asking | None: ...
    async def rate(self, id: str, actor: str, rating: int) -> bool:
        """Keeps a thumb of the asker, 1 or -1; False where there is no such answer of theirs."""
        ...

    async def due(self, limit: int) -> Sequence[int]:
        """Numbers of incidents that changed since they were indexed."""
        ...

    async def settle(self, number: int, version: int, document: Document | None) -> None:
        """Indexes an incident of this version as this document, or takes it out of the index.

        If it is at another version by now, nothing is done and it stays due.
        """
        ...
