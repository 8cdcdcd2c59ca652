"""Channels by Graph: named, permitted, archived, and seen a little later."""

from tests.fakes.teams import Teams
from tests.unit.teams_sim.conftest import Caller


async def test_a_channel_is_made_renamed_and_archived(teams: Teams, call: Caller) -> None:
    team = teams.add_team("Payments")
    path = f"teams/{team.group}/channels"
    status, made = await call.graph("POST", path, {"displayName": "inc-7 checkout"})
    assert status == 201
    assert (await call.send(made["id"], "hello"))[0] == 201
    room = f"{path}/{made['id']}"
    assert (await call.graph("PATCH", room, {"displayName": "inc-7 payments"}))[0] == 204
    assert (await call.graph("POST", f"{room}/archive", {}))[0] == 202
    assert (await call.graph("POST", f"{room}/archive", {}))[0] == 400
    assert (await call.send(made["id"], "hello?"))[0] == 403
    assert (await call.graph("POST", f"{room}/unarchive", {}))[0] == 202
    assert teams.room("inc-7 payments").is_archived is False


async def test_names_have_rules_and_are_taken_once(teams: Teams, call: Caller) -> None:
    path = f"teams/{teams.add_team('Payments').group}/channels"
    assert (await call.graph("POST", path, {"displayName": "inc-7"}))[0] == 201
    for name in ("INC-7", "", "a/b", "#7", "x" * 51, "_x"):
        assert (await call.graph("POST", path, {"displayName": name}))[0] == 400, name


async def test_a_new_channel_is_not_seen_at_once(teams: Teams, call: Caller) -> None:
    teams.graph.lag = 2
    path = f"teams/{teams.add_team('Payments').group}/channels"
    _, made = await call.graph("POST", path, {"displayName": "inc-7"})
    room = f"{path}/{made['id']}"
    assert [(await call.graph("GET", room))[0] for _ in range(3)] == [404, 404, 200]


async def test_what_is_not_granted_is_forbidden(teams: Teams, call: Caller) -> None:
    teams.graph.granted = {"Channel.ReadBasic.All"}
    team = teams.add_team("Payments")
    path = f"teams/{team.group}/channels"
    assert (await call.graph("GET", path))[0] == 200
    assert (await call.graph("POST", path, {"displayName": "inc-7"}))[0] == 403


async def test_the_bot_installs_itself_for_somebody(teams: Teams, call: Caller) -> None:
    ben = teams.add_user("Ben", installed=False)
    _, apps = await call.graph("GET", "appCatalogs/teamsApps")
    bound = f"https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/{apps['value'][0]['id']}"
    path = f"users/{ben.aad}/teamwork/installedApps"
    assert (await call.graph("GET", path))[1]["value"] == []
    assert (await call.graph("POST", path, {"teamsApp@odata.bind": bound}))[0] == 201
    assert (await call.graph("POST", path, {"teamsApp@odata.bind": bound}))[0] == 409
    assert ben.id in teams.installed_for


async def test_a_private_incident_s_group_chat(teams: Teams, call: Caller) -> None:
    ann, ben = teams.add_user("Ann"), teams.add_user("Ben")
    bind = "https://graph.microsoft.com/v1.0/users('{}')"
    members = [{"user@odata.bind": bind.format(one.aad), "roles": ["owner"]} for one in (ann, ben)]
    app = {"teamsApp@odata.bind": f"…/appCatalogs/teamsApps/{teams.graph.catalog}"}
    said = {"chatType": "group", "topic": "#7", "members": members, "installedApps": [app]}
    status, made = await call.graph("POST", "chats", said)
    assert status == 201
    assert (await call.send(made["id"], "hello"))[0] == 201
