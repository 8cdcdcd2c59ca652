"""declare: a title is enough, what is open already is shown first, and who is paged is said."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.incident import Visibility
from bot.domain.severity import Severity
from bot.ports.queries import IncidentFilter, Viewer
from tests.chat.conftest import Desk, buttons, commands, words


async def test_a_title_is_enough(desk: Desk) -> None:
    reply = await desk.say("ben", "declare payments is down")
    assert reply.incident is not None
    incident = await desk.incident(reply.incident)
    assert (incident.title, incident.severity) == ("payments is down", Severity.P2)
    assert incident.declared_by == "ben"
    assert await desk.types(incident.number) == ["incident_created"]


async def test_without_a_title_it_asks(desk: Desk) -> None:
    for text in ("declare", 'declare ""', "declare --private"):
        reply = await desk.say("ben", text)
        assert "Say in a few words what is wrong" in words(reply)


async def test_it_says_who_is_paged(desk: Desk) -> None:
    assert "Paged: Ann Olsen" in await desk.told("ben", "declare it burns --severity P0")
    assert await desk.effects() == ["ann web", "ann sms"]


@pytest.mark.parametrize("severity", ["P2", "P4"])
async def test_or_that_nobody_was_with_a_button(desk: Desk, severity: str) -> None:
    reply = await desk.say("ben", f"declare it smokes --severity {severity}")
    assert "Nobody was paged." in words(reply)
    assert f"page #{reply.incident}" in commands(reply)
    assert ("told without ringing" in words(reply)) is (severity == "P2")
    assert await desk.effects() == []


async def test_what_looks_alike_is_shown_first(desk: Desk) -> None:
    number = await desk.opens("payments is down since lunch")
    reply = await desk.say("ben", "declare payments is down")
    assert (reply.ok, reply.status) == (False, 409)
    assert commands(reply)[0] == f"ack #{number}"
    assert buttons(reply)[0].label.startswith(f"Join #{number}")
    assert (await desk.queries.counts(Viewer("ann"))).by_status["NEW"] == 1


async def test_declaring_it_anyway_keeps_every_word_of_it(desk: Desk) -> None:
    """Once the flags were lost, and what was to be private was public."""
    await desk.opens("payments is down")
    line = (
        'declare "payments is \\"down\\"" --severity P0 --private --since 20m '
        '--description "two lines" --service payments'
    )
    *_, anyway = commands(await desk.say("ben", line))
    reply = await desk.say("ben", anyway)
    assert reply.incident is not None
    incident = await desk.incident(reply.incident)
    assert incident.title == 'payments is "down"'
    assert incident.visibility is Visibility.PRIVATE
    assert (incident.severity, incident.description) == (Severity.P0, "two lines")
    assert incident.service == "payments"


async def test_a_form_can_be_declared_anyway_too(desk: Desk) -> None:
    await desk.opens("payments is down")
    answers = {"title": "payments is down", "private": "yes", "severity": "P1"}
    *_, anyway = commands(await desk.say("ben", "declare", answers=answers))
    reply = await desk.say("ben", anyway)
    assert reply.incident is not None
    assert (await desk.incident(reply.incident)).visibility is Visibility.PRIVATE


async def test_the_same_service_looks_alike_whatever_the_title(desk: Desk) -> None:
    await desk.opens("p99 over 2 s", "P1", "--service payments")
    assert (await desk.say("ben", "declare errors --service payments")).status == 409
    assert (await desk.say("ben", "declare errors --service search")).ok


async def test_what_is_older_than_two_hours_or_resolved_does_not_look_alike(desk: Desk) -> None:
    number = await desk.opens("payments is down")
    await desk.told("ann", f"resolve #{number} fixed")
    await desk.told("ben", "declare payments is down")
    desk.clock.forward(hours=2, seconds=1)
    await desk.told("ben", "declare payments is down")


async def test_a_private_one_is_for_who_declared_it_and_who_is_told(desk: Desk) -> None:
    reply = await desk.say("ben", "declare a breach --private --severity P0")
    assert reply.incident is not None
    assert (await desk.incident(reply.incident)).members == ["ann", "ben"]


async def test_since_is_a_line_of_its_own(desk: Desk) -> None:
    """10:00 in Copenhagen; 02:40 there is 01:40 in UTC."""
    number = (await desk.say("ann", "declare it began at night --since 02:40")).incident
    assert number is not None
    assert (await desk.last(number)).occurred_at == datetime(2026, 1, 5, 1, 40, tzinfo=UTC)
    number = (await desk.say("ann", "declare a while ago --since 20m")).incident
    assert number is not None
    assert (await desk.last(number)).occurred_at == datetime(2026, 1, 5, 8, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    "since", ["soon", "25:00", "999999w", "2027-01-01T10:00", "0001-01-01T00:30"]
)
async def test_a_time_that_is_none_opens_nothing(desk: Desk, since: str) -> None:
    reply = await desk.say("ann", f"declare it began --since {since}")
    assert reply.status == 422
    assert (await desk.queries.counts(Viewer("ann"))).by_status == {}


async def test_a_test_pages_only_who_declared_it(desk: Desk) -> None:
    text = await desk.told("ben", "declare only a test --test --severity P0")
    assert "Paged: Ben Ito" in text
    assert await desk.effects() == ["ben web", "ben sms"]
    number = (await desk.queries.incidents(IncidentFilter(), Viewer("ann"))).items[0].number
    assert "This is a test" in await desk.told("ann", f"status #{number}")
    assert await desk.timers(number) == {"archive": desk.clock.now() + timedelta(hours=24)}


@pytest.mark.parametrize("flag", ["--severity P9", "--sevrity P1", "--severity"])
async def test_what_is_not_understood_opens_nothing(desk: Desk, flag: str) -> None:
    assert (await desk.say("ann", f"declare it burns {flag}")).status == 422
    assert (await desk.queries.counts(Viewer("ann"))).by_status == {}


async def test_a_viewer_may_not(desk: Desk) -> None:
    await desk.opens("payments is down")
    assert (await desk.say("vic", "declare payments is down")).status == 403
