"""What has to be done now: said, owned, ticked off, given up, taken back."""

import pytest

from bot.domain.task import TaskState, tasks_of
from storage.replay import replay
from tests.chat.conftest import Desk, commands, words


async def tasks(desk: Desk, number: int) -> list[tuple[int, str, str | None, str]]:
    incident = await desk.incident(number)
    return [(task.number, task.text, task.owner, str(task.state)) for task in tasks_of(incident)]


@pytest.mark.parametrize(
    ("said", "text", "owner"),
    [
        ("task #1 check the cache", "check the cache", None),
        ("task #1 check the cache @ben", "check the cache", "ben"),
        ("task #1 @ben check the cache", "check the cache", "ben"),
        ('task #1 "check the cache" @me', "check the cache", "ann"),
        ("task #1 done is better than perfect", "done is better than perfect", None),
        ("task #1 list the hosts", "list the hosts", None),
    ],
)
async def test_a_task_has_a_text_and_perhaps_an_owner(
    desk: Desk, said: str, text: str, owner: str | None
) -> None:
    await desk.alert_opens("payments down")
    told = await desk.told("ann", said)
    assert "Task 1 of #1 is on the list" in told
    assert await tasks(desk, 1) == [(1, text, owner, "open")]


async def test_a_number_in_the_room_begins_a_task(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    await desk.told("ann", "task 3 servers need a restart", room=number)
    assert await tasks(desk, number) == [(1, "3 servers need a restart", None, "open")]


async def test_it_is_done_by_somebody_at_a_time(both_desk: Desk) -> None:
    desk = both_desk
    number = await desk.alert_opens("payments down")
    await desk.told("ann", f"task #{number} check the cache @ben")
    desk.clock.forward(minutes=7)
    assert "Task 1 of #1 is done." in await desk.told("cara", "task done 1", room=number)
    (task,) = tasks_of(await desk.incident(number))
    assert (task.made_by, task.ended_by) == ("ann", "cara")
    assert task.ended_at is not None
    assert (task.ended_at - task.made_at).total_seconds() == 7 * 60
    assert await desk.types(number) == ["incident_created", "task_added", "task_changed"]
    assert [str(one) async for one in replay(desk.store.database)] == []


async def test_a_second_press_is_told_who_was_faster(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    await desk.told("ann", f"task #{number} check the cache")
    await desk.told("ben", f"task #{number} done 1")
    before = len(await desk.entries(number))
    assert "is done already, by Ben" in await desk.told("ann", f"task #{number} done 1")
    assert len(await desk.entries(number)) == before


async def test_giving_one_up_needs_a_reason(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    await desk.told("ann", f"task #{number} check the cache")
    assert "Say the reason" in words(await desk.say("ann", f"task #{number} drop 1"))
    await desk.told("ann", f"task #{number} won't do 1: the cache is gone")
    (task,) = tasks_of(await desk.incident(number))
    assert (task.state, task.reason) == (TaskState.WONT_DO, "the cache is gone")
    await desk.told("ben", f"task #{number} reopen 1")
    (task,) = tasks_of(await desk.incident(number))
    assert (task.state, task.reason, task.ended_by) == (TaskState.OPEN, "", None)


async def test_it_changes_hands_and_words(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    await desk.told("ann", f"task #{number} check the cache")
    await desk.told("ann", f"task #{number} assign 1 @ben")
    await desk.told("ann", f"task #{number} edit 1 check both caches")
    assert await tasks(desk, number) == [(1, "check both caches", "ben", "open")]
    assert "ben" in (await desk.incident(number)).responders
    await desk.told("ann", f"task #{number} assign 1 nobody")
    assert await tasks(desk, number) == [(1, "check both caches", None, "open")]


async def test_a_task_nobody_made_is_not_there(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    reply = await desk.say("ann", f"task #{number} done 7")
    assert (reply.status, "#1 has no task 7" in words(reply)) == (404, True)


async def test_an_owner_nobody_knows_is_refused(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    reply = await desk.say("ann", f"task #{number} check the cache @zed")
    assert "I know nobody called" in words(reply)
    assert await tasks(desk, number) == []


async def test_outside_a_room_it_asks_which_incident_and_keeps_the_words(desk: Desk) -> None:
    await desk.alert_opens("payments down")
    reply = await desk.say("ann", "task check the cache @ben")
    assert commands(reply) == ["task #1 check the cache @ben"]
    assert commands(await desk.say("ann", "task", interactive=True)) == ["task #1"]


async def test_a_list_of_one_incident_and_of_all(desk: Desk) -> None:
    one, two = await desk.alert_opens("payments down"), await desk.alert_opens("search slow")
    secret = await desk.opens("a leak", "P1", "--private")
    for number, said in ((one, "check the cache @ben"), (two, "call them"), (secret, "hush")):
        await desk.told("ann", f"task #{number} {said}")
    await desk.told("ann", f"task #{one} second")
    await desk.told("ann", f"task #{one} done 2")
    reply = await desk.say("ben", "task list", room=one)
    assert "1 of 2 tasks are open" in words(reply)
    assert commands(reply) == [f"task #{one} done 1", f"task #{one}"]
    everything = words(await desk.say("ben", "task list"))
    assert "#1 1. check the cache: Ben" in everything
    assert "#2 1. call them" in everything
    assert "hush" not in everything
    assert "second" not in everything
    mine = words(await desk.say("ben", "task mine", room=two))
    assert "check the cache" in mine
    assert "call them" not in mine


async def test_an_undone_task_is_gone_and_its_number_is_not_used_again(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    (undo,) = commands(await desk.say("ann", f"task #{number} check the cash"))
    await desk.told("ann", undo)
    assert await tasks(desk, number) == []
    await desk.told("ann", f"task #{number} check the cache")
    assert await tasks(desk, number) == [(2, "check the cache", None, "open")]
    assert [str(one) async for one in replay(desk.store.database)] == []


async def test_undo_of_a_tick_leaves_what_others_changed(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    await desk.told("ann", f"task #{number} check the cache")
    (undo,) = commands(await desk.say("ann", f"task #{number} done 1"))
    await desk.told("ben", f"task #{number} assign 1 me")
    await desk.told("ann", undo)
    assert await tasks(desk, number) == [(1, "check the cache", "ben", "open")]


async def test_undo_of_a_task_somebody_did_since_is_refused(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    (undo,) = commands(await desk.say("ann", f"task #{number} check the cache"))
    await desk.told("ben", f"task #{number} done 1")
    assert "Somebody has changed the task 1 since" in words(await desk.say("ann", undo))


async def test_open_tasks_stand_on_the_card_and_in_the_summary(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    for place in range(7):
        await desk.told("ann", f"task #{number} look at host {place}")
    await desk.told("ann", f"task #{number} done 1")
    card = await desk.told("ann", f"status #{number}")
    assert "Open tasks: 6 of 7, the first 5 shown" in card
    assert "2. look at host 1" in card
    summary = await desk.told("ann", f"summary #{number}")
    assert "Open tasks: 6 of 7" in summary
    assert "7. look at host 6" in summary


async def test_resolving_shows_what_was_not_done(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    await desk.told("ann", f"task #{number} check the cache")
    await desk.told("ann", f"task #{number} call the provider")
    await desk.told("ann", f"task #{number} done 1")
    reply = await desk.say("ann", f"resolve #{number} fixed")
    assert "Open tasks: 1 of 2" in words(reply)
    assert f"task #{number} done 2" in commands(reply)
    await desk.told("ann", f"task #{number} done 2")
    assert (await tasks(desk, number))[1][3] == "done"


async def test_an_owner_joins_a_private_incident(desk: Desk) -> None:
    number = await desk.opens("a leak", "P1", "--private")
    assert (await desk.say("ben", f"task #{number} look")).status == 404
    await desk.told("ann", f"task #{number} look at the logs @ben")
    assert (await desk.incident(number)).visible_to("ben")


async def test_viewers_do_not_make_tasks(desk: Desk) -> None:
    number = await desk.alert_opens("payments down")
    reply = await desk.say("vic", f"task #{number} check the cache")
    assert reply.status == 403


async def test_there_are_not_too_many(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.engine.acts.tasks.TASKS", 2)
    number = await desk.alert_opens("payments down")
    await desk.told("ann", f"task #{number} one")
    await desk.told("ann", f"task #{number} two")
    assert "more do not fit" in words(await desk.say("ann", f"task #{number} three"))
