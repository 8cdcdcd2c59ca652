"""Who calls, and what they may."""

from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import Slack
from tests.unit.slack_sim.conftest import refusal


async def test_the_token_says_who_is_here_and_with_which_scopes(
    slack: Slack, client: AsyncWebClient
) -> None:
    me = await client.auth_test()
    assert (me["user_id"], me["team_id"]) == (slack.app.bot_user, slack.app.team_id)
    assert "chat:write" in me.headers["x-oauth-scopes"]


async def test_a_missing_scope_is_named(slack: Slack, client: AsyncWebClient) -> None:
    slack.app.scopes = {"chat:write"}
    with_scopes = client.conversations_create(name="inc-7")
    assert await refusal(with_scopes) == "missing_scope"
    answer = slack.calls[-1].answer
    assert (answer["needed"], answer["provided"]) == ("channels:manage", "chat:write")


async def test_a_wrong_kind_of_token_is_refused(slack: Slack, client: AsyncWebClient) -> None:
    assert await refusal(client.auth_test(token=slack.app.app_token)) == "not_allowed_token_type"
    bot = client.apps_connections_open(app_token=slack.app.bot_token)
    assert await refusal(bot) == "not_allowed_token_type"
    nobody = AsyncWebClient("xoxb-of-somebody-else", base_url=slack.api_url)
    assert await refusal(nobody.auth_test()) == "invalid_auth"
    silent = AsyncWebClient(base_url=slack.api_url)
    assert await refusal(silent.auth_test()) == "not_authed"


async def test_a_revoked_token_is_worth_nothing(slack: Slack, client: AsyncWebClient) -> None:
    await client.auth_revoke()
    assert await refusal(client.auth_test()) == "token_revoked"
    assert not slack.complaints


async def test_an_address_is_seen_only_with_its_scope(slack: Slack, client: AsyncWebClient) -> None:
    found = await client.users_lookupByEmail(email="ann@example.com")
    assert found["user"]["id"] == "U0ANN"
    slack.app.scopes.discard("users:read.email")
    assert "email" not in (await client.users_info(user="U0ANN"))["user"]["profile"]


async def test_what_a_method_does_not_take_is_complained_about(
    slack: Slack, client: AsyncWebClient
) -> None:
    await client.api_call("auth.test", params={"colour": "red"})
    assert slack.complaints == ["auth.test does not take colour"]
    assert await refusal(client.api_call("chat.shout")) == "unknown_method"
