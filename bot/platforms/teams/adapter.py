"""botbuilder, as the one who speaks the Connector's way of answering.

It is handed requests that `verify` has found good, so its own authentication, which can be turned
off by an empty setting, never runs; and it never sends: what goes out is not its business. Its
`CloudAdapter.process` serialises the answer to `Action.Execute` twice, `process_activity` does not.
"""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from botbuilder.core import CloudAdapterBase, InvokeResponse, TurnContext
from botbuilder.schema import Activity, ActivityTypes
from botframework.connector.auth import (
    AuthenticateRequestResult,
    BotFrameworkAuthentication,
    ClaimsIdentity,
    ConnectorFactory,
)
from msrest.exceptions import (  # type: ignore[attr-defined]  # msrest exports nothing by name
    DeserializationError,
    SerializationError,
)

from bot.domain.errors import Unauthentic, Unreadable
from bot.platforms.teams.heard import Answer

NOT_OURS: Final = "deliveryMode"
"""Asks for our replies in the answer itself; Teams never does, and ours go their own way."""


class Adapter(CloudAdapterBase):  # type: ignore[misc]  # botbuilder ships no types
    """`hears` is given the activity as it came."""

    def __init__(self, hears: Callable[[Mapping[str, Any]], Awaitable[Answer]]) -> None:
        super().__init__(_Authenticated())
        self.hears = hears

    async def process(self, claims: Mapping[str, Any], activity: Mapping[str, Any]) -> Answer:
        """What Teams is told.

        Raises:
            Unreadable: it is no activity.
        """
        answers: list[Answer] = []

        async def turn(context: TurnContext) -> None:
            answer = await self.hears(activity)
            answers.append(answer)
            response = InvokeResponse(status=answer.status, body=answer.body)
            told = Activity(type=ActivityTypes.invoke_response, value=response)
            context.turn_state[self._INVOKE_RESPONSE_KEY] = told

        known = AuthenticateRequestResult()
        known.claims_identity = ClaimsIdentity(dict(claims), is_authenticated=True)
        known.audience = str(claims["aud"])
        known.connector_factory = _SendsNothing()
        response = await self.process_activity(known, _read(activity), turn)
        if response is None:
            return answers[0] if answers else Answer(HTTPStatus.OK)
        return Answer(int(response.status), response.body)


def _read(activity: Mapping[str, Any]) -> Activity:
    """Raises Unreadable."""
    try:
        return Activity.deserialize({k: v for k, v in activity.items() if k != NOT_OURS})
    except (
        DeserializationError,
        SerializationError,
        AttributeError,
        KeyError,
        TypeError,
        ValueError,
    ) as wrong:
        raise Unreadable("This is no activity.") from wrong


class _Authenticated(BotFrameworkAuthentication):  # type: ignore[misc]  # nor this
    """Who comes here was believed before; nobody else is."""

    async def authenticate_request(self, activity: Activity, auth_header: str) -> object:
        raise Unauthentic("There is no other way in.")

    async def authenticate_streaming_request(self, auth_header: str, channel: str) -> object:
        raise Unauthentic("There is no other way in.")

    def create_connector_factory(self, claims_identity: ClaimsIdentity) -> ConnectorFactory:
        return _SendsNothing()

    async def create_user_token_client(self, claims_identity: ClaimsIdentity) -> object:
        return object()


class _SendsNothing(ConnectorFactory):  # type: ignore[misc]  # nor this
    async def create(self, service_url: str, audience: str) -> object:
        return object()
