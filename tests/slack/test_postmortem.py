"""A postmortem in Slack: a modal for each section, and a late save that shows both texts."""

from bot.domain.postmortem import PARTS, postmortem_of
from bot.platforms.slack.forms import modal
from handlers.words.postmortem import section_form
from tests.slack.office import Office


async def drafted(office: Office) -> int:
    number = await office.declared()
    for said in (f"role #{number} lead @ann", f"postmortem #{number} draft"):
        await office.ann.command(f"/incident {said}", office.general)
        await office.done()
    return number


async def cause(office: Office, number: int) -> str:
    known = postmortem_of(await office.incident(number))
    assert known is not None
    return known.sections["root_cause"].values["description"]


async def test_a_late_save_opens_the_form_anew_with_both_texts(office: Office) -> None:
    number = await drafted(office)
    edit = f"/incident postmortem #{number} edit root cause"
    await office.ann.command(edit, office.general)
    await office.ann.sees("Root cause of #1")
    await office.ann.command(
        f"/incident postmortem #{number} set root_cause The cache had no limit.", office.general
    )
    await office.done()
    await office.ann.submit({"description": "The disk was slow."})
    assert office.ann.view is not None, "it stays open"
    assert "The cache had no limit." in repr(office.ann.view)
    assert "The disk was slow." in repr(office.ann.view)
    assert await cause(office, number) == "The cache had no limit."

    await office.ann.submit({"description": "The disk was slow."})
    await office.done()
    assert office.ann.view is None
    assert await cause(office, number) == "The disk was slow.", "now it is done knowingly"


async def test_what_slack_would_cut_off_is_not_editable_there(office: Office) -> None:
    number = await drafted(office)
    known = postmortem_of(await office.incident(number))
    assert known is not None
    long = known.sections["timeline"].values["lines"] + "\n2026-01-05 09:00Z response again" * 120
    section = known.sections["timeline"]
    form = section_form(number, PARTS["timeline"], section, {})
    shown = modal(form, {"lines": long})
    assert [block["type"] for block in shown["blocks"]][-1] == "section"
    assert "web room" in repr(shown["blocks"][-1])
