"""`ask` and `similar`, typed."""

from bot.cards.html import html
from bot.ports.knowledge import Document
from tests.chat.conftest import Desk, buttons, words

TEXT = (
    "# Pool\n\nThe checkout service ran out of database connections @channel "
    "[click](https://evil.example).\n\n## Resolution\n\nWe lowered the pool size to 5."
)


async def shelve(desk: Desk) -> None:
    await desk.library.put(
        [Document(id="pm-1", kind="incident", title="Checkout pool exhausted", text=TEXT)]
    )


async def test_a_newcomer_is_told_what_to_add(desk: Desk) -> None:
    said = await desk.told("vic", "ask anything?")
    assert "muster knowledge add" in said


async def test_the_answer_is_quoted_and_can_be_rated(desk: Desk) -> None:
    await shelve(desk)
    reply = await desk.say("ben", "ask checkout ran out of database connections, what fixed it?")
    assert "lowered the pool size to 5" in words(reply)
    assert reply.private
    up, down = buttons(reply)
    assert words(await desk.say("ben", up.command)) == "Thanks, that is kept.\n"
    assert not (await desk.say("eva", down.command)).ok


async def test_foreign_words_neither_ping_nor_link(desk: Desk) -> None:
    await shelve(desk)
    reply = await desk.say("ben", "ask checkout ran out of database connections")
    assert reply.card is not None
    page = html(reply.card)
    assert "evil.example" in page
    assert 'href="https://evil.example' not in page


async def test_similar_incidents_are_shown_in_a_room(desk: Desk) -> None:
    past = await desk.opens("Turnstile gateway rejects badges")
    await desk.say("ben", f"resolve #{past} fixed Restarted the turnstile gateway.")
    await desk.indexing.catch_up()
    now = await desk.opens("Turnstile gateway rejects all badges")
    said = await desk.told("ben", "similar", room=now)
    assert "Turnstile gateway rejects badges" in said
    assert "Restarted the turnstile gateway." in said


async def test_nothing_alike_is_said_so(desk: Desk) -> None:
    now = await desk.opens("Turnstile gateway rejects all badges")
    assert f"Nothing like #{now}" in await desk.told("ben", f"similar #{now}")
