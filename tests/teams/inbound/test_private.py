"""A private reply is never public: not one word of it stands in a channel (BEHAVIOUR 4.2)."""

import pytest

from tests.fakes.teams import Person, spoken
from tests.fakes.teams.faults import broken
from tests.teams.inbound.office import Office

WITHOUT_CHAT = "I answer this in private only"


async def asked(office: Office, who: Person, line: str, *, thread: bool) -> list[str]:
    """What stands in the channel after somebody asked there."""
    office.clock.forward(seconds=2)  # nobody asks faster than Teams lets a bot answer
    root = office.teams.said_in(office.room)[0]
    office.clock.forward(seconds=5)  # nobody is asked to wait their turn
    before = {m.id for m in office.teams.said_in(office.room)}
    await who.mention(line, office.room, root if thread else None)
    await office.done()
    said = [m for m in office.teams.said_in(office.room) if m.id not in before]
    return [spoken(m) for m in said]


@pytest.mark.parametrize("thread", [True, False])
async def test_each_verb_asked_in_a_channel_says_no_word_there(
    office: Office, thread: bool
) -> None:
    number = await office.declared()
    await office.thread(number)
    for command in office.muster.inbox.router.commands.values():
        for line in (command.verb, f"{command.verb} #{number}", f"{command.verb} #{number} secret"):
            heard = len(office.ben.hearing)
            said = await asked(office, office.ben, line, thread=thread)
            if command.public:
                continue
            assert said == [], line
            assert len(office.ben.hearing) > heard, line


async def test_each_verb_asked_by_who_has_no_chat_says_that_and_no_more(office: Office) -> None:
    number = await office.declared(by=office.ann)
    await office.thread(number)
    await office.references.kept.forget("teams", office.ben.user.aad)
    office.teams.installed_for.discard(office.ben.id)
    for command in office.muster.inbox.router.commands.values():
        if command.public:
            continue
        for line in (command.verb, f"{command.verb} #{number}"):
            (only,) = await asked(office, office.ben, line, thread=True)
            assert only.startswith(WITHOUT_CHAT), line
            assert len(only) < 200, line


async def test_what_teams_cannot_take_now_is_no_reason_to_speak_in_public(office: Office) -> None:
    number = await office.declared()
    await office.thread(number)
    await office.ben.tell("list")
    await office.done()
    office.teams.faults.always["send"] = broken(502)
    assert await asked(office, office.ben, f"status #{number}", thread=True) == []


async def test_what_does_not_reach_the_own_chat_is_not_said_in_public(office: Office) -> None:
    """Known once, and blocked since."""
    number = await office.declared()
    await office.thread(number)
    await office.ben.tell("list")
    await office.done()
    office.ben.personal.blocked_by.add(office.ben.id)
    said = await asked(office, office.ben, f"status #{number}", thread=True)
    assert [one[: len(WITHOUT_CHAT)] for one in said] == [WITHOUT_CHAT]
