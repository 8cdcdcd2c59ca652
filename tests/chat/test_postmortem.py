"""The postmortem in chat: read, edited by a form, reviewed, published."""

import pytest

from bot.domain.lifecycle import State
from bot.domain.people import SYSTEM
from bot.domain.postmortem import Postmortem, postmortem_of
from bot.domain.severity import Severity
from bot.engine.postmortem.drafting import redraft
from bot.ports.queries import MUSTER, Viewer
from bot.ports.store import Lane, Unit
from storage.replay import replay
from tests.chat.conftest import Desk, commands, words

CAUSE = {"description": "The cache had no limit.", "contributing_factors": "", "why_undetected": ""}


async def drafted(desk: Desk, severity: str = "P1", *flags: str) -> int:
    number = await desk.opens("payments down", severity, *flags)
    desk.clock.forward(minutes=10)
    await desk.told("ann", f"resolve #{number} rolled back")

    async def draft(unit: Unit) -> None:
        incident = await unit.incident(number)
        await redraft(unit, incident, SYSTEM, desk.rules.policies)

    await desk.work(draft, lane=Lane.TIMERS)
    return number


async def of(desk: Desk, number: int) -> Postmortem:
    known = postmortem_of(await desk.incident(number))
    assert known is not None
    return known


async def write_cause(desk: Desk, number: int, who: str = "cara") -> None:
    await desk.told(who, f"postmortem #{number} edit root_cause", answers=CAUSE)


async def test_it_is_made_on_request(desk: Desk) -> None:
    number = await desk.opens("search is slow", "P3")
    reply = await desk.say("ann", f"pm #{number}")
    assert commands(reply) == [f"postmortem #{number} draft"]
    assert "is drafted" in await desk.told("ann", commands(reply)[0])
    assert (await of(desk, number)).head.created_by == "ann"


async def test_a_section_is_edited_by_its_form(desk: Desk) -> None:
    number = await drafted(desk)
    opened = await desk.say("cara", f"postmortem #{number} edit root cause", interactive=True)
    assert opened.form is not None
    assert opened.form.command == f"postmortem #{number} edit root_cause --version 1"
    assert {field.value for field in opened.form.fields} == {""}
    await desk.told("cara", opened.form.command, answers=CAUSE)
    section = (await of(desk, number)).sections["root_cause"]
    assert (section.values, section.version, section.by) == (CAUSE, 2, "cara")


async def test_a_late_save_is_refused_and_shows_both_texts(desk: Desk) -> None:
    number = await drafted(desk)
    line = f"postmortem #{number} edit root_cause --version 1"
    await desk.told("cara", line, answers=CAUSE)
    mine = CAUSE | {"description": "The disk was slow."}
    late = await desk.say("ann", line, answers=mine)
    assert (late.ok, late.status) == (False, 412)
    assert late.form is not None
    assert "The cache had no limit." in late.wrong["description"]
    shown = {field.name: field.value for field in late.form.fields}
    assert shown["description"] == "The disk was slow."
    assert (await of(desk, number)).sections["root_cause"].values == CAUSE

    await desk.told("ann", late.form.command, answers=mine)
    assert (await of(desk, number)).sections["root_cause"].values == mine


async def test_a_timeline_that_cannot_be_read_is_not_saved(desk: Desk) -> None:
    number = await drafted(desk)
    said = {"lines": "2026-01-05 09:01Z response Ann looked\nlater it was fine"}
    reply = await desk.say("cara", f"postmortem #{number} edit timeline", answers=said)
    assert "Line 2" in reply.wrong["lines"]
    said = {"lines": "2026-01-05 09:09Z resolution over\n2026-01-05 09:01Z response Ann looked"}
    await desk.told("cara", f"postmortem #{number} edit timeline", answers=said)
    assert (await of(desk, number)).sections["timeline"].values["lines"] == (
        "2026-01-05 09:01:00Z response Ann looked\n2026-01-05 09:09:00Z resolution over"
    )


@pytest.mark.parametrize(
    ("who", "said", "may"),
    [
        ("vic", "", True),
        ("ben", "set root_cause it broke", False),
        ("ben", "edit root_cause", False),
        ("cara", "set root_cause it broke", True),
        ("cara", "publish --anyway", False),
        ("eva", "publish --anyway", True),
    ],
)
async def test_commanders_edit_and_managers_publish(
    desk: Desk, who: str, said: str, may: bool
) -> None:
    number = await drafted(desk)
    reply = await desk.say(who, f"postmortem #{number} {said}", interactive=True)
    assert reply.ok is may, words(reply)


async def test_the_lead_may_edit_it(desk: Desk) -> None:
    number = await drafted(desk)
    await desk.told("ann", f"role #{number} lead @ben")
    assert "is saved" in await desk.told("ben", f"postmortem #{number} set root_cause it broke")
    assert not (await desk.say("ben", f"postmortem #{number} publish --anyway")).ok


