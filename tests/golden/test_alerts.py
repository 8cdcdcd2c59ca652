"""What we make of real payloads, in full."""

from dataclasses import asdict
from pathlib import Path

import pytest

from handlers.alerts import SOURCES, Source
from handlers.registry import resolve
from handlers.strict_json import decode
from tests.golden.conftest import Golden

PAYLOADS = sorted((Path(__file__).parents[1] / "fixtures" / "payloads").glob("*.json"))
EXPECTED = Path(__file__).parent / "alerts"


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda path: path.stem)
def test_a_payload_becomes_these_alerts(payload: Path, golden: Golden) -> None:
    kind = payload.stem.partition("_")[0]
    alerts = resolve(SOURCES[kind])(decode(payload.read_bytes()), Source(name=kind, kind=kind))
    golden(EXPECTED / payload.name, [asdict(alert) for alert in alerts])


def test_no_alerts_are_expected_of_a_payload_that_is_gone() -> None:
    assert {file.name for file in EXPECTED.glob("*.json")} == {file.name for file in PAYLOADS}


def test_every_kind_of_source_has_a_payload() -> None:
    assert {payload.stem.partition("_")[0] for payload in PAYLOADS} == set(SOURCES)
