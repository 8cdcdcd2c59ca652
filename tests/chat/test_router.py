"""Whatever is said is answered: with buttons, a picker, an offer, a refusal or an apology."""

import pytest

from bot.chat.command import Command, Takes
from bot.chat.line import Line
from bot.chat.router import Router
from bot.domain.card import Card, say
from bot.domain.errors import ConfigError
from bot.engine.incidents import Incidents
from tests.chat.conftest import Desk, buttons, commands, words
from tests.fakes.policies import actor


async def test_without_a_verb_there_are_buttons(desk: Desk) -> None:
    assert commands(await desk.say("ann", "")) == ["declare", "list", "oncall", "help"]


async def test_in_a_room_the_buttons_are_the_incident_s(desk: Desk) -> None:
    number = await desk.opens("payments down")
    said = commands(await desk.say("ann", "  ", room=number))
    assert said[0] == f"ack #{number}"
    assert {f"resolve #{number}", f"update #{number}", f"summary #{number}"} <= set(said)


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("payments is down", ["declare payments is down"]),
        ("resovle #7 done", ["resolve #7 done", "declare resovle #7 done"]),
        ("acknowledge", ["declare acknowledge"]),
        ("42", ["declare 42"]),
    ],
)
async def test_an_unknown_verb_offers_the_nearest_and_to_declare(
    desk: Desk, text: str, offered: list[str]
) -> None:
    reply = await desk.say("ben", text)
    assert commands(reply) == offered
    assert (reply.ok, reply.status) == (False, 422)


async def test_what_was_said_can_be_declared_as_it_stands(desk: Desk) -> None:
    (declare,) = commands(await desk.say("ben", "500 errors on checkout"))
    reply = await desk.say("ben", declare)
    assert reply.incident is not None
    assert (await desk.incident(reply.incident)).title == "500 errors on checkout"


async def test_outside_a_room_one_picks(desk: Desk) -> None:
    one, two = await desk.opens("payments down"), await desk.opens("search is slow")
    reply = await desk.say("ben", "ack")
    assert commands(reply) == [f"ack #{two}", f"ack #{one}"]
    assert [b.label for b in buttons(reply)] == [f"#{two} search is slow", f"#{one} payments down"]


@pytest.mark.parametrize("text", ["ack #1 #2", "ack #1 and INC-2", "start #1, #2"])
async def test_what_is_for_one_incident_does_not_pass_over_another(desk: Desk, text: str) -> None:
    one, two = await desk.opens("payments down"), await desk.opens("search is slow")
    reply = await desk.say("ben", text.replace("INC-2", f"#{two}"))

    assert (reply.ok, reply.status) == (False, 422)
    assert "One incident at a time" in words(reply)
    assert not (await desk.incident(one)).acknowledged_by


async def test_a_word_more_does_not_stop_an_acknowledgement(desk: Desk) -> None:
    one = await desk.opens("payments down")
    assert (await desk.say("ben", f"ack #{one} on my way")).ok


@pytest.mark.parametrize(
    ("text", "picked"),
    [
        ("cancel", "cancel #1"),
        ("fixed by a restart", "fixed #1 by a restart"),
        ('update all good --next 30m --doing "watch it"', '--next 30m --doing "watch it"'),
    ],
)
async def test_picking_says_what_was_said(desk: Desk, text: str, picked: str) -> None:
    """Once `cancel` became `resolve`, and the flags were gone."""
    await desk.opens("payments down")
    (said,) = commands(await desk.say("ben", text))
    assert picked in said
    await desk.told("ben", said)


async def test_to_reopen_or_close_one_picks_among_what_is_over(desk: Desk) -> None:
    """Once it offered the open ones, which can be neither reopened nor closed."""
    resolved, closed = await desk.opens("payments down"), await desk.opens("search is slow")
    await desk.opens("still open")
    for number in (resolved, closed):
        await desk.told("ann", f"resolve #{number} fixed")
    await desk.told("ann", f"close #{closed}")
    assert commands(await desk.say("ann", "close")) == [f"close #{resolved}"]
    assert commands(await desk.say("ann", "reopen it came back")) == [
        f"reopen #{closed} it came back",
        f"reopen #{resolved} it came back",
    ]


@pytest.mark.parametrize("verb", ["reopen", "close"])
async def test_with_nothing_over_there_is_nothing_to_pick(desk: Desk, verb: str) -> None:
    await desk.opens("still open")
    assert "No incident is resolved" in words(await desk.say("ann", verb))


async def test_what_is_said_in_a_room_may_be_a_note_before_it_is_an_incident(desk: Desk) -> None:
    number = await desk.opens("payments down")
    reply = await desk.say("ben", "the cache is cold", room=number)
    assert commands(reply) == [f"note #{number} the cache is cold", "declare the cache is cold"]
    await desk.told("ben", commands(reply)[0])
    assert (await desk.last(number)).text == "the cache is cold"


