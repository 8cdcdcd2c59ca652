"""An update may be looked at before everybody reads it: by a tick in its form, or `--preview`."""

from bot.domain.entry import EntryType
from tests.chat.conftest import Desk, buttons, words


async def sent(desk: Desk, number: int) -> list[tuple[str, str]]:
    return [
        (entry.text, entry.metadata["doing"])
        for entry in await desk.entries(number)
        if entry.type is EntryType.UPDATE_POSTED
    ]


async def test_a_tick_in_the_form_shows_it_and_a_press_sends_it(desk: Desk) -> None:
    number = await desk.opens("Checkout is slow", "P1")
    answers = {
        "known": 'A third of "customers" cannot pay.',
        "doing": "We roll back.",
        "next": "30m",
        "preview": "yes",
    }

    looked = await desk.say("ben", f"update #{number}", answers=answers, interactive=True)

    assert looked.ok
    assert "cannot pay." in words(looked)
    assert "Doing: We roll back." in words(looked)
    assert await sent(desk, number) == []
    (press,) = buttons(looked)
    assert (await desk.say("ben", press.command)).ok
    assert await sent(desk, number) == [('A third of "customers" cannot pay.', "We roll back.")]


async def test_it_can_be_typed(desk: Desk) -> None:
    number = await desk.opens("Checkout is slow", "P1")
    await desk.say("ben", f"update #{number} A third cannot pay.")

    looked = await desk.say("ben", f"update #{number} --preview --correct Half of them cannot pay.")
    (press,) = buttons(looked)
    await desk.say("ben", press.command)

    assert "(a correction)" in words(looked)
    assert [text for text, _ in await sent(desk, number)] == [
        "A third cannot pay.",
        "Half of them cannot pay.",
    ]


async def test_what_no_button_can_hold_says_how_to_send_it(desk: Desk) -> None:
    number = await desk.opens("Checkout is slow", "P1")
    answers = {"known": "We look. " * 200, "doing": "", "next": "", "preview": "yes"}

    looked = await desk.say("ben", f"update #{number}", answers=answers, interactive=True)

    assert buttons(looked) == []
    assert "without the preview" in words(looked)
    assert await sent(desk, number) == []
