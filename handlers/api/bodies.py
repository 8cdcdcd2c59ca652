"""Bodies that the REST API takes. An unknown field is a mistake, and is told."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from bot.domain.errors import Invalid
from bot.domain.incident import Outcome
from bot.domain.severity import Category, Impact, Severity
from bot.domain.task import TaskState
from bot.domain.visible import shows
from bot.engine.acts.base import TEXT_LIMIT, TITLE_LIMIT
from bot.engine.analysis.kinds import Kind
from handlers.api.params import meant, sentence


def _utc(moment: datetime) -> datetime:
    """In UTC; nobody means a time that cannot be reckoned with."""
    if not 1970 < moment.year < 9000:
        raise ValueError("is too far away")
    return moment.astimezone(UTC)


def _dated(value: Any) -> Any:
    """A bare number would be taken for seconds, and the day 20261224 for one in 1970."""
    if isinstance(value, str) and value.strip()[4:5] == "-":
        return value
    raise PydanticCustomError("dated", "write it as in 2026-01-05 or 2026-01-05T09:00:00Z")


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


def _shown(value: str) -> str:
    if not shows(value):
        raise PydanticCustomError("string_too_short", "must not be empty")
    return value


Title = Annotated[str, Field(min_length=1, max_length=TITLE_LIMIT), AfterValidator(_shown)]
Prose = Annotated[str, Field(max_length=TEXT_LIMIT)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
AnySeverity = Annotated[Severity, BeforeValidator(_upper)]
Moment = Annotated[AwareDatetime, BeforeValidator(_dated), AfterValidator(_utc)]
Day = Annotated[date, BeforeValidator(_dated)]
Seconds = Annotated[StrictInt, Field(ge=1, le=7 * 86_400)]


class Body(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, defer_build=True
    )


class AskBody(Body):
    """A question. Short ones lean on the incident, where one is named."""

    question: Annotated[str, Field(min_length=1, max_length=2_000)]
    incident_id: Annotated[str, Field(max_length=40)] | None = None


class AnalysisWanted(Body):
    """`since`: what happened before it is left out. `yes`: it may cost more than is asked about."""

    kind: Kind
    since: Moment | None = None
    yes: StrictBool = False


class Applied(Body):
    """`instead`: other words for the same command."""

    instead: Title | None = None


class Rejected(Body):
    """A suggestion that is not wanted, and why."""

    reason: Title | None = None


class Rated(Body):
    """From 1, bad, to 5, very good."""

    rating: Annotated[StrictInt, Field(ge=1, le=5)]


class Declared(Body):
    """A new incident. Only the title is needed."""

    title: Title
    severity: AnySeverity = Severity.P2
    description: Prose | None = None
    category: Category | None = None
    service: Name | None = None
    assigned_to: Name | None = Field(default=None, description="A person's id.")
    private: StrictBool = False


def _without_defaults(schema: dict[str, Any]) -> None:
    for field in schema["properties"].values():
        field.pop("default", None)


class Amended(Body):
    """Fields to change; those not named stay. null clears one that may be empty."""

    model_config = ConfigDict(json_schema_extra=_without_defaults, defer_build=True)

    title: Title = ""
    description: Prose | None = None
    category: Category = Category.OTHER
    impact: Impact | None = None
    severity: AnySeverity = Severity.P2
    service: Name | None = None
    environment: Name | None = None
    assigned_to: Name | None = None
    version: StrictInt | None = Field(default=None, description="As `If-Match`.")


class Reason(Body):
    """Nothing is needed; `text` is a line for the record."""

    text: Prose | None = None


class Resolution(Body):
    """How it ended; only `fixed` counts in MTTA and MTTR."""

    outcome: Literal["fixed", "false_alarm", "duplicate", "no_action"] = "fixed"
    notes: Prose | None = None

    @property
    def as_outcome(self) -> Outcome:
        return Outcome(self.outcome)


class Assignment(Body):
    to: Name = Field(description="A person's id.")


class Comment(Body):
    text: Annotated[str, Field(min_length=1, max_length=TEXT_LIMIT)]


class NewSilence(Body):
    """What to hide (matchers, or an incident's own groups), and until when (one hour at first)."""

    matchers: tuple[Annotated[str, Field(max_length=1_200)], ...] = Field(
        default=(), max_length=50, examples=[['service="payments"', 'alertname=~"Disk.*"']]
    )
    incident_id: Name | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    duration: Seconds | None = Field(default=None, description="Seconds, in place of `ends_at`.")
    comment: Prose | None = None


class NewTask(Body):
    """Something to do now, in this incident."""

    incident_id: Name
    text: Title
    owner: Name | None = Field(default=None, description="A person's id.")


class ChangedTask(Body):
    """Fields to change; those not named stay. An owner of null makes it nobody's."""

    model_config = ConfigDict(json_schema_extra=_without_defaults)

    text: Title = ""
    owner: Name | None = None
    state: TaskState = TaskState.OPEN
    reason: Prose | None = Field(default=None, description="Needed for `wont_do`.")


class Marks(Body):
    """When it really began, was noticed, mitigated and over; null takes a mark away."""

    model_config = ConfigDict(json_schema_extra=_without_defaults)

    impact_started_at: Moment | None = None
    detected_at: Moment | None = None
    mitigated_at: Moment | None = None
    ended_at: Moment | None = None


class Nothing(Body):
    """Nothing is needed."""


class SectionPatch(Body):
    """Answers of one section by question; those not named stay. Or what becomes of a proposal."""

    section: Name
    values: Mapping[Name, Annotated[str, Field(max_length=30_000)]] = Field(default_factory=dict)
    proposal: Literal["accept", "dismiss"] | None = None
    version: StrictInt | None = Field(default=None, description="Of the section you looked at.")


class Review(Body):
    """Asks for one; `done`: you have read it and stand by it."""

    done: StrictBool = False


class Publication(Body):
    """`anyway`: with needed questions left open. `version`: of the document you read."""

    anyway: StrictBool = False
    version: StrictInt | None = None


class NewFollowup(Body):
    """What outlives the incident. `due_date` is a day, `owner` a person's id."""

    incident_id: Name
    description: Title
    owner: Name | None = None
    due_date: Day | None = None
    tracking_url: Annotated[str, Field(max_length=2_000)] | None = None
    priority: Literal["high", "medium", "low"] = "medium"


class ChangedFollowup(Body):
    """Fields to change; those not named stay. null takes an owner, a day or a ticket away."""

    model_config = ConfigDict(json_schema_extra=_without_defaults)

    description: Title = ""
    owner: Name | None = None
    due_date: Day | None = None
    tracking_url: Annotated[str, Field(max_length=2_000)] | None = None
    priority: Literal["high", "medium", "low"] = "medium"
    status: TaskState = TaskState.OPEN
    reason: Prose | None = Field(default=None, description="Needed for `wont_do`.")
    snoozed_until: Day | None = None


class BadBody(Invalid):
    """`errors` has a line for everything that is wrong."""

    def __init__(self, errors: list[str], field: str) -> None:
        super().__init__(sentence("; ".join(errors[:5])), field=field)
        self.errors = errors


AnyBody = TypeVar("AnyBody", bound=Body)

_SAID: Final[Mapping[str, str]] = {
    "missing": "is missing",
    "string_too_short": "must not be empty",
    "tuple_type": "must be a list",
    "timezone_aware": "needs a zone, such as 2026-01-05T09:00:00Z",
}


def read_body_as(model: type[AnyBody], value: Any) -> AnyBody:
    """The body, checked.

    Raises:
        Invalid: names every field that is wrong.
    """
    if not isinstance(value, dict):
        raise Invalid("The body must be a JSON object.")
    try:
        return model.model_validate(value)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        lines = [_line(model, problem["loc"], problem) for problem in problems]
        raise BadBody(lines, field=_place(problems[0]["loc"])) from None


def _line(model: type[Body], loc: tuple[int | str, ...], problem: Mapping[str, Any]) -> str:
    place = _place(loc)
    if problem["type"] == "extra_forbidden":
        return f"{place} is unknown{meant(place, model.model_fields)}"
    said = _SAID.get(problem["type"])
    if said is None:
        message = str(problem["msg"])
        said = message[0].lower() + message[1:]
        return f"{place}: {said}"
    return f"{place} {said}"


def _place(loc: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in loc)[:100]
