"""Every cell of the state machine, by REST."""

from collections.abc import Awaitable, Callable
from typing import Final

import pytest

from bot.domain.lifecycle import TABLE, Action, By, State, allowed
from handlers.api.actions import MOVES
from tests.api.house import House, Said

WAY_TO: Final[dict[State, tuple[str, ...]]] = {
    State.NEW: (),
    State.ACKNOWLEDGED: ("acknowledge",),
    State.IN_PROGRESS: ("acknowledge", "start_work"),
    State.ESCALATED: ("escalate",),
    State.RESOLVED: ("acknowledge", "start_work", "resolve"),
    State.CLOSED: ("acknowledge", "start_work", "resolve", "close"),
}
ACTIONS: Final = (*(action for action, _ in MOVES), Action.RESOLVE)
Act = Callable[[str], Awaitable[Said]]


async def in_state(house: House, state: State) -> Act:
    made = await house.declare()

    async def act(action: str) -> Said:
        return await house.post(f"/incidents/{made['id']}/{action}", {}, by="cai")

    for action in WAY_TO[state]:
        assert (await act(action)).status == 200
    return act


def test_every_action_of_a_person_has_a_path() -> None:
    persons = {action for action, row in TABLE.items() if row.by is By.PERSON}
    assert persons - {Action.MERGE} == set(ACTIONS)


@pytest.mark.parametrize("state", State)
async def test_a_state_allows_its_actions_and_refuses_the_others(
    house: House, state: State
) -> None:
    act = await in_state(house, state)
    shown = await house.get("/incidents/1")
    assert shown["status"] == state
    assert shown["allowed"] == allowed(state)
    for action in ACTIONS:
        if action not in allowed(state):
            said = await act(action)
            assert said.status == 409, action
            assert said["allowed"] == allowed(state)
            assert str(state) in said["detail"]
    assert (await house.get("/incidents/1"))["version"] == shown["version"]


@pytest.mark.parametrize("state", State)
async def test_an_allowed_action_leads_where_the_table_says(house: House, state: State) -> None:
    for action in allowed(state):
        act = await in_state(house, state)
        said = await act(action)
        assert said.status == 200, said.told
        assert said["status"] == TABLE[action].to[state]
        assert said["allowed"] == allowed(State(said["status"]))
        assert said.headers["ETag"] == f'"{said["version"]}"'


async def test_acknowledging_twice_is_refused_and_names_take(house: House) -> None:
    act = await in_state(house, State.ACKNOWLEDGED)
    said = await act("acknowledge")
    assert said.status == 409
    assert "take" in said["allowed"]
    assert '"take"' in said["detail"]
    assert said["type"] == "urn:muster:problem:refused"


async def test_resolving_too_early_says_the_way_there(house: House) -> None:
    act = await in_state(house, State.NEW)
    said = await act("resolve")
    assert said.status == 409
    assert said["allowed"] == ["acknowledge", "escalate"]
    assert "acknowledge, start_work, resolve" in said["detail"]
    assert "one press" in said["detail"]


async def test_an_empty_body_is_enough(house: House) -> None:
    await house.declare()
    said = await house.post("/incidents/1/acknowledge", data=b"")
    assert said["status"] == "ACKNOWLEDGED"


async def test_a_reason_stands_in_the_record(house: House) -> None:
    await house.declare()
    await house.post("/incidents/1/escalate", {"text": "the board asks"})
    entries = await house.get("/incidents/1/entries")
    assert "the board asks" in [entry["notes"] for entry in entries["items"]]


async def test_assigning_and_commenting_need_a_word(house: House) -> None:
    await house.declare()
    said = await house.post("/incidents/1/assign", {"to": "ann"})
    assert said["assigned_to"] == "ann"
    unknown = await house.post("/incidents/1/assign", {"to": "zoe"})
    assert (unknown.status, unknown["field"]) == (422, "to")
    for path, field in (("assign", "to"), ("comment", "text")):
        said = await house.post(f"/incidents/1/{path}", {})
        assert (said.status, said["field"]) == (422, field)
        assert f"{field} is missing" in said["detail"]
    blank = await house.post("/incidents/1/comment", {"text": "  "})
    assert (blank.status, blank["field"]) == (422, "text")


async def test_an_action_nobody_knows_is_not_found(house: House) -> None:
    await house.declare()
    for action in ("explode", "auto_resolve", "refire", "auto_close"):
        assert (await house.post(f"/incidents/1/{action}", {})).status == 404
    assert (await house.get("/incidents/1/acknowledge")).status == 405


async def test_whose_right_does_not_reach_is_refused(house: House) -> None:
    await house.declare()
    for path, body in (
        ("/incidents", {"title": "x"}),
        ("/incidents/1/acknowledge", {}),
        ("/silences", {"matchers": ["a=b"]}),
    ):
        said = await house.post(path, body, by="vic")
        assert said.status == 403
        assert "vic" in said["detail"].lower() or "Vic" in said["detail"]
    assert (await house.patch("/incidents/1", {"title": "x"}, by="vic")).status == 403
    assert (await house.get("/incidents/1", by="vic")).status == 200
    assert (await house.post("/incidents/1/close", {}, by="ben")).status == 403


@pytest.mark.parametrize("state", [State.ACKNOWLEDGED, State.IN_PROGRESS])
async def test_taking_twice_keeps_the_first_time_and_adds_a_responder(
    house: House, state: State
) -> None:
    """The second `take` once moved acknowledged_at, and with it the time to acknowledge."""
    await in_state(house, state)
    first = await house.get("/incidents/1")
    house.clock.forward(minutes=7)
    second = await house.post("/incidents/1/take", {}, by="ben")
    assert second.status == 200
    for name in ("acknowledged_at", "acknowledged_by", "status"):
        assert second[name] == first[name]
    assert second["responders"] == ["cai", "ben"]
    third = await house.post("/incidents/1/take", {}, by="ben")
    assert third["version"] == second["version"]
