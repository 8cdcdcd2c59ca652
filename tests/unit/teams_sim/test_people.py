"""People write, press and fill in; the bot is told as Teams tells it."""

import jwt

from tests.fakes.teams import Teams
from tests.fakes.teams.issuer import private_key
from tests.unit.teams_sim.conftest import Bot
from tests.unit.teams_sim.test_connector import ADAPTIVE, card, carrying


async def test_a_mention_reaches_the_bot_and_talk_does_not(teams: Teams, bot: Bot) -> None:
    ann = teams.add_person("Ann")
    room = teams.add_channel("Incidents", teams.add_team("Payments", ann.user))
    await ann.say("lunch?", room)
    root = await ann.mention("status", room)
    await ann.mention("ack", room, root)
    assert [said["text"] for said in bot.heard] == ["<at>Muster</at> status", "<at>Muster</at> ack"]
    first, second = bot.heard
    assert second["conversation"]["id"] == f"{room.id};messageid={root.id}"
    assert first["from"]["aadObjectId"] == ann.user.aad
    assert first["channelData"]["team"]["id"] == room.team
    teams.rsc.add("ChannelMessage.Read.Group")
    await ann.say("lunch!", room)
    assert bot.heard[-1]["text"] == "lunch!"


async def test_what_is_sent_is_signed_for_the_bot(teams: Teams, bot: Bot) -> None:
    await teams.add_person("Ann").tell("help")
    token = bot.heard[0]["_token"].removeprefix("Bearer ")
    key = private_key("key-1").public_key()
    said = jwt.decode(
        token, key, ["RS256"], audience=teams.login.app_id, options={"verify_exp": False}
    )
    assert said["serviceurl"] == bot.heard[0]["serviceUrl"]


async def test_a_press_brings_the_new_card(teams: Teams, bot: Bot) -> None:
    ann = teams.add_person("Ann")
    room = teams.add_channel("Incidents", teams.add_team("Payments", ann.user))
    press = {"type": "Action.Execute", "title": "Acknowledge", "verb": "ack", "data": {"line": "x"}}
    said = {"type": "message", **carrying(card(actions=[press]))}
    message = teams.post(room, teams.bot_id, said)
    new = card({"type": "TextBlock", "text": "Ann has it"})
    bot.answers["adaptiveCard/action"] = {"statusCode": 200, "type": ADAPTIVE, "value": new}
    shown = await ann.press("Acknowledge", message)
    assert shown.card == new
    assert bot.heard[0]["value"]["action"]["data"] == {"line": "x"}
    assert bot.heard[0]["replyToId"] == message.id
    bot.answers["adaptiveCard/action"] = {"ok": True}
    assert (await ann.press("Acknowledge", message)).trouble
    assert teams.complaints


async def test_a_dialog_is_opened_filled_in_and_closed(teams: Teams, bot: Bot) -> None:
    ann = teams.add_person("Ann")
    opens = {
        "type": "Action.Submit",
        "title": "Update",
        "data": {"msteams": {"type": "task/fetch"}, "line": "update #7"},
    }
    message = teams.post(
        ann.personal, teams.bot_id, {"type": "message", **carrying(card(actions=[opens]))}
    )
    send = {"type": "Action.Submit", "title": "Save", "data": {"line": "update #7"}}
    form = card({"type": "Input.Text", "id": "text", "label": "What we know"}, actions=[send])
    info = {"title": "Update #7", "height": "medium", "width": "medium"}
    info |= {"card": {"contentType": ADAPTIVE, "content": form}}
    bot.answers["task/fetch"] = {"task": {"type": "continue", "value": info}}
    shown = await ann.press("Update", message)
    assert shown.dialog is not None
    assert (await ann.submit({"What we know": "all is well"})).dialog is None
    assert bot.heard[-1]["value"]["data"] == {"line": "update #7", "text": "all is well"}
    assert ann.dialog is None


async def test_an_edit_and_a_deletion_are_told(teams: Teams, bot: Bot) -> None:
    teams.rsc.add("ChannelMessage.Read.Group")
    ann = teams.add_person("Ann")
    room = teams.add_channel("Incidents", teams.add_team("Payments", ann.user))
    said = await ann.say("disk is ful", room)
    await ann.edit(said, "disk is full")
    await ann.delete(said)
    told = [(one["type"], one["channelData"].get("eventType")) for one in bot.heard]
    assert told == [
        ("message", None),
        ("messageUpdate", "editMessage"),
        ("messageDelete", "softDeleteMessage"),
    ]
    assert [one["id"] for one in bot.heard] == [said.id] * 3


async def test_installing_and_removing_is_told(teams: Teams, bot: Bot) -> None:
    ann = teams.add_person("Ann", installed=False)
    await teams.events.installs(ann.user)
    await teams.events.removes(ann.user)
    actions = [one["action"] for one in bot.heard if one["type"] == "installationUpdate"]
    assert actions == ["add", "remove"]
    assert ann.id not in teams.installed_for
