"""What every kind of alert source keeps to."""

from datetime import UTC
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.alert import TEXT_LIMIT, TITLE_LIMIT, Alert, AlertStatus
from bot.domain.errors import WrongShape
from handlers.alerts import SOURCES, Parse, Source
from handlers.registry import resolve
from handlers.strict_json import decode

PAYLOADS = Path(__file__).parents[1] / "fixtures" / "payloads"
GOOD: dict[str, list[Any]] = {
    kind: [decode(file.read_bytes()) for file in sorted(PAYLOADS.glob(f"{kind}_*.json"))]
    for kind in SOURCES
}

every_kind = pytest.mark.parametrize("kind", sorted(SOURCES))

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:00", "2026-01-05", "1e999"])
    | st.sampled_from(["http://", "javascript:alert(1)", "firing", "resolved", "trigger", "\n"])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


def parser(kind: str) -> tuple[Parse, Source]:
    return resolve(SOURCES[kind]), Source(name=f"my-{kind}", kind=kind)


def check(alerts: list[Alert]) -> None:
    for alert in alerts:
        assert alert.title
        assert alert.title == alert.title.strip()
        assert len(alert.title) <= TITLE_LIMIT
        assert len(alert.description) <= TEXT_LIMIT
        assert isinstance(alert.status, AlertStatus)
        assert alert.vendor_severity != ""
        assert alert.dedup_key != ""
        assert alert.group_key != ""
        assert alert.resource != ""
        assert alert.source
        assert alert.link is None or alert.link.lower().startswith(("http://", "https://"))
        assert all(type(x) is str for pair in alert.labels.items() for x in pair)
        for at in (alert.starts_at, alert.ends_at):
            assert at is None or at.tzinfo is UTC
        assert alert.fingerprint


@every_kind
def test_it_resolves_and_says_what_it_takes_and_gives(kind: str) -> None:
    parse, _ = parser(kind)
    hints = get_type_hints(parse)
    assert hints["source"] is Source
    assert hints["return"] == list[Alert]


@every_kind
def test_it_reads_its_payloads(kind: str) -> None:
    parse, source = parser(kind)
    for payload in GOOD[kind]:
        alerts = parse(payload, source)
        assert alerts
        check(alerts)


@every_kind
@pytest.mark.parametrize("rubbish", [None, True, 0, 1.5, "", "text", [None], [[]], [1], {}, [{}]])
def test_it_refuses_rubbish_with_a_sentence(kind: str, rubbish: Any) -> None:
    parse, source = parser(kind)
    with pytest.raises(WrongShape) as refused:
        parse(rubbish, source)
    said = str(refused.value)
    assert len(said.split()) > 2
    assert said.endswith(".")


@every_kind
@settings(max_examples=60, deadline=None)
@given(payload=JSON)
def test_any_json_is_alerts_or_a_wrong_shape(kind: str, payload: Any) -> None:
    parse, source = parser(kind)
    try:
        alerts = parse(payload, source)
    except WrongShape:
        return
    check(alerts)


@every_kind
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_good_payload_with_anything_in_any_place(kind: str, data: st.DataObject) -> None:
    parse, source = parser(kind)
    payload = data.draw(st.sampled_from(GOOD[kind]))
    place = data.draw(st.sampled_from(places(payload)))
    changed = replaced(payload, place, data.draw(JSON))
    try:
        alerts = parse(changed, source)
    except WrongShape:
        return
    check(alerts)


@every_kind
def test_it_leaves_the_payload_as_it_was(kind: str) -> None:
    parse, source = parser(kind)
    for payload in GOOD[kind]:
        before = repr(payload)
        parse(payload, source)
        assert repr(payload) == before


@every_kind
def test_no_alert_holds_a_secret(kind: str) -> None:
    parse, source = parser(kind)
    for payload in GOOD[kind]:
        assert "0123456789abcdef" not in repr(parse(payload, source))


Place = tuple[str | int, ...]


def places(value: Any, here: Place = ()) -> list[Place]:
    """Every path to a value inside."""
    inside: list[Place] = [here] if here else []
    pairs: Any = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    for name, child in pairs:
        inside += places(child, (*here, name))
    return inside


def replaced(value: Any, place: Place, by: Any) -> Any:
    """A copy with another value in that place."""
    if not place:
        return by
    first, *rest = place
    if isinstance(value, dict):
        return {
            name: replaced(child, tuple(rest), by) if name == first else child
            for name, child in value.items()
        }
    return [
        replaced(child, tuple(rest), by) if number == first else child
        for number, child in enumerate(value)
    ]
