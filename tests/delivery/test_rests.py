"""A kind of effect that comes too fast is left in the outbox; the rest goes on."""

from bot.domain.effect import EffectKind
from tests.delivery.conftest import Outpost
from tests.fakes.chat_platform import TOO_MUCH, TOO_MUCH_OF_A_KIND


async def _five_changed(outpost: Outpost) -> list[int]:
    numbers = [await outpost.opens(f"number {n}") for n in range(5)]
    await outpost.deliver()
    outpost.chat.calls.clear()
    for number in numbers:
        await outpost.incidents.ack(number, outpost.ask())
    return numbers


async def test_cards_that_are_edited_too_fast_wait_unclaimed(both_outpost: Outpost) -> None:
    numbers = await _five_changed(both_outpost)
    both_outpost.chat.broken[EffectKind.EDIT_CARD] = TOO_MUCH_OF_A_KIND
    await both_outpost.deliver()
    both_outpost.chat.calls.clear()
    late = await both_outpost.opens("it comes later")
    await both_outpost.incidents.ack(late, both_outpost.ask())
    await both_outpost.deliver()
    assert both_outpost.chat.kinds().count("Post") == 2, "its room is told"
    assert "EditCard" not in both_outpost.chat.kinds()
    both_outpost.clock.forward(seconds=41)
    await both_outpost.deliver()
    assert both_outpost.chat.kinds().count("EditCard") <= 2, "two learn it for all"
    del both_outpost.chat.broken[EffectKind.EDIT_CARD]
    both_outpost.clock.forward(seconds=41)
    both_outpost.chat.calls.clear()
    await both_outpost.deliver()
    edited = {job.incident for job in both_outpost.chat.calls if job.kind == "EditCard"}
    assert edited >= {*numbers}


async def test_one_that_waits_for_itself_holds_up_no_other(outpost: Outpost) -> None:
    await _five_changed(outpost)
    outpost.chat.faults.append(TOO_MUCH)
    await outpost.deliver()
    assert outpost.chat.kinds().count("EditCard") >= 4
