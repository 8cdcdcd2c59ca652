"""How single kinds of sources are read."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain.alert import AlertStatus
from bot.domain.errors import ConfigError, NotFound, WrongShape
from handlers.alerts import Source, alertmanager, generic, grafana, muster, pagerduty
from handlers.doors.directory import Directory, Entrance
from handlers.registry import resolve

AM = Source(name="prom", kind="alertmanager")


def group(*alerts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"status": "firing", "groupKey": "g", "alerts": list(alerts), **more}


def test_the_status_of_an_alert_wins_over_its_groups() -> None:
    one, other, third = alertmanager.parse(
        group({"status": "resolved"}, {"status": "firing"}, {}, status="firing"), AM
    )
    assert (one.status, other.status, third.status) == (
        AlertStatus.RESOLVED,
        AlertStatus.FIRING,
        AlertStatus.FIRING,
    )


def test_an_empty_group_has_no_alerts() -> None:
    assert alertmanager.parse(group(), AM) == []


def test_blanks_are_nothing() -> None:
    blank = {"labels": {"severity": "", "alertname": " "}, "fingerprint": "", "generatorURL": ""}
    (alert,) = alertmanager.parse(group(blank, groupKey=""), AM)
    assert alert.vendor_severity is None
    assert alert.dedup_key is None
    assert alert.group_key is None
    assert alert.link is None
    assert alert.title == "Unnamed alert from prom"
    assert alert.fingerprint


def test_the_title_falls_back_to_the_summary() -> None:
    (alert,) = alertmanager.parse(group({"annotations": {"summary": "Disk full"}}), AM)
    assert alert.title == "Disk full"
    assert alert.description == "Disk full"


def test_a_firing_alert_has_no_end() -> None:
    (alert,) = alertmanager.parse(group({"endsAt": "2030-01-01T00:00:00Z"}), AM)
    assert alert.ends_at is None


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Firing", "firing"),
        ("FIRING ", "firing"),
        ("alerting", "firing"),
        ("RESOLVED", "resolved"),
        ("OK", "resolved"),
    ],
)
@pytest.mark.parametrize("kind", [alertmanager, grafana])
def test_a_status_may_be_written_large_and_in_grafanas_words(
    kind: Any, word: str, status: str
) -> None:
    """The vendors write them small; relays between them and us do not always."""
    (alert,) = kind.parse(group({"status": word}), AM)
    (of_its_group,) = kind.parse(group({}, status=word), AM)
    assert alert.status == of_its_group.status == status


@pytest.mark.parametrize(
    ("payload", "named"),
    [
        ({"alerts": {}}, "`alerts` must be a list, not an object"),
        ({"alerts": [7]}, r"alerts\[0\] must be an object, not a number"),
        ({"alerts": [{}]}, r"alerts\[0\].status must be"),
        ({"alerts": [{"status": "burning"}]}, r"alerts\[0\].status must be"),
        ({"alerts": [{"status": "firing"}, {"status": "firing", "labels": 1}]}, r"alerts\[1\].lab"),
        ({"alerts": [{"status": "firing", "annotations": "x"}]}, r"alerts\[0\].annotations"),
    ],
)
def test_a_wrong_shape_names_the_field(payload: Any, named: str) -> None:
    with pytest.raises(WrongShape, match=named):
        alertmanager.parse(payload, AM)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("alerting", "firing"),
        ("no_data", "firing"),
        ("ok", "resolved"),
        ("Alerting", "firing"),
        ("No Data", "firing"),
        ("NoData", "firing"),
        ("OK", "resolved"),
    ],
)
def test_states_of_legacy_grafana(state: str, status: str) -> None:
    (alert,) = grafana.parse({"state": state, "ruleId": 7}, Source(name="g", kind="grafana"))
    assert alert.status == status
    assert alert.dedup_key == "7"


@pytest.mark.parametrize("state", ["paused", "pending", "Paused"])
def test_a_paused_rule_of_legacy_grafana_says_nothing(state: str) -> None:
    assert grafana.parse({"state": state, "ruleId": 7}, Source(name="g", kind="grafana")) == []


def test_legacy_grafana_is_recognised_and_told_what_is_wrong() -> None:
    with pytest.raises(WrongShape, match="`state` must be one of alerting"):
        grafana.parse({"ruleName": "x"}, Source(name="g", kind="grafana"))


def test_tags_that_differ_between_series_are_no_labels() -> None:
    matches = [{"tags": {"host": "a", "dc": "x"}}, {"tags": {"host": "b", "dc": "x"}}]
    (alert,) = grafana.parse(
        {"state": "alerting", "ruleId": 1, "evalMatches": matches, "tags": {"severity": "high"}},
        Source(name="g", kind="grafana"),
    )
    assert alert.labels == {"dc": "x", "severity": "high"}
    assert alert.vendor_severity == "high"
    assert alert.resource == "a"


GENERIC = {
    "items": "jobs",
    "title": "job.name",
    "severity": {"path": "level", "map": {"1": "critical"}, "default": "low"},
    "status": {"path": "outcome", "map": {"green": "resolved", "red": "firing"}},
    "dedup_key": "id",
    "starts_at": "meta|json.started",
    "labels": {"team": "job.owner", "zone": {"path": "zone", "default": "eu"}},
}


def read_generic(mapping: dict[str, Any], payload: Any) -> Any:
    made = generic.check_mapping("jobs", mapping)
    return generic.parse(payload, Source(name="jobs", kind="generic", mapping=made))


def test_a_mapping_says_where_everything_is() -> None:
    jobs = [
        {
            "job": {"name": "Backup", "owner": "storage"},
            "level": 1,
            "outcome": "red",
            "id": 5,
            "meta": '{"started": 1767607200}',
        },
        {"job": {"name": "Report"}, "outcome": "GREEN", "zone": "us"},
    ]
    first, second = read_generic(GENERIC, {"jobs": jobs})
    assert (first.title, first.vendor_severity, first.status, first.dedup_key) == (
        "Backup",
        "critical",
        AlertStatus.FIRING,
        "5",
    )
    assert first.starts_at == datetime(2026, 1, 5, 10, tzinfo=UTC)
    assert first.labels == {"team": "storage", "zone": "eu"}
    assert (second.vendor_severity, second.status, second.labels) == (
        "low",
        AlertStatus.RESOLVED,
        {"zone": "us"},
    )


def test_labels_may_be_a_whole_object() -> None:
    (alert,) = read_generic({"labels": "facts"}, {"title": "x", "facts": {"a": 1}})
    assert alert.labels == {"a": "1"}


@pytest.mark.parametrize(
    ("mapping", "named"),
    [
        ({"titel": "x"}, r'mapping\.titel: unknown key; did you mean "title"\?'),
        ({"zebra": "x"}, r"mapping\.zebra: unknown key; known: items, title"),
        ({"title": {"path": "x", "maps": {}}}, r'title\.maps: unknown key; did you mean "map"\?'),
        ({"title": 7}, r"sources\.jobs\.mapping\.title: write a path, or a mapping such as"),
        ({"title": ["a"]}, r"mapping\.title: write a path, or a mapping such as"),
        (
            {"status": {"path": "s", "map": {"ok": "resolvd"}}},
            r"'resolvd' is no status; write firing",
        ),
        ({"status": {"path": "s", "default": "maybe"}}, r"mapping\.status: 'maybe' is no status"),
        ({"title": "a["}, r"mapping\.title\.path: 'a\[' is no path"),
        ({"title": {"map": {}}}, r"mapping\.title\.path: is missing"),
        ({"labels": ["a"]}, r"mapping\.labels"),
        ({"items": 1}, r"mapping\.items: write a path"),
    ],
)
def test_a_bad_mapping_stops_the_start_and_names_the_line(
    mapping: dict[str, Any], named: str
) -> None:
    with pytest.raises(ConfigError, match=named):
        generic.check_mapping("jobs", mapping)


def test_without_a_title_the_sentence_says_what_to_configure() -> None:
    with pytest.raises(WrongShape, match=r"sources\.jobs\.mapping\.title"):
        read_generic({}, {"severity": "high"})


@pytest.mark.parametrize(
    ("said", "name", "found"),
    [
        ({"createdAt": 1713755131352}, "starts_at", datetime(2024, 4, 22, 3, 5, 31, 352000, UTC)),
        ({"startTime": "2026-01-05T09:00:00Z"}, "starts_at", datetime(2026, 1, 5, 9, tzinfo=UTC)),
        (
            {"created_at": "2026-01-05T09:00:00Z", "timestamp": "2026-01-05T10:00:00Z"},
            "starts_at",
            datetime(2026, 1, 5, 9, tzinfo=UTC),
        ),
        ({"closedAt": "2026-01-05T09:00:00Z"}, "ends_at", datetime(2026, 1, 5, 9, tzinfo=UTC)),
        ({"issueUrl": "https://x.example/1"}, "link", "https://x.example/1"),
    ],
)
def test_common_names_are_found_without_a_mapping(
    said: dict[str, Any], name: str, found: Any
) -> None:
    (alert,) = read_generic({}, {"title": "a", **said})
    assert getattr(alert, name) == found


def test_a_list_is_so_many_alerts() -> None:
    assert [a.title for a in read_generic({}, [{"title": "a"}, {"name": "b"}])] == ["a", "b"]


PD = Source(name="pd", kind="pagerduty")
EVENT = {"summary": "s", "source": "h", "severity": "info"}


@pytest.mark.parametrize(
    ("payload", "wrong"),
    [
        ({}, "event_action"),
        ({"event_action": "explode"}, "event_action"),
        ({"event_action": "trigger"}, "'payload' is missing"),
        ({"event_action": "trigger", "payload": {}}, "payload.summary"),
        ({"event_action": "trigger", "payload": {**EVENT, "severity": "awful"}}, "severity"),
        ({"event_action": "trigger", "payload": EVENT, "dedup_key": "x" * 256}, "Length"),
        ({"event_action": "trigger", "payload": EVENT, "dedup_key": 5}, "dedup_key"),
        ({"event_action": "resolve"}, "dedup_key"),
        ({"event_action": "acknowledge", "dedup_key": " "}, "dedup_key"),
    ],
)
def test_what_pagerduty_refuses_is_refused(payload: Any, wrong: str) -> None:
    with pytest.raises(WrongShape, match=wrong):
        pagerduty.parse(payload, PD)


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert len(pagerduty.complaints({"event_action": "trigger", "payload": {}})) == 3


def test_resolve_settles_at_once_and_acknowledge_is_no_alert() -> None:
    (alert,) = pagerduty.parse({"event_action": "resolve", "dedup_key": "k"}, PD)
    assert alert.settles_at_once
    assert alert.title == "k"
    assert not alert.firing
    assert pagerduty.parse({"event_action": "acknowledge", "dedup_key": "k"}, PD) == []


NEUTRAL = {
    "event_id": "e1",
    "source": "llm-shield",
    "timestamp": "2026-01-05T10:00:00Z",
    "title": "Prompt injection",
    "severity": "critical",
}
MUSTER = Source(name="muster", kind="muster")
STRICT = Source(name="muster", kind="muster", strict=True)


def test_the_rest_of_a_neutral_event_has_defaults() -> None:
    (alert,) = muster.parse(NEUTRAL, MUSTER)
    assert (alert.source, alert.event_id, alert.event_type) == ("llm-shield", "e1", "alert")
    assert alert.category == "other"
    assert alert.labels == {"event_type": "alert", "category": "other"}
    assert alert.starts_at == datetime(2026, 1, 5, 10, tzinfo=UTC)


@pytest.mark.parametrize("missing", muster.REQUIRED)
def test_a_missing_field_is_named(missing: str) -> None:
    with pytest.raises(WrongShape, match=f"`{missing}`"):
        muster.parse({name: said for name, said in NEUTRAL.items() if name != missing}, MUSTER)


def test_unknown_fields_are_kept_or_refused() -> None:
    event = {**NEUTRAL, "score": 1, "category": "weather", "payload": {"a": 2}}
    (alert,) = muster.parse(event, MUSTER)
    assert alert.details == {"payload": {"score": 1, "a": 2}}
    assert alert.category == "other"
    with pytest.raises(WrongShape, match="`score`"):
        muster.parse(event, STRICT)
    with pytest.raises(WrongShape, match="`category`"):
        muster.parse({**NEUTRAL, "category": "weather"}, STRICT)


def test_the_identity_of_a_neutral_event_leaves_out_the_time_the_id_and_the_tags() -> None:
    (one,) = muster.parse(NEUTRAL, MUSTER)
    (same,) = muster.parse(
        {**NEUTRAL, "event_id": "e2", "timestamp": "2026-01-05T11:00:00Z", "tags": {"a": "b"}},
        MUSTER,
    )
    (other,) = muster.parse({**NEUTRAL, "resource": {"type": "db", "id": "7"}}, MUSTER)
    assert one.fingerprint == same.fingerprint != other.fingerprint


def test_a_neutral_event_whose_title_nobody_sees_is_refused() -> None:
    with pytest.raises(WrongShape, match="`title` must be given, and not blank"):
        muster.parse({**NEUTRAL, "title": "\u200b"}, MUSTER)


def test_a_directory_knows_configured_sources_and_every_kind() -> None:
    directory = Directory([Entrance(source=Source(name="shop", kind="grafana"), token="t")])
    assert directory.find("shop").parse is grafana.parse
    assert directory.find("alertmanager").parse is alertmanager.parse
    with pytest.raises(NotFound, match=r"no source 'x'; there are alertmanager, .*shop"):
        directory.find("x")


@pytest.mark.parametrize(
    ("entrances", "why"),
    [
        ([Source(name="a", kind="nagios")], "'nagios' is unknown; write one of alertmanager"),
        ([Source(name="a", kind="muster"), Source(name="a", kind="muster")], "twice"),
        ([Source(name="a", kind="generic", mapping={"x": "y"})], r"sources\.a\.mapping\.x"),
        ([Source(name="a", kind="muster", mapping={"title": "y"})], "generic"),
    ],
)
def test_a_directory_that_cannot_work_stops_the_start(entrances: list[Source], why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        Directory(Entrance(source=source) for source in entrances)


@pytest.mark.parametrize("path", ["no.such.module:parse", "handlers.alerts.grafana:no", "x", ":y"])
def test_a_registry_line_that_leads_nowhere_names_itself(path: str) -> None:
    with pytest.raises(ConfigError, match="leads nowhere"):
        resolve(path)
