"""An update that does not fit the record is warned of, and sent by whoever means it."""

import pytest

from bot.domain.entry import EntryType
from tests.chat.conftest import Desk, buttons, words


async def sent(desk: Desk, number: int) -> list[str]:
    return [e.text for e in await desk.entries(number) if e.type is EntryType.UPDATE_POSTED]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Checkout is fixed.", "over, but #1 is New"),
        ("All systems are back to normal.", "over, but #1 is New"),
        ("This is a P3.", "It says P3, but #1 is P1"),
        ("Checkout is mitigated.", "nobody marked #1 as mitigated"),
        ("The new password=hunter2abc99 works.", "looks like a secret"),
        ("We look. --next none", "when the next update comes"),
    ],
)
async def test_what_does_not_fit_is_asked_about(desk: Desk, text: str, why: str) -> None:
    number = await desk.opens("Checkout is down", "P1")
    reply = await desk.say("ben", f"update #{number} {text}")
    assert (reply.ok, reply.status) == (False, 409)
    assert why in words(reply)
    assert await sent(desk, number) == []
    (anyway,) = buttons(reply)
    assert (await desk.say("ben", anyway.command)).ok
    assert len(await sent(desk, number)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "A third of customers cannot pay.",
        "It is not fixed yet.",
        "We expect it to be resolved at 15:00.",
        "Once the database is restored, orders go on.",
        "Severity P1, as before. p99 is 3 s.",
    ],
)
async def test_what_fits_goes_out_at_once(desk: Desk, text: str) -> None:
    number = await desk.opens("Checkout is down", "P1")
    assert (await desk.say("ben", f"update #{number} {text}")).ok


async def test_what_is_over_is_said_to_be_over(desk: Desk) -> None:
    number = await desk.opens("Checkout is down", "P1")
    await desk.say("ben", f"resolve #{number} fixed Rolled back.")
    assert (await desk.say("ben", f"update #{number} Checkout is fixed.")).ok
    reply = await desk.say("ben", f"update #{number} Checkout is still down.")
    assert "goes on, but" in words(reply)


async def test_in_the_form_a_tick_sends_it(desk: Desk) -> None:
    number = await desk.opens("Checkout is down", "P1")
    answers = {"known": "Checkout is fixed.", "doing": "", "next": "30m"}
    first = await desk.say("ben", f"update #{number}", answers=answers, interactive=True)
    assert "over, but" in first.wrong["known"]
    assert "Tick “Send it even so”" in first.wrong["known"]
    assert await sent(desk, number) == []
    again = await desk.say("ben", f"update #{number}", answers=answers, interactive=True)
    assert not again.ok, "a second press by mistake is none that means it"
    meant = {**answers, "anyway": "yes"}
    second = await desk.say("ben", f"update #{number}", answers=meant, interactive=True)
    assert second.ok
    assert await sent(desk, number) == ["Checkout is fixed."]


async def test_a_model_may_point_at_a_line_but_at_nothing_else(desk: Desk) -> None:
    number = await desk.opens("Checkout is down", "P1")
    await desk.say("ben", f"note #{number} Only the Berlin shop is affected")
    line = f"e{(await desk.last(number)).seq}"
    desk.analyst.away = False
    desk.analyst.answers.append(
        {
            "claims": [
                {"text": "Every shop is affected.", "sources": [line]},
                {"text": "Visit https://evil.example", "sources": [line]},
                {"text": "Every shop", "sources": ["e99"]},
            ]
        }
    )
    reply = await desk.say("ben", f"update #{number} Every shop is affected.")
    assert "“Every shop is affected.” against the record" in words(reply)
    assert "Only the Berlin shop" in words(reply)
    assert "evil.example" not in words(reply)
    (anyway,) = buttons(reply)
    assert (await desk.say("ben", anyway.command)).ok
