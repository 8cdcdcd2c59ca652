"""What a bot may do in conversations, and what it is refused."""

import json
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.sights import deleted, post, reply
from tests.fakes.teams import Teams
from tests.fakes.teams.collector import expect_only, personal
from tests.fakes.teams.faults import GONE, LOST_ANSWER, broken, rate_limited
from tests.fakes.teams.login import CONNECTOR
from tests.unit.teams_sim.conftest import Caller

ADAPTIVE = "application/vnd.microsoft.card.adaptive"


def card(*body: Any, **more: Any) -> dict[str, Any]:
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body), **more}


def carrying(content: Any) -> dict[str, Any]:
    return {"text": "", "attachments": [{"contentType": ADAPTIVE, "content": content}]}


HELLO = card({"type": "TextBlock", "text": "hello"})


async def test_a_root_its_reply_its_update_and_its_end(teams: Teams, call: Caller) -> None:
    ann = teams.add_user("Ann")
    room = teams.add_channel("Incidents", teams.add_team("Payments", ann))
    said = {
        "isGroup": True,
        "channelData": {"channel": {"id": room.id}},
        "activity": {"type": "message", "text": "Checkout is down"},
    }
    status, made = await call("POST", "v3/conversations", said)
    assert status == 201
    assert made["id"] == f"{room.id};messageid={made['activityId']}"
    status, answer = await call.send(made["id"], "Ann has it")
    assert (status, list(answer)) == (201, ["id"])
    at = f"v3/conversations/{quote(made['id'])}/activities"
    changed = {"type": "message", "text": "Checkout works"}
    assert (await call("PUT", f"{at}/{made['activityId']}", changed))[0] == 200
    assert (await call("DELETE", f"{at}/{answer['id']}"))[0] == 200
    status, gone = await call("PUT", f"{at}/{answer['id']}", changed)
    assert (status, gone["error"]["code"]) == (404, "ActivityNotFoundInConversation")
    expect_only(
        teams, post("Incidents", "Checkout works", edits=1), deleted("Incidents", "Ann has it")
    )


async def test_a_reply_to_a_root_is_in_its_thread(teams: Teams, call: Caller) -> None:
    room = teams.add_channel("Incidents", teams.add_team("Payments"))
    _, root = await call.send(room.id, "root")
    path = f"v3/conversations/{quote(room.id)}/activities/{root['id']}"
    await call("POST", path, {"type": "message", "text": "reply", "replyToId": root["id"]})
    expect_only(teams, post("Incidents", "root"), reply("Incidents", "reply"))


async def test_a_personal_chat_is_opened_for_those_who_have_the_bot(
    teams: Teams, call: Caller
) -> None:
    ann, ben = teams.add_user("Ann"), teams.add_user("Ben", installed=False)
    said = {"members": [{"id": ann.aad}], "tenantId": teams.tenant}
    status, made = await call("POST", "v3/conversations", said)
    assert status == 201
    await call.send(made["id"], "Only for you")
    status, no = await call("POST", "v3/conversations", {**said, "members": [{"id": ben.id}]})
    assert (status, no["error"]["code"]) == (403, "ForbiddenOperation")
    expect_only(teams, personal("Ann", "Only for you"))


async def test_where_the_bot_is_not_it_says_nothing(teams: Teams, call: Caller) -> None:
    room = teams.add_channel("Incidents", teams.add_team("Payments", has_bot=False))
    status, no = await call.send(room.id)
    assert (status, no["error"]["code"]) == (403, "BotNotInConversationRoster")
    assert (await call.send("19:nowhere@thread.tacv2"))[0] == 404
    assert (await call.send(f"{room.id};messageid=1"))[0] in (403, 404)
    assert teams.complaints == []


