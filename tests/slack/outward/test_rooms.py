"""A room through its days: furnished, filled, renamed, archived, and open again."""

from bot.domain.incident import Incident, Visibility
from bot.domain.lifecycle import Action
from bot.ports.store import Lane, Unit
from tests.fakes.slack.faults import refuses
from tests.fakes.slack.state import Channel
from tests.slack.outward.conftest import Office, policies

TEAM = {"members": ["ann", "ben"], "manager": "eva", "schedule": "payments"}


async def _opened(office: Office, **more: str) -> int:
    number = await office.outpost.opens("p99 over 2 s", **more)
    await office.outpost.deliver_all(minutes=1)
    return number


async def _ends(office: Office, number: int) -> None:
    """It is resolved and closed, and its days are over."""
    incidents, ask = office.outpost.incidents, office.outpost.ask()
    await incidents.resolve(number, ask)
    await incidents.act(number, Action.CLOSE, ask)

    async def archive(unit: Unit) -> None:
        incident: Incident = await unit.incident(number)
        office.outpost.announce.rooms.archive(unit.ledger, incident)

    await office.outpost.work(archive, lane=Lane.TIMERS)
    await office.outpost.deliver_all(minutes=1)


def _titles(room: Channel) -> dict[str, str]:
    return {one["title"]: one["link"] for one in room.bookmarks.values()}


async def test_a_better_title_renames_the_room(office: Office) -> None:
    number = await _opened(office)
    await office.outpost.incidents.rename(number, "checkout is slow", office.outpost.ask())
    await office.outpost.deliver()
    room = office.room(number)
    assert room.name == f"inc-{number}-checkout-is-slow"
    assert room.topic.value == f"P1 · #{number} · checkout is slow"


async def test_user_groups_of_the_team_come_along(office: Office) -> None:
    group = office.slack.add_group("sre", "U0BEN", "U0EVA")
    invite = ["@sre", group.id]
    office.outpost.rules.swap(policies(teams={"payments": {**TEAM, "invite": invite}}))
    number = await _opened(office)
    assert {"U0ANN", "U0BEN", "U0EVA"} <= set(office.room(number).members)


async def test_a_group_that_is_not_there_is_on_the_record_and_the_others_come(
    office: Office,
) -> None:
    invite = ["@gone", "S0GONE", "@sre"]
    office.outpost.rules.swap(policies(teams={"payments": {**TEAM, "invite": invite}}))
    office.slack.add_group("sre", "U0BEN")
    number = await _opened(office)
    assert {"U0ANN", "U0BEN"} <= set(office.room(number).members)
    (failed,) = await office.outpost.entries(number, "notification_failed")
    assert "Slack has no user group @gone" in failed.text
    assert "there is no such user group (no_such_subteam)" in failed.text


async def test_no_group_comes_into_a_private_room(office: Office) -> None:
    office.slack.add_group("sre", "U0BEN")
    office.outpost.rules.swap(policies(teams={"payments": {**TEAM, "invite": ["@sre"]}}))
    number = await _opened(office, visibility=Visibility.PRIVATE)
    assert "U0BEN" not in office.room(number).members


async def test_a_postmortem_that_is_linked_stands_above_the_room(office: Office) -> None:
    number = await _opened(office)
    link = office.outpost.incidents.link
    await link(number, "https://docs.example/pm", "Postmortem", office.outpost.ask())
    await link(number, "https://cats.example", "a cat", office.outpost.ask())
    await office.outpost.deliver()
    assert set(_titles(office.room(number))) == {"Muster", "Postmortem"}


async def test_nothing_is_said_in_an_archived_room(office: Office) -> None:
    number = await _opened(office)
    room = office.room(number)
    await _ends(office, number)
    assert room.is_archived
    before = len(room.messages)
    await office.outpost.incidents.note(number, "for the record", office.outpost.ask())
    await office.outpost.deliver()
    assert len(room.messages) == before
    assert await office.outpost.entries(number, "notification_failed") == []


async def test_a_reopened_incident_goes_on_in_its_room_where_slack_lets_us(
    office: Office,
) -> None:
    office.slack.bots_unarchive = True
    number = await _opened(office)
    room = office.room(number)
    await _ends(office, number)
    await office.outpost.incidents.act(number, Action.REOPEN, office.outpost.ask())
    await office.outpost.deliver()
    assert not room.is_archived
    assert any("reopened" in text for text in office.said(number))
    assert len(office.cards(number)) == 1


async def test_where_slack_keeps_it_shut_a_new_room_has_everybody_and_everything(
    office: Office,
) -> None:
    number = await _opened(office)
    await office.outpost.incidents.role(number, "lead", "ben", office.outpost.ask())
    await office.outpost.deliver()
    old = office.room(number)
    await _ends(office, number)
    await office.outpost.incidents.act(number, Action.REOPEN, office.outpost.ask())
    await office.outpost.deliver_all(minutes=1)
    room = office.room(number)
    assert (room.id != old.id, old.is_archived) == (True, True)
    assert {"U0ANN", "U0BEN"} <= set(room.members)
    card = next(c for c in office.cards(number) if c.channel == room.id)
    assert list(room.pins) == [card.ts]
    assert "In progress" in repr(card.attachments)
    assert _titles(room).keys() == _titles(old).keys()
    assert any(f"<#{old.id}>" in repr(m.blocks) for m in room.top_level())
    (announced,) = office.slack.room("announcements").top_level()
    assert f"<#{room.id}>" in repr(announced.all_blocks)
    assert await office.outpost.entries(number, "notification_failed") == []


async def test_reopened_before_it_was_archived_it_stays_where_it_is(office: Office) -> None:
    number = await _opened(office)
    room = office.room(number)
    incidents, ask = office.outpost.incidents, office.outpost.ask()
    await incidents.resolve(number, ask)
    await incidents.act(number, Action.CLOSE, ask)
    await incidents.act(number, Action.REOPEN, ask)
    await office.outpost.deliver()
    assert office.room(number) is room
    assert "conversations.unarchive" not in [call.method for call in office.slack.calls]


async def test_a_room_that_somebody_archived_too_early_goes_on_in_the_digest(
    office: Office,
) -> None:
    number = await _opened(office)
    office.slack.workspace.archive(office.room(number), "U0ANN")
    await office.outpost.incidents.ack(number, office.outpost.ask())
    await office.outpost.deliver()
    (card,) = [c for c in office.cards(number) if "Acknowledged" in repr(c.attachments)]
    assert card.channel == office.slack.room("incidents").id


async def test_what_is_over_does_not_come_back_into_the_digest(office: Office) -> None:
    number = await _opened(office)
    incidents, ask = office.outpost.incidents, office.outpost.ask()
    await incidents.resolve(number, ask)
    await office.outpost.deliver()
    office.slack.workspace.archive(office.room(number), "U0ANN")
    await incidents.act(number, Action.CLOSE, ask)
    await office.outpost.deliver()
    assert office.slack.room("incidents").top_level() == []


async def test_no_new_room_may_be_made_then_it_goes_on_in_the_digest(office: Office) -> None:
    number = await _opened(office)
    await _ends(office, number)
    office.slack.faults.always["conversations.create"] = refuses("restricted_action")
    await office.outpost.incidents.act(number, Action.REOPEN, office.outpost.ask())
    await office.outpost.deliver_all(minutes=1)
    (card,) = [c for c in office.cards(number) if "In progress" in repr(c.attachments)]
    assert card.channel == office.slack.room("incidents").id
