"""An incident's life in Slack, as far as Muster speaks."""

from bot.domain.effect import EffectKind
from bot.domain.incident import Visibility
from bot.domain.severity import Severity
from bot.ports.channel import Job
from bot.ports.store import Lane
from tests.fakes.slack.state import Kind
from tests.slack.outward.conftest import Office, policies


async def test_the_whole_life_of_an_incident(office: Office) -> None:
    outpost = office.outpost
    number = await outpost.opens("p99 over 2 s", service="payments")
    await outpost.deliver_all(minutes=1)
    room = office.room(number)
    assert (room.name, room.kind) == (f"inc-{number}-p99-over-2-s", Kind.PUBLIC)
    assert room.topic.value == f"P1 · #{number} · p99 over 2 s"
    assert f"https://muster.example/incidents/{number}" in room.purpose.value
    assert "U0ANN" in room.members
    (card,) = office.cards(number)
    assert (card.channel, card.unfurls) == (room.id, False)
    assert list(room.pins) == [card.ts]
    assert [bookmark["title"] for bookmark in room.bookmarks.values()] == ["Muster", "Runbook"]
    (page,) = office.direct("U0ANN")
    assert page.text.splitlines()[0] == f"🟠 P1 payments: p99 over 2 s #{number}"

    ben = outpost.ask("ben")
    await outpost.incidents.ack(number, ben)
    await outpost.deliver()
    assert "~New~ Acknowledged" in repr(card.attachments)
    await outpost.incidents.note(number, "<!channel> restarted it", ben)
    await outpost.incidents.update(number, ben, known="the cache is cold")
    await outpost.incidents.rename(number, "checkout is slow", ben)
    await outpost.incidents.resolve(number, ben)
    await outpost.deliver()
    assert len(office.cards(number)) == 1
    assert any("restarted it" in text for text in office.thread(number))
    assert any("the cache is cold" in text for text in office.said(number))
    assert "<!channel>" not in repr(room.messages)
    assert room.topic.value == f"P1 · #{number} · checkout is slow"

    await outpost.work(_archive(office, number), lane=Lane.TIMERS)
    await outpost.deliver()
    assert room.is_archived
    assert await outpost.entries(number, "notification_failed") == []


def _archive(office: Office, number: int):  # type: ignore[no-untyped-def]
    async def do(unit) -> None:  # type: ignore[no-untyped-def]
        office.outpost.announce.rooms.archive(unit.ledger, await unit.incident(number))

    return do


async def test_a_private_incident_has_a_private_room_without_a_title(office: Office) -> None:
    number = await office.outpost.opens("secret breach", visibility=Visibility.PRIVATE)
    await office.outpost.deliver()
    room = office.room(number)
    assert (room.name, room.kind) == (f"inc-{number}", Kind.PRIVATE)
    public = [c for c in office.slack.workspace.channels.values() if c.kind is Kind.PUBLIC]
    assert "secret" not in repr([channel.messages for channel in public])
    assert "secret" in repr(room.messages), "its own people read it in full"


async def test_what_people_wrote_behind_the_topic_is_left_alone(office: Office) -> None:
    number = await office.outpost.opens("p99 over 2 s")
    await office.outpost.deliver()
    room = office.room(number)
    office.slack.workspace.set_topic(room, f"{room.topic.value} | call: 4711 & <b>", "U0ANN")
    await office.outpost.incidents.severity(number, Severity.P0, office.outpost.ask())
    await office.outpost.deliver()
    assert room.topic.value == f"P0 · #{number} · p99 over 2 s | call: 4711 & <b>"


async def test_a_thread_stands_in_the_teams_channel(office: Office) -> None:
    team = {"members": ["ann", "ben"], "manager": "eva", "schedule": "payments"}
    office.outpost.rules.swap(policies(teams={"payments": {**team, "channel": "#payments"}}))
    number = await office.outpost.opens("disk fills up", "P3")
    await office.outpost.incidents.ack(number, office.outpost.ask())
    await office.outpost.deliver()
    (card,) = office.cards(number)
    assert card.channel == office.slack.room("payments").id
    assert len(office.slack.room("payments").top_level()) == 1, "the talk is in the thread"
    assert len(office.thread(number)) == 1


async def test_a_thread_that_becomes_a_room_takes_its_card_along(office: Office) -> None:
    number = await office.outpost.opens("disk fills up", "P3")
    await office.outpost.deliver()
    (before,) = office.cards(number)
    await office.outpost.incidents.severity(number, Severity.P1, office.outpost.ask())
    await office.outpost.deliver()
    (card,) = office.cards(number)
    assert card.channel == office.room(number).id
    assert f"is handled in <#{card.channel}>" in repr(before.blocks)
    assert list(office.room(number).pins) == [card.ts]