@pytest.mark.parametrize(
    "said",
    [
        {"text": ""},
        {"type": "trace"},
        {"text": "x" * 29_000},
        {"text": "both", "attachments": [{"contentType": ADAPTIVE, "content": HELLO}]},
        {"text": "<at>Ann</at> look"},
        {"entities": [{"type": "mention", "text": "<at>Ann</at>", "mentioned": {"id": "29:ann"}}]},
        {"replyToId": "1"},
        carrying({**HELLO, "version": "1.6"}),
        carrying({**HELLO, "type": "Card"}),
        carrying(card({"type": "TextBlock"})),
        carrying(card({"type": "Marquee", "text": "x"})),
        carrying(card({"type": "TextBlock", "text": "x" * 29_000})),
        carrying(card({"type": "Input.Text", "id": "a"}, {"type": "Input.Text", "id": "a"})),
        carrying(card({"type": "Input.Text", "id": "a", "isRequired": True})),
        carrying(card({"type": "FactSet", "facts": [{"title": "n", "value": 7}]})),
        carrying(card(actions=[{"type": "Action.OpenUrl", "title": "x", "url": "javascript:1"}])),
        carrying(card(actions=[{"type": "Action.Execute", "title": str(n)} for n in range(7)])),
        carrying(card(refresh={"action": {"type": "Action.Submit"}})),
        carrying(
            card(refresh={"action": {"type": "Action.Execute"}, "userIds": ["29:a"] * 61}),
        ),
        carrying(card({"type": "TextBlock", "text": "<at>Ann</at>"})),
    ],
)
async def test_what_teams_does_not_take_is_a_bug(
    teams: Teams, call: Caller, said: dict[str, Any]
) -> None:
    room = teams.add_channel("Incidents", teams.add_team("Payments"))
    status, _ = await call.send(room.id, **said)
    assert status in (400, 413), json.dumps(said)[:200]
    assert teams.complaints
    assert teams.said_in(room) == []


async def test_members_come_in_pages(teams: Teams, call: Caller) -> None:
    teams.connector.smallest_page = 1
    people = [teams.add_user(name) for name in ("Ann", "Ben", "Cara")]
    room = teams.add_channel("Incidents", teams.add_team("Payments", *people))
    path = f"v3/conversations/{quote(room.id)}/pagedmembers?pageSize=2"
    _, first = await call("GET", path)
    _, rest = await call("GET", f"{path}&continuationToken={first['continuationToken']}")
    names = [one["name"] for one in (*first["members"], *rest["members"])]
    assert names == ["Ann", "Ben", "Cara"]
    assert "continuationToken" not in rest
    path = f"v3/conversations/{quote(room.id)}/members"
    assert (await call("GET", f"{path}/{people[0].aad}"))[1]["id"] == people[0].id
    assert (await call("GET", f"{path}/29:nobody"))[0] == 404


async def test_without_a_good_token_nothing_is_done(
    teams: Teams, call: Caller, clock: FakeClock
) -> None:
    room = teams.add_channel("Incidents", teams.add_team("Payments"))
    assert (await call.token(CONNECTOR, client_secret="guess"))[0] == 401
    assert (await call.token("https://elsewhere.example/.default"))[0] == 400
    assert (await call.send(room.id))[0] == 201
    clock.forward(hours=2)
    assert (await call.send(room.id))[1]["error"]["code"] == "TokenExpired"
    call.tokens[CONNECTOR] = "made up"
    assert (await call.send(room.id))[0] == 401


async def test_faults_by_script(teams: Teams, call: Caller) -> None:
    room = teams.add_channel("Incidents", teams.add_team("Payments"))
    teams.faults.add("send", rate_limited(7), broken(504), LOST_ANSWER, GONE)
    assert (await call.send(room.id))[0] == 429
    with pytest.raises(aiohttp.ContentTypeError):
        await call.send(room.id)
    with pytest.raises(aiohttp.ClientError):
        await call.send(room.id, "said though nobody was told")
    assert (await call.send(room.id))[0] == 404
    expect_only(teams, post("Incidents", "said though nobody was told"))


async def test_seven_a_second_in_one_conversation(
    teams: Teams, call: Caller, clock: FakeClock
) -> None:
    teams.limits.on = True
    team = teams.add_team("Payments")
    one, other = teams.add_channel("One", team), teams.add_channel("Other", team)
    assert [(await call.send(one.id))[0] for _ in range(8)] == [201] * 7 + [429]
    assert (await call.send(other.id))[0] == 201
    clock.forward(seconds=2)
    assert (await call.send(one.id))[0] == 201
