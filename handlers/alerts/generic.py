"""Any other tool's JSON, by a mapping in YAML or by common names of fields.

sources:
  backups:
    kind: generic
    mapping:
      items: results                      # a list; left out: one alert, or the body is a list
      title: job.name
      status: {path: state, map: {ok: resolved, failed: firing}, default: firing}
      labels: {team: job.owner, host: "meta|json.hostname"}     # or a path to an object
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError

from bot.domain.alert import Alert
from bot.domain.errors import ConfigError, WrongShape
from handlers.alerts import Source
from handlers.placed import Place, nowhere, problem, unknown_key
from handlers.shapes import fields
from handlers.shapes.path import Path
from handlers.shapes.status import NOTHING, STATUSES, status
from handlers.shapes.times import moment_or_number


def _read_path(value: Any) -> Any:
    if isinstance(value, str):
        return Path.parse(value)
    if isinstance(value, Path):
        return value
    raise ValueError("write a path, like alert.name")


Where = Annotated[Path, BeforeValidator(_read_path)]


class Strict(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True
    )


class Value(Strict):
    """A path; then, if given, what its word means; then what holds where nothing is found."""

    path: Where
    map: Mapping[str, str] = {}
    default: str | None = None

    def read(self, item: Any) -> Any:
        found = self.path.read(item)
        if self.map and (said := fields.text(found)) is not None:
            found = self.map.get(said, self.map.get(said.lower(), self.default or said))
        return self.default if found is None else found


def _read_value(value: Any) -> Any:
    return {"path": value} if isinstance(value, str) else value


Found = Annotated[Value, BeforeValidator(_read_value)]


def _read_labels(value: Any) -> Any:
    return {"": value} if isinstance(value, str) else value


Labels = Annotated[Mapping[str, Found], BeforeValidator(_read_labels)]
"""Label → where; the empty label stands for a whole object of them."""


def _read_status(value: Any) -> Any:
    """A word nobody knows would fire for ever."""
    if isinstance(value, Value):
        said = [*value.map.values(), *filter(None, (value.default,))]
        for word in said:
            if word.lower() not in STATUSES:
                raise ValueError(f"{word!r} is no status; write firing, resolved or nothing")
    return value


class GenericMapping(Strict):
    items: Where | None = None
    title: Found | None = None
    description: Found | None = None
    severity: Found | None = None
    status: Annotated[Found | None, AfterValidator(_read_status)] = None
    dedup_key: Found | None = None
    group_key: Found | None = None
    starts_at: Found | None = None
    ends_at: Found | None = None
    resource: Found | None = None
    link: Found | None = None
    labels: Labels | None = None


GUESSES: Final[dict[str, tuple[str, ...]]] = {
    "title": (
        *("title", "alertname", "alert_name", "alertName", "name", "summary", "subject"),
        *("event", "check", "message", "msg", "text"),
    ),
    "description": ("description", "details", "message", "body", "text", "output", "summary"),
    "severity": ("severity", "priority", "level", "urgency", "criticality"),
    "status": ("status", "state", "alert_status", "event_action", "action"),
    "dedup_key": (
        *("dedup_key", "dedupKey", "fingerprint", "alias", "incident_key"),
        *("alert_id", "alertId", "incident_id", "incidentId"),
    ),
    "group_key": ("group_key", "groupKey"),
    "starts_at": (
        *("starts_at", "startsAt", "started_at", "startedAt", "start_time", "startTime"),
        *("opened_at", "openedAt", "created_at", "createdAt", "timestamp", "time", "date"),
    ),
    "ends_at": (
        *("ends_at", "endsAt", "ended_at", "endedAt", "end_time", "endTime"),
        *("resolved_at", "resolvedAt", "closed_at", "closedAt"),
    ),
    "resource": ("resource", "host", "hostname", "instance", "entity", "service", "server", "node"),
    "link": (
        *("link", "url", "href", "alert_url", "incident_url", "issue_url", "issueUrl"),
        *("html_url", "web_url", "permalink", "dashboard_url"),
    ),
    "labels": ("labels", "tags"),
}
"""Where to look for what the mapping does not mention; the first that is there counts."""


def check_mapping(
    source: str, mapping: Mapping[str, Any], place: Place = nowhere
) -> GenericMapping:
    """Reads `sources.<source>.mapping`.

    Raises:
        ConfigError: every problem on a line of its own: the key, its place and what to write there.
    """
    try:
        return GenericMapping.model_validate(dict(mapping))
    except ValidationError as error:
        lines = (
            problem(("sources", source, "mapping", *one["loc"]), _words(one), place)
            for one in error.errors()
        )
        raise ConfigError("\n".join(lines)) from None


def _words(wrong: Any) -> str:
    """pydantic's complaint, as what to do about it."""
    if wrong["type"] == "extra_forbidden":
        inside = GenericMapping if len(wrong["loc"]) == 1 else Value
        return unknown_key(str(wrong["loc"][-1]), inside.model_fields)
    if wrong["type"] in {"dict_type", "mapping_type", "model_type"}:
        return "write a path, or a mapping such as {path: state, map: {ok: resolved}}"
    if wrong["type"] == "missing":
        return "is missing"
    return str(wrong["msg"]).removeprefix("Value error, ")


