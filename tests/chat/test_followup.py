"""Follow-ups: what outlives the incident."""

import pytest

from bot.domain.task import followups_of, tasks_of
from storage.replay import replay
from tests.chat.conftest import Desk, buttons, commands


async def test_one_is_written_down_with_owner_day_and_ticket(desk: Desk) -> None:
    number = await desk.opens("payments down")
    said = await desk.told(
        "ann",
        f'followup #{number} add "Alert on cache fill" @ben --due friday'
        " --ticket https://tickets.example/7 --priority high",
    )
    assert "due 2026-01-09" in said
    (one,) = followups_of(await desk.incident(number))
    assert (one.text, one.owner, one.due_on) == ("Alert on cache fill", "ben", "2026-01-09")
    assert (one.ticket, one.priority) == ("https://tickets.example/7", "high")
    assert await desk.effects("DirectMessage") == ["ben web"], "the owner is told"
    assert [d async for d in replay(desk.store.database)] == []


async def test_open_tasks_are_offered_when_it_is_resolved(desk: Desk) -> None:
    number = await desk.opens("payments down")
    await desk.told("ann", f"task #{number} check the cache @ben")
    await desk.told("ann", f"task #{number} call the provider")
    await desk.told("ann", f"task #{number} done 2")
    reply = await desk.say("ann", f"resolve #{number}")
    keep = f"followup #{number} keep 1"
    assert keep in commands(reply)
    await desk.told("ann", keep)
    incident = await desk.incident(number)
    assert [(f.text, f.owner) for f in followups_of(incident)] == [("check the cache", "ben")]
    assert [t.text for t in tasks_of(incident)] == ["call the provider"]


async def test_a_follow_up_is_changed_after_the_incident_is_closed(desk: Desk) -> None:
    number = await desk.opens("payments down")
    await desk.told("ann", f"followup #{number} add look into it @ben")
    await desk.told("ann", f"resolve #{number}")
    await desk.told("ann", f"close #{number}")
    for said in ("assign 1 @cara", "due 1 2w", "ticket 1 https://t.example/1", "snooze 1 tomorrow"):
        await desk.told("ben", f"followup #{number} {said}")
    (one,) = followups_of(await desk.incident(number))
    assert (one.owner, one.due_on, one.snoozed_until) == ("cara", "2026-01-19", "2026-01-06")
    refused = await desk.say("ben", f"followup #{number} won't do 1")
    assert not refused.ok, "it needs a reason"
    said = await desk.told("ben", f"followup #{number} won't do 1 the cache is gone")
    assert "will not be done" in said
    assert "the cache is gone" in said
    again = await desk.told("ann", f"followup #{number} drop 1 the cache is gone")
    assert "already by Ben Ito" in again


async def test_what_the_weekly_reminder_offers_works_by_a_press(desk: Desk) -> None:
    """Snooze, reassign, and "won't do", which asks for its reason."""
    number = await desk.opens("payments down")
    await desk.told("ann", f"followup #{number} add look into it @ben")
    listed = {b.label: b.command for b in buttons(await desk.say("ben", "followup list"))}
    for label, field, said in (
        ("Reassign 1-1", "owner", "cara"),
        ("Won't do 1-1", "reason", "the cache is gone"),
    ):
        command = listed[label]
        asked = await desk.say("ben", command, interactive=True)
        assert asked.form is not None, asked
        assert [f.name for f in asked.form.fields] == [field]
        empty = await desk.say("ben", asked.form.command, answers={field: ""})
        assert field in empty.wrong
        assert (await desk.say("ben", asked.form.command, answers={field: said})).ok
    (one,) = followups_of(await desk.incident(number))
    assert (one.owner, one.state, one.reason) == ("cara", "wont_do", "the cache is gone")


async def test_undo_takes_a_follow_up_back(desk: Desk) -> None:
    number = await desk.opens("payments down")
    reply = await desk.say("ann", f"followup #{number} add look into it")
    await desk.told("ann", next(b.command for b in buttons(reply) if b.label == "Undo"))
    assert followups_of(await desk.incident(number)) == []


async def test_lists_show_what_is_overdue_first_and_nothing_private(desk: Desk) -> None:
    one, two = await desk.opens("payments down"), await desk.opens("search down")
    secret = await desk.opens("a breach", "P1", "--private")
    await desk.told("ann", f"followup #{one} add later @ben --due 2026-03-01")
    await desk.told("ann", f"followup #{two} add soon @ben --due 2026-01-06")
    await desk.told("ann", f"followup #{secret} add hush @ann --due 2026-01-06")
    desk.clock.forward(days=2)
    said = await desk.told("ben", "followup list")
    assert said.index("2-1 soon") < said.index("1-1 later")
    assert "hush" not in said
    overdue = await desk.told("ben", "followup list overdue")
    assert overdue.startswith("1 overdue follow-up\n")
    assert "OVERDUE, due 2026-01-06" in overdue
    assert "later" not in overdue
    assert "There are no" in await desk.told("cara", "followup list mine")


async def test_its_owner_may_see_a_private_incident(desk: Desk) -> None:
    number = await desk.opens("a breach", "P1", "--private")
    await desk.told("ann", f"followup #{number} add look into it @cara")
    assert "cara" in (await desk.incident(number)).members


@pytest.mark.parametrize(
    "said", ["add x --due someday", "add x --ticket nowhere", "add x --priority urgent", "done 9"]
)
async def test_what_is_none_is_refused(desk: Desk, said: str) -> None:
    number = await desk.opens("payments down")
    assert not (await desk.say("ann", f"followup #{number} {said}")).ok
    assert followups_of(await desk.incident(number)) == []
