"""What every method has in common: the token, the arguments, the scopes, the limits."""

from typing import TYPE_CHECKING, Any

from tests.fakes.slack.call import Call, read_arguments
from tests.fakes.slack.methods import METHODS
from tests.fakes.slack.methods.method import Method
from tests.fakes.slack.refusal import Refusal, wrong_arguments

if TYPE_CHECKING:
    from tests.fakes.slack.server import Slack

ALWAYS_TAKEN = {"team_id", "_x_id"}


def judged(slack: "Slack", name: str, token: str, said: dict[str, Any]) -> tuple[Method, Call]:
    """The method, and the call in its types; Refusal if Slack would not even begin."""
    method = METHODS.get(name)
    if method is None:
        raise Refusal("unknown_method", name)
    if name != "api.test":
        _judge_token(slack, method, token)
    if unknown := said.keys() - method.takes.keys() - ALWAYS_TAKEN:
        slack.complain(f"{name} does not take {', '.join(sorted(unknown))}")
    call = Call(slack, name, read_arguments(method.takes, said), token)
    missing = [need for need in method.needs if not said.get(need) and need not in CAN_BE_EMPTY]
    missing += [need for need in CAN_BE_EMPTY.intersection(method.needs) if need not in said]
    if missing:
        raise wrong_arguments(*(f"missing required field: {need}" for need in missing))
    call.need(*method.scopes)
    return method, call


CAN_BE_EMPTY = {"name", "topic", "purpose"}


def _judge_token(slack: "Slack", method: Method, token: str) -> None:
    app = slack.app
    if not token:
        raise Refusal("not_authed")
    if token not in (app.bot_token, app.app_token):
        raise Refusal("invalid_auth", "an unknown token")
    if (token == app.app_token) is not method.app_token:
        raise Refusal("not_allowed_token_type")
    if app.account_inactive:
        raise Refusal("account_inactive")
    if app.revoked:
        raise Refusal("token_revoked")


def check_limit(slack: "Slack", method: Method, call: Call) -> int:
    """Seconds to wait, or 0."""
    return slack.limits.wait(call.method, call.text("channel"), method.tier)
