"""How much is said in a channel is chosen in it, by who may."""

from tests.slack.office import Office, buttons


async def test_it_is_chosen_by_a_press_and_kept(http_office: Office) -> None:
    office = http_office
    await office.ann.command("/incident noise", office.general)
    choices = await office.ann.hears("How much do I say here?")
    assert buttons(choices) == ["All", "Highlights", "Status", "None", "Default"]
    await office.ann.press("Highlights", choices)
    await office.ann.hears("From now on here: what everybody must notice")
    assert await office.muster.queries.noise_at("slack", office.general.id) == "highlights"
    await office.ann.command("/incident noise default", office.general)
    await office.ann.hears("what the policies say")
    assert await office.muster.queries.noise_at("slack", office.general.id) is None


async def test_a_responder_may_not_but_the_lead_may_in_the_room(http_office: Office) -> None:
    office = http_office
    number = await office.declared()
    room = await office.room(number, office.ann, office.ben)
    await office.ben.command("/incident noise none", room)
    await office.ben.hears("noise needs the right commander")
    await office.ann.command(f"/incident role #{number} lead @ben", room)
    await office.done()
    await office.ben.command("/incident noise none", room)
    await office.ben.hears("only the card is kept")
    assert await office.muster.queries.noise_at("slack", room.id) == "none"
    assert await office.muster.queries.noise_at("slack", office.general.id) is None


async def test_an_unknown_word_names_the_known_ones(http_office: Office) -> None:
    await http_office.ann.command("/incident noise loud", http_office.general)
    await http_office.ann.hears("Choose one of all, highlights, status, none, or default.")
