"""A call that is too early waits a little, or goes back; nobody asks Slack in vain."""

from datetime import datetime

from bot.platforms.slack.limits import MINUTE, POST, Pace
from bot.platforms.slack.turns import CREATE, Turns
from tests.fakes.clock import FakeClock


def test_a_method_goes_out_as_often_as_its_tier_says(clock: FakeClock) -> None:
    pace = Pace(clock.now)
    assert [pace.take(CREATE) for _ in range(20)] == [0.0] * 20
    assert (pace.wait(CREATE), pace.places(CREATE)) == (MINUTE, 0)
    clock.forward(seconds=MINUTE)
    assert (pace.wait(CREATE), pace.places(CREATE)) == (0.0, 20)


def test_a_clock_that_goes_on_between_two_looks_makes_nobody_wait(clock: FakeClock) -> None:
    def now() -> datetime:
        clock.forward(seconds=0.000001)
        return clock.now()

    pace = Pace(now)
    assert pace.wait(CREATE) == 0.0
    assert pace.places(CREATE) == 20
    Turns(pace).take(1, "P0")


def test_posts_are_a_second_apart_in_each_channel(clock: FakeClock) -> None:
    pace = Pace(clock.now)
    assert [pace.take(POST, "C1") for _ in range(3)] == [0.0, 1.0, 2.0]
    assert pace.take(POST, "C2") == 0.0


def test_what_slack_asked_for_goes_before(clock: FakeClock) -> None:
    pace = Pace(clock.now)
    pace.rest(POST, "C1", 30)
    assert (pace.wait(POST, "C1"), pace.wait(POST, "C2")) == (30.0, 0.0)
    clock.forward(seconds=30)
    assert pace.wait(POST, "C1") == 0.0


def test_a_method_without_a_tier_is_not_paced(clock: FakeClock) -> None:
    pace = Pace(clock.now)
    assert [pace.take("auth.test") for _ in range(200)] == [0.0] * 200


def test_many_channels_are_not_remembered_for_ever(clock: FakeClock) -> None:
    pace = Pace(clock.now)
    for n in range(5_000):
        pace.take(POST, f"C{n}")
        clock.forward(seconds=1)
    assert len(pace._calls) <= 2_100


def test_the_worst_gets_the_first_room_whoever_asks_first(clock: FakeClock) -> None:
    pace = Pace(clock.now)
    turns = Turns(pace)
    for _ in range(20):
        pace.take(CREATE)
    asked = {1: "P2", 2: "P0", 3: "P1"}
    assert [_may(turns, n, asked) for n in asked] == [False] * 3
    clock.forward(seconds=MINUTE)
    for _ in range(19):
        pace.take(CREATE)
    assert [_may(turns, n, asked) for n in (1, 3, 2)] == [False, False, True]


def test_who_does_not_come_back_holds_nobody_up(clock: FakeClock) -> None:
    pace = Pace(clock.now)
    turns = Turns(pace)
    for _ in range(20):
        pace.take(CREATE)
    assert not _may(turns, 1, {1: "P0"})
    clock.forward(seconds=MINUTE + 16)
    for _ in range(19):
        pace.take(CREATE)
    assert _may(turns, 2, {2: "P2"})


def _may(turns: Turns, incident: int, asked: dict[int, str]) -> bool:
    from bot.platforms.slack.errors import Paced

    try:
        turns.take(incident, asked[incident])
    except Paced:
        return False
    return True
