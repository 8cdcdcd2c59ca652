"""Where people can be written to is learned, and forgotten when the bot is put out."""

from tests.teams.inbound.office import Office


async def test_whoever_speaks_to_us_can_be_written_to(office: Office) -> None:
    await office.ben.tell("list")
    await office.done()
    found = await office.references.find(office.ben.user.aad)
    assert found is not None
    assert found.conversation == office.ben.personal.id
    assert found.service == office.teams.service_url
    assert found.member == office.ben.id
    assert await office.references.service() == office.teams.service_url


async def test_installing_is_enough_and_removing_is_the_end(office: Office) -> None:
    cara = office.teams.add_person("Cara", installed=False)
    await office.teams.events.installs(cara.user)
    assert await office.references.find(cara.user.aad) is not None
    await office.teams.events.removes(cara.user)
    assert await office.references.find(cara.user.aad) is None
    await office.teams.events.installs(cara.user)
    assert await office.references.find(cara.user.aad) is not None


async def test_a_team_and_its_channels(office: Office) -> None:
    team = office.teams.teams[office.room.team]
    find, ann = office.references.find, office.ann.user
    await office.ann.mention("list", office.room)
    await office.done()
    assert await find(office.room.id) is not None
    assert await find(team.id) is not None
    await office.teams.events.renames_channel(ann, office.room, "War room")
    await office.teams.events.renames_team(ann, team, "Payments EU")
    assert await find(office.room.id) is not None
    await office.teams.events.deletes_channel(ann, office.room)
    assert await find(office.room.id) is None
    await office.teams.events.restores_channel(ann, office.room)
    assert await find(office.room.id) is not None
    await office.teams.events.removes(ann, team)
    assert await find(team.id) is None


async def test_events_that_are_nothing_to_us_are_acknowledged(office: Office) -> None:
    team, ann = office.teams.teams[office.room.team], office.ann.user
    cara = office.teams.add_user("Cara")
    await office.teams.events.adds_member(ann, team, cara)
    await office.teams.events.removes_member(ann, team, cara)
    await office.teams.events.archives_team(ann, team)
    await office.ben.react("like", await office.ben.say("x", office.room))
    assert office.teams.troubles == []
    assert await office.kept() == []