async def test_with_nothing_open_there_is_nothing_to_pick(desk: Desk) -> None:
    assert "No incident is open" in words(await desk.say("ben", "ack"))


async def test_a_missing_incident_is_said_to_be_missing(desk: Desk) -> None:
    reply = await desk.say("ben", "ack #42")
    assert (reply.status, words(reply)) == (404, "Not found\n\n> There is no incident #42.\n")


async def test_who_is_not_known_is_refused_and_that_is_recorded(desk: Desk) -> None:
    for text in ("", "help", "list", "declare everything is broken"):
        reply = await desk.say("sam", text)
        assert reply.status == 403
        assert "I don't know you here" in words(reply)
    refused = await desk.refusals()
    assert [row["actor_id"] for row in refused] == ["sam"] * 4
    assert {row["stream"] for row in refused} == {"system:main"}


async def test_a_refusal_stands_on_the_system_stream(desk: Desk) -> None:
    number = await desk.opens("payments down")
    before = await desk.types(number)
    assert (await desk.say("vic", f"ack #{number}")).status == 403
    (refused,) = await desk.refusals()
    assert (refused["type"], refused["actor_id"], refused["seq"]) == ("refused", "vic", 1)
    assert await desk.types(number) == before


async def test_what_breaks_is_apologised_for_with_a_reference(desk: Desk) -> None:
    async def broken(line: Line) -> Card:
        raise KeyError("secret detail")

    command = Command(verb="boom", usage="boom", help="Breaks.", handler=broken)
    router = Router([command], {}, desk.work, desk.queries)
    reply = await router(desk.call("ann", "boom"))
    assert reply.status == 500
    assert "It is logged as" in words(reply)
    assert "secret" not in words(reply)


async def test_a_handler_that_wants_what_nobody_provides_stops_the_start(desk: Desk) -> None:
    async def wants(line: Line, incidents: Incidents) -> Card:
        return say("never")

    command = Command(verb="x", usage="x", help="X.", takes=Takes.NOTHING, handler=wants)
    with pytest.raises(ConfigError, match="wants incidents: Incidents, which nobody provides"):
        Router([command], {}, desk.work, desk.queries)


async def test_a_button_is_a_command_typed_for_you(desk: Desk) -> None:
    """Pressed or typed: the same entry."""
    typed, pressed = await desk.opens("one"), await desk.opens("two")
    await desk.told("ben", f"ack #{typed}")
    (ack, *_) = commands(await desk.say("ben", "", room=pressed))
    await desk.told("ben", ack, interactive=True)
    one, two = await desk.last(typed), await desk.last(pressed)
    assert (one.type, one.actor_id, one.metadata, one.text) == (
        two.type,
        two.actor_id,
        two.metadata,
        two.text,
    )
    assert [c.field for c in one.changes] == [c.field for c in two.changes]


@pytest.mark.parametrize(
    "text", ["note #1 a\x00b", "note #1 \ud800", "list \x00", "rename #1 \x00"]
)
async def test_characters_no_database_takes_are_replaced(both_desk: Desk, text: str) -> None:
    await both_desk.opens("payments down")
    reply = await both_desk.say("ben", text)
    assert reply.ok, words(reply)


async def test_an_id_without_a_verb_shows_what_can_be_done_with_it(desk: Desk) -> None:
    """`#42` was an unknown command, although nothing but its buttons can be meant."""
    number = await desk.opens("payments down")
    other = await desk.opens("disk full")
    for text, room in ((f"#{number}", None), (f"#{number}", other)):
        reply = await desk.say("ben", text, room=room)
        assert f"ack #{number}" in commands(reply), text
    assert (await desk.say("ben", "#99")).status == 404


async def test_replies_are_for_the_asker_alone(desk: Desk) -> None:
    number = await desk.opens("payments down")
    for text in (
        "list",
        "status",
        f"status #{number}",
        f"ack #{number}",
        f"note #{number} x",
        "??",
    ):
        assert (await desk.say("ben", text)).private


async def test_an_id_of_a_verb_that_takes_none_is_text(desk: Desk) -> None:
    reply = await desk.say(actor("ben"), "declare #7 is back")
    assert reply.incident is not None
    assert (await desk.incident(reply.incident)).title == "#7 is back"


async def test_what_is_not_allowed_now_is_answered_with_what_is(desk: Desk) -> None:
    number = await desk.opens("payments down")
    await desk.say("ann", f"resolve #{number} fixed")
    reply = await desk.say("ann", f"escalate #{number}")
    assert (reply.ok, reply.status, reply.incident) == (False, 409, number)
    assert commands(reply) == [f"reopen #{number}", f"close #{number}"]
