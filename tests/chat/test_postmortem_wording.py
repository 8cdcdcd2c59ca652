"""A model's words for a postmortem: proposals, traced or marked, and never over a person's."""

from typing import Any

import pytest

from bot.cards.analysis import UNVERIFIED
from bot.domain.entry import EntryType
from bot.domain.postmortem import postmortem_of
from bot.engine.postmortem.wording import Wording
from tests.chat.conftest import Desk, actor, buttons, words

EMPTY: dict[str, Any] = dict.fromkeys(
    (
        *("summary", "impact", "root_cause", "contributing_factors", "why_undetected"),
        *("effective_actions", "lessons", "action_items"),
    ),
    (),
)


def prose(**said: Any) -> dict[str, Any]:
    return {
        name: [{"text": text, "sources": sources} for text, sources in said.get(name, ())]
        for name in EMPTY
    }


@pytest.fixture
def wording(desk: Desk) -> Wording:
    desk.analyst.away = False
    return desk.wording


async def over(desk: Desk) -> tuple[int, str]:
    """An incident that is over, drafted; its number and the label of its note."""
    number = await desk.opens("Checkout is down")
    await desk.say("ben", f"note #{number} The 14:00 deploy filled the connection pool")
    label = f"e{(await desk.last(number)).seq}"
    await desk.say("ben", f"resolve #{number} fixed Rolled back the deploy.")
    await desk.say("ann", f"postmortem #{number} draft")
    return number, label


async def sections(desk: Desk, number: int) -> Any:
    known = postmortem_of(await desk.incident(number))
    assert known is not None
    return known.sections


async def test_what_is_traced_is_proposed_and_nothing_else(desk: Desk, wording: Wording) -> None:
    number, note = await over(desk)
    before = {name: dict(s.values) for name, s in (await sections(desk, number)).items()}
    desk.analyst.answers.append(
        prose(
            root_cause=[
                ("The 14:00 deploy filled the connection pool.", [note]),
                ("Eva deleted the table at 03:15.", [note]),
                ("The vendor was hacked.", [note]),
            ],
            lessons=[
                ("We should limit the connection pool.", [note]),
                ("We should fire the zorblax canary9.", [note]),
            ],
            action_items=[("Add an alert on the connection pool.", [note])],
        )
    )
    assert await wording.word(number)
    written = await sections(desk, number)
    assert {name: dict(s.values) for name, s in written.items()} == before
    assert written["root_cause"].proposed == {
        "description": "The 14:00 deploy filled the connection pool."
    }
    assert written["lessons"].proposed == {
        "lessons_learned": f"We should limit the connection pool. {UNVERIFIED}"
    }
    drafted = [e for e in await desk.entries(number) if e.type is EntryType.POSTMORTEM_DRAFTED]
    assert [bool(e.metadata.get("worded")) for e in drafted] == [False, True]


async def test_a_person_takes_it_or_not(desk: Desk, wording: Wording) -> None:
    number, note = await over(desk)
    said = f"postmortem #{number} set root_cause.description A person wrote this."
    assert (await desk.say("ann", said)).ok
    sentence = "The 14:00 deploy filled the connection pool."
    desk.analyst.answers.append(prose(root_cause=[(sentence, [note])]))
    assert await wording.word(number)
    section = (await sections(desk, number))["root_cause"]
    assert section.values["description"] == "A person wrote this."
    assert section.proposed["description"] == sentence
    assert (await desk.say("ann", f"postmortem #{number} accept root_cause")).ok
    assert (await sections(desk, number))["root_cause"].values["description"] == sentence


async def test_things_to_do_become_followups_by_a_press(desk: Desk, wording: Wording) -> None:
    number, note = await over(desk)
    desk.analyst.answers.append(
        prose(
            summary=[("Checkout is down.", ["f1"])],
            action_items=[("Add an alert on the connection pool --host time.", [note])],
        )
    )
    assert await wording.word(number)
    reply = await desk.say("ann", f"postmortem #{number}")
    do = next(one for one in buttons(reply) if one.command.startswith("summary"))
    assert "followup_added" not in await desk.types(number)
    assert (await desk.say("ann", do.command)).ok
    (added,) = [e for e in await desk.entries(number) if e.type == "followup_added"]
    assert added.text == "Add an alert on the connection pool --host time."


async def test_asked_again_it_tries_again(desk: Desk, wording: Wording) -> None:
    """A model that was away, or set up later, costs nobody its words."""
    number, note = await over(desk)
    waiting = wording._waiting
    assert not waiting
    assert (await desk.say("ann", f"postmortem #{number} draft")).ok
    desk.analyst.answers.append(
        prose(root_cause=[("The 14:00 deploy filled the connection pool.", [note])])
    )
    assert await wording.word(*waiting.popleft())


async def test_a_model_that_is_away_leaves_the_draft_alone(desk: Desk, wording: Wording) -> None:
    number, _ = await over(desk)
    before = await desk.incident(number)
    desk.analyst.away = True
    assert not await wording.word(number)
    assert (await desk.incident(number)).version == before.version


async def test_private_incidents_are_not_read(desk: Desk, wording: Wording) -> None:
    number = await desk.opens("Payroll leak", "P1", "--private")
    await desk.say("ann", f"resolve #{number} fixed Done.")
    await desk.say("ann", f"postmortem #{number} draft")
    assert not await wording.word(number), "nobody asked"
    assert not await wording.word(number, actor("ben")), "he may not see it"
    assert desk.analyst.jobs == []


async def test_a_private_incident_is_worded_for_a_member_who_asks(
    desk: Desk, wording: Wording
) -> None:
    number = await desk.opens("Payroll leak", "P1", "--private")
    await desk.say("ann", f"note #{number} The export was public")
    label = f"e{(await desk.last(number)).seq}"
    await desk.say("ann", f"resolve #{number} fixed Done.")
    desk.store.tell(wording.told)
    desk.analyst.answers.append(prose(root_cause=[("The export was public.", [label])]))
    await desk.say("ann", f"postmortem #{number} draft")
    assert await wording.word(*wording._waiting.popleft())
    written = await sections(desk, number)
    assert written["root_cause"].proposed == {"description": "The export was public."}
    assert desk.analyst.jobs[-1].body["user"].count("Payroll leak")


async def test_no_model_reads_what_is_private_where_the_settings_say_so(
    desk: Desk, wording: Wording
) -> None:
    number = await desk.opens("Payroll leak", "P1", "--private")
    await desk.say("ann", f"postmortem #{number} draft")
    desk.allowance.private = False
    assert not await wording.word(number, actor("ann"))
    for about in ("cause", "impact", "help", "sort", "update"):
        reply = await desk.say("ann", f"summary #{number} --about {about}")
        assert "No model reads private incidents" in words(reply) or about == "help"
    assert (await desk.say("ann", f"summary #{number}")).ok
    assert (await desk.say("ann", f"update #{number} We look.")).ok
    assert desk.analyst.jobs == []


async def test_nothing_is_worded_twice_by_its_own_proposal(desk: Desk, wording: Wording) -> None:
    desk.store.tell(wording.told)
    number, note = await over(desk)
    desk.analyst.answers.append(prose(root_cause=[("The deploy filled the pool.", [note])]))
    assert [one for one, _ in wording._waiting] == [number]
    assert await wording.word(*wording._waiting.popleft())
    assert not wording._waiting