async def test_it_is_published_frozen_and_closes_what_needs_one(desk: Desk) -> None:
    number = await drafted(desk, "P0")
    refused = await desk.say("eva", f"postmortem #{number} publish")
    assert "Root cause" in words(refused)
    await write_cause(desk, number)
    await desk.told("cara", f"postmortem #{number} review")
    await desk.told("eva", f"postmortem #{number} reviewed")
    said = await desk.told("eva", f"postmortem #{number} publish")
    assert "The incident is closed with it." in said
    assert (await desk.incident(number)).status is State.CLOSED
    assert "ann web" in await desk.effects("DirectMessage")

    await desk.told("cara", f"postmortem #{number} set root_cause Another cause.")
    known = await of(desk, number)
    assert known.head.status == "draft", "what was published is edited again"
    frozen = await desk.queries.published_postmortem(number, MUSTER)
    assert frozen is not None
    assert (frozen.version, frozen.reviewed_by) == (1, ["Eva Holm"])
    assert frozen.answers("root_cause")["description"] == "The cache had no limit."
    await desk.told("eva", f"postmortem #{number} publish")
    second = await desk.queries.published_postmortem(number, Viewer("vic"))
    assert second is not None
    assert (second.version, second.lines("root_cause", "description")) == (2, ["Another cause."])
    assert [d async for d in replay(desk.store.database)] == []


async def test_a_secret_in_it_is_pointed_at_before_it_goes_out(desk: Desk) -> None:
    number = await drafted(desk)
    await write_cause(desk, number)
    secret = "ghp_abcdefghijklmnopqrstuvwxyz0123456789"
    await desk.told("cara", f"postmortem #{number} set lessons Never paste {secret}.")
    refused = await desk.say("eva", f"postmortem #{number} publish")
    assert (refused.ok, refused.status) == (False, 409)
    assert "What looks like a secret stands in: " in words(refused)
    assert secret not in words(refused)
    await desk.told("cara", f"postmortem #{number} set lessons Never paste keys.")
    assert (await desk.say("eva", f"postmortem #{number} publish")).ok


async def test_a_p1_stays_resolved_when_it_is_published(desk: Desk) -> None:
    number = await drafted(desk)
    await desk.told("eva", f"postmortem #{number} publish --anyway")
    assert (await desk.incident(number)).status is State.RESOLVED


async def test_who_read_an_older_version_does_not_publish_a_newer_one(desk: Desk) -> None:
    number = await drafted(desk)
    await write_cause(desk, number)
    publish = next(c for c in commands(await desk.say("eva", f"pm #{number}")) if "publish" in c)
    await desk.told("cara", f"postmortem #{number} set root_cause Another cause.")
    late = await desk.say("eva", publish)
    assert late.status == 412
    assert await desk.queries.published_postmortem(number, MUSTER) is None


async def test_a_private_one_exists_for_its_members_only(desk: Desk) -> None:
    number = await drafted(desk, "P1", "--private")
    assert (await desk.say("eva", f"postmortem #{number}")).status == 404
    await desk.told("ann", f"postmortem #{number} publish --anyway")
    assert await desk.queries.published_postmortem(number, Viewer("eva")) is None
    told = await desk.effects("DirectMessage")
    assert all(not person.startswith("eva") for person in told)


async def test_an_alert_cannot_write_into_the_markup(desk: Desk) -> None:
    number = await desk.alert_opens("<img src=x> [click](https://evil.example)", Severity.P1)
    await desk.told("ann", f"resolve #{number}")
    await desk.told("ann", f"postmortem #{number} draft")
    card = words(await desk.say("ann", f"postmortem #{number}"))
    assert "[click]" in card


async def test_what_it_learned_is_found_and_quoted(desk: Desk) -> None:
    number = await drafted(desk)
    await desk.told("cara", f"postmortem #{number} set lessons Watch the zeppelin hangar at noon.")
    secret = "ghp_abcdefghijklmnopqrstuvwxyz0123456789"
    await desk.told("cara", f"postmortem #{number} set root_cause The hangar leaked {secret}.")
    await desk.indexing.catch_up()
    (hit,) = await desk.knowledge.search("zeppelin hangar", Viewer("vic"), limit=5)
    assert hit.document.incident == number
    assert secret not in hit.document.text
    said = await desk.told("vic", "ask what did we learn about the zeppelin hangar?")
    assert "Watch the zeppelin hangar at noon." in said
    await desk.told("cara", f"postmortem #{number} set lessons Watch the blimps.")
    await desk.indexing.catch_up()
    assert not await desk.knowledge.search("zeppelin", Viewer("vic"), limit=5)
