"""What is said and read: notes, updates, links, silences, lists, and who is on call."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.ports.queries import MUSTER
from tests.chat.conftest import Desk, commands, words
from tests.fakes.policies import actor


async def test_a_note_is_a_line(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    await desk.told("ben", f'note #{number} "it is *the* cache"')
    last = await desk.last(number)
    assert (last.type, last.text, last.occurred_at) == (
        "comment_added",
        "it is *the* cache",
        desk.clock.now(),
    )
    await desk.told("ben", "note 42 percent left", room=number)
    assert (await desk.last(number)).text == "42 percent left"
    assert (await desk.say("ben", f"note #{number}")).status == 422


@pytest.mark.parametrize(
    ("who", "typed", "meant", "echo"),
    [
        ("ann", "09:30", datetime(2026, 1, 5, 8, 30, tzinfo=UTC), "2026-01-05 09:30 CET"),
        ("ann", "10:30", datetime(2026, 1, 4, 9, 30, tzinfo=UTC), "2026-01-04 10:30 CET"),
        ("ben", "17:59", datetime(2026, 1, 5, 8, 59, tzinfo=UTC), "2026-01-05 17:59 JST"),
        ("ann", "08:59Z", datetime(2026, 1, 5, 8, 59, tzinfo=UTC), "2026-01-05 09:59 CET"),
        (
            "cara",
            "2026-01-01T03:20",
            datetime(2026, 1, 1, 3, 20, tzinfo=UTC),
            "2026-01-01 03:20 UTC",
        ),
    ],
)
async def test_a_typed_time_is_the_speaker_s(
    desk: Desk, who: str, typed: str, meant: datetime, echo: str
) -> None:
    number = await desk.alert_opens("payments down")
    assert echo in await desk.told(who, f"note #{number} {typed} it began")
    last = await desk.last(number)
    assert (last.occurred_at, last.text) == (meant, "it began")


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("2025-03-30T02:30", "the clocks skip it"),
        ("2025-10-26T02:30", "write 2025-10-26T00:30Z or 2025-10-26T01:30Z"),
        ("25:00", "is no time of a day"),
        ("2030-01-01T10:00", "is still to come"),
    ],
)
async def test_a_time_that_is_not_one_certain_past_instant_asks(
    desk: Desk, typed: str, asked: str
) -> None:
    number = await desk.alert_opens("payments down")
    entries = len(await desk.entries(number))
    reply = await desk.say("ann", f"note #{number}", answers={"at": typed, "text": "it began"})
    assert asked in words(reply)
    assert len(await desk.entries(number)) == entries


async def test_what_it_asks_for_is_understood(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    await desk.told("ann", f"note #{number} 2025-10-26T01:30Z the second time round")
    assert (await desk.last(number)).occurred_at == datetime(2025, 10, 26, 1, 30, tzinfo=UTC)


async def test_an_update_goes_out_and_the_next_is_due(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    await desk.told("ben", f'update #{number} we know\nit is the cache --doing "restart it"')
    last = await desk.last(number)
    assert (last.text, last.metadata["doing"]) == ("we know\nit is the cache", "restart it")
    due = desk.clock.now() + timedelta(minutes=60)
    assert (await desk.incident(number)).next_update_at == due
    assert (await desk.timers(number))["update_due"] == due


@pytest.mark.parametrize(
    ("said", "minutes"), [("30m", 30), ("1h30m", 90), ("none", None), ("stop", None)]
)
async def test_the_cadence_is_said_or_stopped(desk: Desk, said: str, minutes: int | None) -> None:
    number = await desk.alert_opens("payments down")
    await desk.told("ben", f"update #{number} once")
    again = f"update #{number} again --next {said}"
    if minutes is None:  # of a P1 this is asked about
        assert not (await desk.say("ben", again)).ok
        again += " --anyway"
    await desk.told("ben", again)
    due = (await desk.timers(number)).get("update_due")
    assert due == (desk.clock.now() + timedelta(minutes=minutes) if minutes else None)


@pytest.mark.parametrize("next_in", ["soon", "999999999d", "-5m"])
async def test_a_cadence_that_is_none_asks(desk: Desk, next_in: str) -> None:
    number = await desk.alert_opens("payments down")
    assert (await desk.say("ben", f"update #{number} x --next={next_in}")).status == 422


async def test_an_update_is_corrected_visibly(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    assert (await desk.say("ben", f"update #{number} x --correct")).status == 422
    await desk.told("ben", f"update #{number} ten customers")
    wrong = await desk.last(number)
    await desk.told("ben", f"update #{number} twelve customers --correct")
    assert (await desk.last(number)).corrects == wrong.seq
    told = await desk.told("vic", f"summary #{number}")
    assert "ten customers" in told
    assert "(a correction): twelve customers" in told


async def test_links(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    await desk.told("ben", f"link #{number} https://dash.example the dashboard")
    assert "the dashboard <https://dash.example>" in await desk.told("ben", f"status #{number}")
    assert "there already" in await desk.told("ann", f"link #{number} https://dash.example again")
    for url in ("javascript:alert(1)", "dash.example", "ftp://x", "https://a b", ""):
        assert (await desk.say("ben", f'link #{number} "{url}"')).status == 422


# silences


async def test_a_silence_of_an_incident_covers_its_group_and_says_what_it_hits(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    text = await desk.told("ben", f"silence #{number} 2h we are on it --yes")
    assert "Until: 2026-01-05 11:00:00 UTC" in text
    assert "In the last 24 h it would have hit 0 alerts" in text
    (made,) = await desk.queries.silences(MUSTER)
    assert made.hides({}, "group payments down", desk.clock.now())
    assert not made.hides({}, "group payments", desk.clock.now())
    assert (await desk.last(number)).type == "silenced"


@pytest.mark.parametrize(
    ("said", "matchers", "hours", "why"),
    [
        ('service="my api" 2h noise', ['service="my api"'], 2, "noise"),
        ("service=“my api” team=x 30m", ['service="my api"', 'team="x"'], 0.5, ""),
        ("service=~api.* until 12 maintenance", ['service=~"api.*"'], 2, "maintenance"),
        ("service=api", ['service="api"'], 1, ""),
        (
            'a="x, \\"y\\" z" b!=c,d=~"e|f"  g!~h',
            ['a="x, \\"y\\" z"', 'b!="c"', 'd=~"e|f"', 'g!~"h"'],
            1,
            "",
        ),
        ("service = api , team=x", ['service="api"', 'team="x"'], 1, ""),
    ],
)
async def test_a_silence_by_matchers(
    desk: Desk, said: str, matchers: list[str], hours: float, why: str
) -> None:
    await desk.told("ann", f"silence {said} --yes")
    (made,) = await desk.queries.silences(MUSTER)
    assert [str(m) for m in made.matchers] == matchers
    assert made.ends_at - made.starts_at == timedelta(hours=hours)
    assert made.comment == why


@pytest.mark.parametrize(
    "said",
    ["", "2h", 'service=""', "service=~.*", "service=~( 1h", "service=a 8d", "service=a 0s",
     "service=a 999999999d", "service=a b=", "service=a =c",
     "service=a until soon", "end", "end x", "end \u00b2",
     "end 99999999999999999"],
)  # fmt: skip
async def test_what_is_no_silence_asks(desk: Desk, said: str) -> None:
    reply = await desk.say("ann", f"silence {said}")
    assert reply.status == 422, words(reply)
    assert await desk.queries.silences(MUSTER) == []


@pytest.mark.parametrize(
    ("said", "answers"),
    [
        ('silence service="my api" 2h planned work', None),
        ('silence service="my api" until 12 "planned work"', None),
        (
            "silence",
            {"matchers": 'service="my api"', "length": "2h", "comment": "planned work"},
        ),
    ],
    ids=["typed", "until", "filled in"],
)
async def test_it_is_made_once_it_was_seen_what_it_would_have_hit(
    desk: Desk, said: str, answers: dict[str, str] | None
) -> None:
    asked = await desk.say("ann", said, answers=answers)
    assert "In the last 24 h it would have hit 0 alerts" in words(asked)
    assert 'service="my api"' in words(asked)
    assert await desk.queries.silences(MUSTER) == []
    (confirm,) = commands(asked)
    assert confirm.startswith("silence ")
    await desk.told("ann", confirm)
    (made,) = await desk.queries.silences(MUSTER)
    assert [str(m) for m in made.matchers] == ['service="my api"']
    assert made.ends_at - made.starts_at == timedelta(hours=2)
    assert made.comment == "planned work"


async def test_a_silence_of_a_room_asks_first_and_its_button_names_the_incident(
    desk: Desk,
) -> None:
    number = await desk.alert_opens("payments down")
    asked = await desk.say("ben", "silence 2h we are on it", room=number)
    assert await desk.queries.silences(MUSTER) == []
    assert await desk.types(number) == ["incident_created"]
    (confirm,) = commands(asked)
    assert confirm == f"silence #{number} 2h we are on it --yes"
    await desk.told("ben", confirm)
    (made,) = await desk.queries.silences(MUSTER)
    assert (made.incident, made.comment) == (number, "we are on it")


async def test_the_form_of_an_incident_shows_what_it_would_have_hit(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    opened = await desk.say("ben", f"silence #{number}", interactive=True)
    assert opened.form is not None
    assert "In the last 24 h it would have hit 0 alerts." in opened.form.note


@pytest.mark.parametrize("yes", ["", " --yes"])
async def test_more_than_four_hours_needs_a_commander(desk: Desk, yes: str) -> None:
    assert (await desk.say("ben", f"silence service=a 4h{yes}")).ok
    assert (await desk.say("ben", f"silence service=a 4h1m{yes}")).status == 403
    assert (await desk.say("cara", f"silence service=a 4h1m{yes}")).ok


@pytest.mark.parametrize("yes", ["", " --yes"])
async def test_the_lead_of_an_incident_silences_it_for_longer(desk: Desk, yes: str) -> None:
    number = await desk.alert_opens("payments down")
    assert (await desk.say("ben", f"silence #{number} 5h{yes}")).status == 403
    await desk.told("ben", f"role #{number} lead")
    assert (await desk.say("ben", f"silence #{number} 5h{yes}")).ok


async def test_a_silence_is_ended(desk: Desk) -> None:
    await desk.told("ben", "silence service=a 2h --yes")
    assert "Silence 1 is over" in await desk.told("ben", "silence end 1")
    assert await desk.queries.silences(MUSTER) == []
    assert (await desk.say("ben", "silence end 7")).status == 404


# reads


async def test_lists_show_what_is_asked_for(desk: Desk) -> None:
    one = await desk.opens("payments down", "P0")
    two = await desk.opens("search is slow", "P3")
    await desk.told("ann", f"assign #{two} @ben")
    await desk.told("ann", f"resolve #{one}")
    assert "search" in await desk.told("vic", "list")
    assert "payments" not in await desk.told("vic", "list")
    assert "payments" in await desk.told("vic", "list resolved P0")
    assert "search" in await desk.told("ben", "list mine")
    assert "Nothing is open" in await desk.told("ann", "list mine")
    assert "search" in await desk.told("ann", "list slow")
    assert "Nothing is open" in await desk.told("ann", 'list "no such" thing')
    assert "Resolved: 1" in await desk.told("vic", "status")


async def test_a_summary_is_made_of_the_record(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    await desk.told("ben", f"ack #{number}")
    await desk.told("ben", f"update #{number} it is the cache")
    told = await desk.told("vic", f"catchup #{number}")
    for said in (
        "State: Acknowledged",
        "Acknowledged by: Ben Ito",
        "it is the cache",
        "Next update",
    ):
        assert said in told


async def test_who_is_on_call(desk: Desk) -> None:
    told = await desk.told("vic", "oncall")
    assert "Ann Olsen: until (2026-01-12 09:00:00 UTC)" in told
    assert "Ben Ito: next, until" in told
    assert (await desk.say("vic", "who search")).status == 422
    desk.clock.wall_is_ahead_by = timedelta(days=8)
    assert "Ben Ito: until" in await desk.told("vic", "oncall payments"), "asked of the wall"


async def test_a_zone_is_the_actor_s(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    new_york = actor("cara", zone="America/New_York")
    assert "2026-01-05 03:20 EST" in await desk.told(new_york, f"note #{number} 03:20 it began")
