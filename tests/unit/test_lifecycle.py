"""Every cell of the state machine, and the page that is printed from it."""

from itertools import product

import pytest

from bot.domain.errors import IllegalTransition
from bot.domain.lifecycle import OPEN, TABLE, Action, By, State, allowed, next_state, path

ASKED = {
    Action.ACKNOWLEDGE: {"NEW": "ACKNOWLEDGED"},
    Action.START_WORK: {"ACKNOWLEDGED": "IN_PROGRESS", "ESCALATED": "IN_PROGRESS"},
    Action.ESCALATE: dict.fromkeys(("NEW", "ACKNOWLEDGED", "IN_PROGRESS"), "ESCALATED"),
    Action.DEESCALATE: {"ESCALATED": "IN_PROGRESS"},
    Action.RESOLVE: {"IN_PROGRESS": "RESOLVED"},
    Action.REOPEN: {"RESOLVED": "IN_PROGRESS", "CLOSED": "IN_PROGRESS"},
    Action.CLOSE: {"RESOLVED": "CLOSED"},
    Action.AUTO_RESOLVE: dict.fromkeys(("NEW", "ACKNOWLEDGED", "ESCALATED"), "RESOLVED"),
    Action.REFIRE: {"RESOLVED": "NEW"},
    Action.AUTO_CLOSE: {"RESOLVED": "CLOSED"},
    Action.MERGE: dict.fromkeys(OPEN, "CLOSED"),
    Action.TAKE: {s: s for s in ("ACKNOWLEDGED", "IN_PROGRESS", "ESCALATED")},
    Action.RELEASE: {s: s for s in ("ACKNOWLEDGED", "IN_PROGRESS", "ESCALATED")},
    Action.RAISE: {"ESCALATED": "ESCALATED"},
}
"""The matrix as it was asked for, written down a second time."""


@pytest.mark.parametrize(("state", "action"), list(product(State, Action)))
def test_every_cell_is_the_asked_move_or_a_refusal_that_names_the_way_out(state, action):
    if state in ASKED[action]:
        assert next_state(state, action) == ASKED[action][state]
        return
    with pytest.raises(IllegalTransition) as refused:
        next_state(state, action)
    assert list(refused.value.allowed) == allowed(state)
    assert all(str(choice) in str(refused.value) for choice in allowed(state))


def test_every_action_has_its_row_and_no_row_is_asked_for_by_nobody():
    assert set(TABLE) == set(Action) == set(ASKED)


def test_acknowledging_twice_is_refused_and_names_take():
    with pytest.raises(IllegalTransition, match="take"):
        next_state(State.ACKNOWLEDGED, Action.ACKNOWLEDGE)


@pytest.mark.parametrize(
    ("state", "way"),
    [
        (State.NEW, ["acknowledge", "start_work", "resolve"]),
        (State.ACKNOWLEDGED, ["start_work", "resolve"]),
        (State.IN_PROGRESS, ["resolve"]),
        (State.ESCALATED, ["start_work", "resolve"]),
        (State.RESOLVED, []),
    ],
)
def test_one_press_resolves_by_the_shortest_legal_path(state, way):
    assert path(state, State.RESOLVED) == way


def test_every_state_can_be_reached_and_no_person_may_do_what_is_the_sources():
    assert {to for row in TABLE.values() for to in row.to.values()} == set(State)
    for state in State:
        assert all(TABLE[action].by is By.PERSON for action in allowed(state))