def parse(payload: Any, source: Source) -> list[Alert]:
    """Raises WrongShape, naming the field."""
    mapping = source.mapping if isinstance(source.mapping, GenericMapping) else GenericMapping()
    return [
        _alert(item, mapping, source.name, where)
        for where, item in _items(payload, mapping.items)
        if not _says_nothing(item, mapping.status)
    ]


def listed(payload: Any, items: Path | None) -> list[Any] | None:
    """The alerts of a body that has several: it has a list where `items` says, or is one."""
    if items is not None:
        found = items.read(payload)
    else:
        found = payload.get("alerts") if isinstance(payload, dict) else None
        found = found if _is_list_of_objects(found) else None
    return next((one for one in (found, payload) if isinstance(one, list)), None)


def _items(payload: Any, items: Path | None) -> list[tuple[str, Any]]:
    said = items.said if items else "alerts"
    found = listed(payload, items)
    if found is not None:
        return [(f"{said}[{place}]", item) for place, item in enumerate(found)]
    if items is not None:
        raise WrongShape(f"`{said}` must be a list, not {fields.kind_of(items.read(payload))}.")
    return [("The body", payload)]


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _says_nothing(item: Any, status: Value | None) -> bool:
    if status is None or not isinstance(item, dict):
        return False
    return fields.choice(status.read(item)) == NOTHING


def _alert(item: Any, mapping: GenericMapping, source: str, where: str) -> Alert:
    if not isinstance(item, dict):
        raise WrongShape(f"{where} must be a JSON object, not {fields.kind_of(item)}.")

    def read(name: str) -> Any:
        mapped: Value | None = getattr(mapping, name)
        return mapped.read(item) if mapped else _guess(item, name)

    title = fields.title(read("title"))
    if not title:
        looked = mapping.title.path.said if mapping.title else ", ".join(GUESSES["title"])
        raise WrongShape(
            f"{where} has no title; looked for {looked}. Say where it is in "
            f"sources.{source}.mapping.title."
        )
    labels = _labels(item, mapping.labels)
    return Alert(
        source=source,
        title=title,
        status=status(read("status")),
        vendor_severity=fields.word(read("severity")),
        description=fields.description(read("description")),
        dedup_key=fields.key(read("dedup_key")),
        group_key=fields.key(read("group_key")),
        starts_at=moment_or_number(read("starts_at")),
        ends_at=moment_or_number(read("ends_at")),
        resource=fields.title(read("resource")) or fields.resource(labels),
        link=fields.link(read("link")),
        labels=labels,
    )


def _guess(item: dict[str, Any], name: str) -> Any:
    for candidate in GUESSES[name]:
        if fields.text(item.get(candidate)) is not None:
            return item[candidate]
    return None


def _labels(item: dict[str, Any], mapped: Mapping[str, Value] | None) -> dict[str, str]:
    if mapped is None:
        found = next((item[name] for name in GUESSES["labels"] if item.get(name)), None)
        return fields.labels(found, "labels") if isinstance(found, dict) else {}
    labels: dict[str, str] = {}
    for name, value in mapped.items():
        found = value.read(item)
        if not name:
            labels |= fields.labels(found, f"`{value.path.said}`")
        elif found is not None:
            labels[name] = fields.plain(found)
    return labels
