"""The plan of `muster apply`: what would change, for whom, and for which open incidents."""

from datetime import UTC, datetime
from typing import Any, Final

from bot.domain.policy_plan import Change, Governed, Turn, plan
from tests.fakes.policies import company

NOW: Final = datetime(2026, 1, 7, 12, tzinfo=UTC)


def schedule(*people: str) -> dict[str, Any]:
    return {"people": people, "starts": "2026-01-05T09:00:00", "zone": "UTC"}


def incident(number: int, **more: Any) -> Governed:
    known: dict[str, Any] = {
        "title": "Checkout is slow",
        "status": "NEW",
        "severity": "P1",
        "route": None,
        "team": None,
        "service": None,
        "escalation": None,
        "assigned_to": None,
    }
    return Governed(number=number, **{**known, **more})


def test_nothing_changed_is_an_empty_plan() -> None:
    same = company()

    assert plan(same, same, [incident(1, team="payments")], NOW).changes == ()
    assert plan(same, same, [incident(1, team="payments")], NOW).touched == ()


def test_what_came_went_and_differs_is_named_with_both_values() -> None:
    ours = company().model_dump(mode="json")["schedules"]
    old = company(schedules={**ours, "days": schedule("ann"), "old": schedule("ben")})
    new = company(schedules={**ours, "days": schedule("ben"), "new": schedule("ann")})

    said = plan(old, new, [], NOW)

    assert said.changes == (
        Change("schedules", "days", "changed", (("people", '["ann"]', '["ben"]'),)),
        Change("schedules", "old", "removed"),
        Change("schedules", "new", "added"),
    )
    assert said.turns == (
        Turn("days", "ann", "ben"),
        Turn("new", None, "ann"),
        Turn("old", "ben", None),
        Turn("payments", "ann", "ann"),
    )


def test_the_order_of_routes_is_content() -> None:
    last = {"default": {"fallback": True, "team": "payments"}}
    one, other = {"api": {"match": {"a": "1"}}}, {"web": {"match": {"b": "1"}}}

    (said,) = plan(
        company(routes={**one, **other, **last}), company(routes={**other, **one, **last}), [], NOW
    ).changes

    assert (said.shelf, said.what) == ("routes", "reordered")
    assert said.fields == (("order", "api, web, default", "web, api, default"),)


def test_an_open_incident_is_touched_by_what_it_stands_under_and_by_who_is_on_call() -> None:
    new = company(
        schedules={"payments": schedule("ben")},
        routes={"default": {"fallback": True, "team": "payments", "severity": "P2"}},
    )

    said = plan(
        company(),
        new,
        [
            incident(1, team="payments"),
            incident(2),
            incident(3, route="default", escalation="standard"),
        ],
        NOW,
    )

    assert [(touched.incident.number, touched.why) for touched in said.touched] == [
        (1, ("another is on call in payments",)),
        (3, ("routes/default changed",)),
    ]