async def test_a_name_that_is_taken_gets_a_number(office: Office) -> None:
    office.slack.add_channel("inc-1-p99-over-2-s", "U0ANN")
    number = await office.outpost.opens("p99 over 2 s")
    await office.outpost.deliver()
    assert f"inc-{number}-p99-over-2-s-2" in _rooms(office)


async def test_a_name_in_any_script_is_kept_within_eighty_characters(office: Office) -> None:
    number = await office.outpost.opens("Платёж 失敗 ☃ ÜBER <!channel> " + "x" * 200)
    await office.outpost.deliver()
    (name,) = [name for name in _rooms(office) if name.startswith("inc-")]
    assert name.startswith(f"inc-{number}-платёж-失敗-über-channel-xxx")
    assert len(name) == 80


def _rooms(office: Office) -> list[str]:
    return [channel.name for channel in office.slack.workspace.channels.values()]


async def test_who_is_deactivated_is_skipped_and_said(office: Office) -> None:
    office.slack.workspace.users["U0BEN"].deleted = True
    number = await office.outpost.opens("p99 over 2 s")
    await office.outpost.incidents.page(number, ["ben", "cara"], office.outpost.ask())
    await office.outpost.deliver()
    room = office.room(number)
    assert {"U0ANN", "U0CARA"} <= set(room.members), "cara is found by her address"
    failed = await office.outpost.entries(number, "notification_failed")
    assert any("Ben Ito: the account is deactivated" in entry.text for entry in failed)


async def test_whom_slack_cannot_page_is_told_by_another_way_at_once(office: Office) -> None:
    office.slack.workspace.users["U0ANN"].deleted = True
    number = await office.outpost.opens("p99 over 2 s")
    await office.outpost.deliver()
    assert [who for who, _ in office.outpost.sms.pages] == ["ann"]
    (line,) = (text for text in office.thread(number) if "failed" in text)
    assert "The page to Ann Olsen by chat failed" in line
    assert line.endswith("Call them: +4512345678")


async def test_a_card_that_somebody_deleted_is_posted_anew_once(office: Office) -> None:
    number = await office.outpost.opens("p99 over 2 s")
    await office.outpost.deliver()
    (card,) = office.cards(number)
    office.slack.workspace.delete(card)
    await office.outpost.incidents.ack(number, office.outpost.ask())
    await office.outpost.incidents.resolve(number, office.outpost.ask())
    await office.outpost.deliver()
    (anew,) = office.cards(number)
    assert anew.ts != card.ts
    assert "Resolved" in repr(anew.attachments)


async def test_a_room_that_is_reopened_is_a_new_one_where_bots_may_not(office: Office) -> None:
    number = await office.outpost.opens("p99 over 2 s")
    await office.outpost.deliver()
    old = office.room(number)
    office.slack.workspace.archive(old, "U0ANN")
    await _perform(office, number, EffectKind.UNARCHIVE_ROOM)
    assert office.room(number).name == f"{old.name}-2"
    office.slack.bots_unarchive = True
    office.slack.workspace.archive(office.room(number), "U0ANN")
    made = await _perform(office, number, EffectKind.UNARCHIVE_ROOM, room=old.id)
    assert (made["room"]["archived"], old.is_archived) == (False, False)


async def _perform(office: Office, number: int, kind: EffectKind, **more):  # type: ignore[no-untyped-def]
    """The effect as the engine would ask for it."""
    incident = await office.outpost.incident(number)
    places = {
        "room": {"id": more.pop("room", None) or office.room(number).id}
        if kind is not EffectKind.UNARCHIVE_ROOM or "room" in more
        else {"id": next(c.id for c in office.slack.workspace.channels.values() if c.is_archived)}
    }
    facts = {
        "id": incident.id,
        "title": incident.title,
        "severity": str(incident.severity),
        "url": f"https://muster.example/incidents/{number}",
        "version": incident.version,
    }
    job = Job(
        key=f"{kind}:{number}",
        kind=kind,
        incident=number,
        line="a line",
        facts={"incident": facts},
        places=places,
        payload=more,
    )
    return await office.platform.perform(job)


async def test_a_channel_that_was_there_becomes_the_room(office: Office) -> None:
    number = await office.outpost.opens("p99 over 2 s", "P3")
    office.slack.add_channel("war-room", "U0ANN")
    place = {"room": "unused", "channel": "#war-room"}
    made = await _perform(office, number, EffectKind.ADOPT_ROOM, **place)
    room = office.slack.room("war-room")
    assert made["room"] == {"id": room.id, "name": "war-room", "adopted": True}
    assert room.topic.value.startswith(f"P3 · #{number}")
