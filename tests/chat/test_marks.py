"""Marks: when it began, was noticed, stopped hurting and was over, in the speaker's own zone."""

from datetime import UTC, datetime

import pytest

from bot.domain.marks import durations
from tests.chat.conftest import Desk, buttons


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 1, 5, hour, minute, second, tzinfo=UTC)


async def test_a_time_is_read_in_the_speakers_zone_and_echoed_absolute(desk: Desk) -> None:
    number = await desk.opens("payments down")
    said = await desk.told("ann", f"mitigated #{number} 9:20")
    assert "2026-01-05 09:20 CET" in said
    assert (await desk.incident(number)).mitigated_at == at(8, 20)
    entry = await desk.last(number)
    assert (entry.type, entry.occurred_at) == ("marked", at(8, 20))


async def test_all_four_marks_make_the_durations(desk: Desk) -> None:
    number = await desk.opens("payments down")
    desk.clock.forward(minutes=10)
    await desk.told("ben", f"ack #{number}")
    for said in ("impact #1 8:00Z", "detected #1 8:50Z", "mitigated #1 9:05Z"):
        await desk.told("eva", said)
    desk.clock.forward(minutes=20)
    await desk.told("ben", f"resolve #{number}")
    await desk.told("eva", f"mitigated #{number} ended 9:15Z")
    spans = durations(await desk.incident(number))
    assert (spans.mttd, spans.mtta, spans.mttm, spans.mttr) == (3000, 1200, 3900, 4500)


async def test_without_marks_the_opening_and_the_resolution_count(desk: Desk) -> None:
    number = await desk.opens("payments down")
    desk.clock.forward(minutes=10)
    await desk.told("ben", f"ack #{number}")
    await desk.told("ben", f"resolve #{number}")
    spans = durations(await desk.incident(number))
    assert (spans.mttd, spans.mtta, spans.mttm, spans.mttr) == (None, 600, None, 600)


async def test_a_mark_is_corrected_undone_and_taken_away(desk: Desk) -> None:
    number = await desk.opens("payments down", by="eva")
    desk.clock.forward(minutes=30)
    await desk.told("eva", f"mitigated #{number} 9:10")
    reply = await desk.say("eva", f"mitigated #{number} 9:15")
    assert (await desk.incident(number)).mitigated_at == at(9, 15)
    undo = next(button.command for button in buttons(reply) if button.label == "Undo")
    await desk.told("eva", undo)
    assert (await desk.incident(number)).mitigated_at == at(9, 10)
    await desk.told("eva", f"mitigated #{number} none")
    assert (await desk.incident(number)).mitigated_at is None


async def test_since_of_a_declaration_is_the_beginning_of_the_impact(desk: Desk) -> None:
    number = await desk.opens("payments down", "P1", "--since 20m")
    assert (await desk.incident(number)).impact_at == at(8, 40)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("ended #1 8:00Z", "before its impact began"),
        ("mitigated #1 2026-01-07 10:00Z", "still to come"),
        ("mitigated #1 2020-01-07 10:00Z", "more than a year ago"),
        ("mitigated #1 soon", "is no time"),
    ],
)
async def test_what_cannot_be_is_refused(desk: Desk, said: str, why: str) -> None:
    await desk.opens("payments down", "P1", "--since 20m", by="eva")
    reply = await desk.say("eva", said)
    assert not reply.ok
    assert reply.card is not None
    assert any(why in str(element) for element in reply.card.body), reply.card


async def test_the_form_changes_only_what_was_changed_in_it(desk: Desk) -> None:
    number = await desk.opens("payments down", by="ann")
    desk.clock.forward(minutes=10, seconds=33)
    await desk.told("ann", f"mitigated #{number} now")
    opened = await desk.say("ann", f"mitigated #{number}", interactive=True)
    assert opened.form is not None
    shown = {field.name: field.value for field in opened.form.fields}
    assert shown["mitigated"] == "2026-01-05 10:10 CET"
    answers = shown | {"impact": "9:50"}
    await desk.told("ann", opened.form.command, answers=answers)
    incident = await desk.incident(number)
    assert (incident.mitigated_at, incident.impact_at) == (at(9, 10, 33), at(8, 50))
