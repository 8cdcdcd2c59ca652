"""Tasks in Slack: from a message, by a form, from the Home tab."""

from bot.domain.task import tasks_of
from tests.fakes.slack.spoken import words_of
from tests.slack.office import Office


async def texts(office: Office, number: int) -> list[tuple[str, str | None, str]]:
    incident = await office.incident(number)
    return [(task.text, task.owner, str(task.state)) for task in tasks_of(incident)]


async def test_a_message_of_the_room_becomes_a_task(office: Office) -> None:
    number = await office.declared()
    room = await office.room(number, office.ann, office.ben)
    message = await office.ben.say("somebody should check the cache\nit looks cold", room)
    await office.ann.shortcut("muster_make_task", message)
    await office.ann.sees(f"Task for #{number}")
    await office.ann.submit({"owner": "ben"})
    await office.ann.hears(f"Task 1 of #{number} is on the list, Ben Ito has it.")
    link = office.slack.workspace.permalink(message)
    assert await texts(office, number) == [
        (f"somebody should check the cache {link}", "ben", "open")
    ]
    assert office.said_in(room) == []


async def test_a_message_from_elsewhere_asks_which_incident_and_keeps_its_words(
    office: Office,
) -> None:
    number = await office.declared()
    message = await office.ben.say('done 3 of the "big" hosts', office.general)
    await office.ann.shortcut("muster_make_task", message)
    picker = await office.ann.hears("Which incident?")
    await office.ann.press(f"#{number} payments down", picker)
    await office.done()
    link = office.slack.workspace.permalink(message)
    assert await texts(office, number) == [(f'done 3 of the "big" hosts {link}', None, "open")]


async def test_one_s_own_tasks_stand_on_home_and_are_ticked_off_there(office: Office) -> None:
    number = await office.declared()
    await office.ann.command(
        f"/inc task #{number} check the cache <@{office.ben.id}>", office.general
    )
    await office.done()
    await office.ben.open_home()
    await office.done()
    assert office.ben.home is not None
    assert "1. check the cache" in words_of(office.ben.home.blocks)
    await office.ben.press(f"Done: #{number} 1", office.ben.home)
    await office.done()
    assert "check the cache" not in words_of(office.ben.home.blocks), "it is made anew at once"
    assert await texts(office, number) == [("check the cache", "ben", "done")]


async def test_a_task_is_ticked_off_by_mention_in_the_thread(office: Office) -> None:
    number = await office.declared()
    card = office.slack.workspace.post(office.general, office.slack.app.bot_user, "the card")
    await office.place(number, "card", channel=office.general.id, ts=card.ts)
    await office.ben.mention("task check the cache", office.general, card)
    await office.ben.mention("task done 1", office.general, card)
    await office.done()
    assert await texts(office, number) == [("check the cache", None, "done")]
    assert [m.user for m in office.general.thread(card.ts)] == [office.ben.id] * 2
