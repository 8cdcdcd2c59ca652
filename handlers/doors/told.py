"""What the doors take and answer, as rows of the API's document; the doors themselves do it.

A door reads more kindly than its schema says (see handlers/alerts): what stands here is what it
promises.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Final, Literal, NotRequired

from pydantic import AwareDatetime, ConfigDict, Field
from typing_extensions import TypedDict

from bot.domain.alert import Decision
from handlers.api.bodies import Body
from handlers.api.operation import PREFIX, Operation
from handlers.doors.events import BATCH

Key = Annotated[str, Field(min_length=1)]
REFUSES: Final = (415, 429)
FIRING: Final[Mapping[str, Any]] = {
    "event_id": "e-1",
    "source": "checkout-probe",
    "timestamp": "2026-01-05T09:00:00Z",
    "title": "Checkout is slow",
    "severity": "critical",
    "metrics": {"p95_latency_ms": 2300},
}


class Payload(Body):
    """What the source's vendor sends."""

    model_config = ConfigDict(extra="allow")


class EventResource(Payload):
    type: str | None = None
    id: str | None = None
    name: str | None = None
    metadata: Mapping[str, Any] = Field(default_factory=dict)


class Event(Payload):
    """A neutral event. What is not named here is kept in `payload`, unless events are strict."""

    event_id: Key
    source: Key
    timestamp: AwareDatetime
    title: Key
    severity: Key = Field(description="P0 to P4, or a vendor's word.", examples=["P1", "critical"])
    source_version: str | None = None
    event_type: Literal["anomaly", "violation", "alert", "error"] = "alert"
    category: Literal["performance", "security", "availability", "compliance", "cost", "other"] = (
        "other"
    )
    description: str | None = None
    resource: EventResource | None = None
    metrics: Mapping[str, float] = Field(default_factory=dict)
    tags: Mapping[str, str] = Field(default_factory=dict)
    labels: tuple[str, ...] = ()
    correlation_id: str | None = None
    parent_event_id: str | None = None
    payload: Mapping[str, Any] = Field(default_factory=dict)


class Batch(Payload):
    """Events, each answered by itself."""

    batch_id: str | None = None
    timestamp: AwareDatetime | None = None
    events: tuple[Event, ...] = Field(max_length=BATCH)
    count: int | None = None


class EventReply(TypedDict):
    """What became of an event; the same event again gets the same reply for 24 hours."""

    status: Literal["accepted", "duplicate", "rejected"]
    event_id: str | None
    incident_id: str | None
    decision: Decision
    message: str
    dead_letter: NotRequired[str]


class BatchReply(TypedDict):
    """One result per event, in order."""

    batch_id: str
    accepted: int
    rejected: int
    results: Sequence[EventReply]


class Verdict(TypedDict):
    event_id: str | None
    incident_id: str | None
    decision: Decision
    dead_letter: NotRequired[str]


class Accepted(TypedDict):
    """One verdict per alert, in order."""

    status: Literal["accepted"]
    events: Sequence[Verdict]


class EventFound(TypedDict):
    event_id: str
    source: str
    received_at: str
    incident_id: str | None
    decision: Decision


class DocumentLine(Payload):
    """One of many lines of JSON, each a document; the same id again replaces it."""

    id: Key
    title: Key
    text: Key
    kind: str = "document"
    url: str | None = None
    date: str | None = Field(default=None, examples=["2025-03-04"])
    tags: tuple[str, ...] = ()
    service: str | None = None


class RejectedLine(TypedDict):
    line: int
    reason: str


class DocumentsTaken(TypedDict):
    """What was accepted can be found by now."""

    accepted: int
    rejected: Sequence[RejectedLine]


class DoorSubject:
    """Documented with the API, served by Events, Documents and Webhooks."""

    def operations(self) -> Iterable[Operation]:
        return (
            Operation(
                method="POST",
                path=f"{PREFIX}/events",
                name="send_event",
                about="Takes a neutral event.",
                body=Event,
                examples=(FIRING, {**FIRING, "event_id": "e-2", "severity": "P3"}),
                shows=EventReply,
                status=202,
                refuses=REFUSES,
            ),
            Operation(
                method="POST",
                path=f"{PREFIX}/events/batch",
                name="send_events",
                about=f"Takes up to {BATCH} neutral events; gzip is welcome.",
                body=Batch,
                examples=({"batch_id": "b-1", "events": [FIRING, {"event_id": "e-3"}]},),
                shows=BatchReply,
                status=202,
                refuses=REFUSES,
            ),
            Operation(
                method="GET",
                path=f"{PREFIX}/events/{{id}}",
                name="show_event",
                about="Tells what became of an event.",
                shows=EventFound,
                refuses=(404, 429),
            ),
            Operation(
                method="POST",
                path=f"{PREFIX}/knowledge/documents",
                name="add_documents",
                about="Takes documents to answer from, as lines of JSON, up to 32 MB.",
                body=DocumentLine,
                examples=({"id": "rb-1", "title": "Disk full", "text": "Prune old images."},),
                shows=DocumentsTaken,
                status=202,
                refuses=(415,),
            ),
            Operation(
                method="POST",
                path="/webhooks/{source}",
                name="send_webhook",
                about="Takes what a configured source sends.",
                body=Payload,
                examples=({"alerts": [{"status": "firing", "labels": {"alertname": "DiskFull"}}]},),
                shows=Accepted,
                status=202,
                refuses=(404, *REFUSES),
            ),
        )
