"""The long storm: five hundred incidents while Slack fails in every way (`make chaos`)."""

import sys
from pathlib import Path

import pytest

from tests.slack.outward.storm import in_pairs

INCIDENTS = 500


@pytest.mark.chaos_long
async def test_five_hundred_incidents_with_a_third_of_all_calls_failing_end_the_same(
    sqlite_template: Path, tmp_path: Path
) -> None:
    well, ill = await in_pairs(sqlite_template, tmp_path, INCIDENTS, seed=500)
    missing, double = well.seen.missing(ill.seen), ill.seen.missing(well.seen)
    posts = sum(well.seen.lines.values())
    sys.stdout.write(
        f"\n{INCIDENTS} incidents, {posts} posts, {ill.failed} of {ill.calls} calls failed: "
        f"{len(missing)} posts missing, {len(double)} visible doubles\n"
    )
    assert ill.failed > ill.calls / 5
    assert missing == []
    assert len(double) <= posts / 1_000, double
    assert ill.seen.rooms == well.seen.rooms
