"""What Slack's answers mean for whoever wanted something delivered.

One table: a code of https://docs.slack.dev/reference/methods, whether it can get better by itself,
and what somebody can do about it. A code nobody knows will not get better.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

from bot.domain.errors import DeliveryError


class Hope(Enum):
    """How a refusal may end."""

    NONE = "it will be refused again"
    TIME = "Slack is ill, and may be well in a while"
    PACE = "we asked too often; nothing was taken"
    OPERATOR = "somebody must mend the settings, and then everything can go out"


CODES: Final[Mapping[str, tuple[Hope, str]]] = {
    "ratelimited": (Hope.PACE, "Slack asks us to wait"),
    "rate_limited": (Hope.PACE, "Slack asks us to wait"),
    "message_limit_exceeded": (Hope.PACE, "the workspace sends too many messages"),
    "internal_error": (Hope.TIME, "Slack has a problem of its own"),
    "fatal_error": (Hope.TIME, "Slack has a problem of its own"),
    "service_unavailable": (Hope.TIME, "Slack is not available"),
    "request_timeout": (Hope.TIME, "Slack did not hear us out"),
    "team_added_to_org": (Hope.TIME, "the workspace is being moved"),
    "update_failed": (Hope.TIME, "Slack could not keep the edit"),
    "token_revoked": (Hope.OPERATOR, "the token was revoked; install the app again"),
    "token_expired": (Hope.OPERATOR, "the token has expired; install the app again"),
    "account_inactive": (Hope.OPERATOR, "the app was uninstalled or its account closed"),
    "invalid_auth": (Hope.OPERATOR, "the token is wrong; see slack.bot_token"),
    "not_authed": (Hope.OPERATOR, "the token is missing; see slack.bot_token"),
    "not_allowed_token_type": (Hope.OPERATOR, "slack.bot_token is no bot's token (`xoxb-…`)"),
    "org_login_required": (Hope.OPERATOR, "the workspace is being moved to an organisation"),
    "missing_scope": (Hope.NONE, "the app lacks a scope; install it again with the manifest"),
    "channel_not_found": (Hope.NONE, "there is no such channel, or Muster was not invited to it"),
    "is_archived": (Hope.NONE, "the channel is archived"),
    "not_in_channel": (Hope.NONE, "Muster is not in the channel; invite it"),
    "no_such_subteam": (Hope.NONE, "there is no such user group"),
    "restricted_action": (Hope.NONE, "an admin of the workspace does not allow it"),
    "restricted_action_read_only_channel": (Hope.NONE, "only some people may post there"),
    "restricted_action_thread_only_channel": (Hope.NONE, "the channel takes replies only"),
    "restricted_action_non_threadable_channel": (Hope.NONE, "the channel takes no replies"),
    "user_is_deactivated": (Hope.NONE, "the account is deactivated"),
    "user_disabled": (Hope.NONE, "the account is deactivated"),
    "user_not_found": (Hope.NONE, "there is no such account"),
    "users_not_found": (Hope.NONE, "nobody in the workspace has that address"),
    "user_not_visible": (Hope.NONE, "the account cannot be seen by Muster"),
    "user_not_in_channel": (Hope.NONE, "the person is not in the channel"),
    "cannot_dm_bot": (Hope.NONE, "the account is a bot's"),
    "cant_invite": (Hope.NONE, "the person may not be invited"),
    "user_is_restricted": (Hope.NONE, "the person is a guest"),
    "messages_tab_disabled": (Hope.NONE, "the app's messages tab is off; see the manifest"),
    "cant_update_message": (Hope.NONE, "the message is not ours to edit"),
    "message_not_found": (Hope.NONE, "the message is gone"),
    "edit_window_closed": (Hope.NONE, "the workspace allows no edits so late"),
    "msg_too_long": (Hope.NONE, "the message is too long"),
    "msg_blocks_too_long": (Hope.NONE, "the message is too long"),
    "invalid_blocks": (Hope.NONE, "the message was built wrongly"),
    "name_taken": (Hope.NONE, "a channel has that name"),
    "too_many_members": (Hope.NONE, "the channel is full"),
    "trigger_expired": (Hope.NONE, "the form came too late; press again"),
    "expired_trigger_id": (Hope.NONE, "the form came too late; press again"),
    "exchanged_trigger_id": (Hope.NONE, "the form was opened already"),
    "trigger_exchanged": (Hope.NONE, "the form was opened already"),
    "ekm_access_denied": (Hope.NONE, "an admin suspended messages in this workspace"),
}
"""Code → what may become of it, and in words."""


class SlackRefused(DeliveryError):
    """`code` is Slack's own word; `hope` how it may end; `answer` the rest of what it said."""

    def __init__(
        self,
        method: str,
        code: str,
        *,
        retry_after: float | None = None,
        answer: Mapping[str, Any] | None = None,
    ) -> None:
        hope, words = CODES.get(code, (Hope.NONE, "that is new to us"))
        self.code, self.hope = code, hope
        self.answer: Mapping[str, Any] = answer or {}
        super().__init__(
            f"Slack refused {method}: {words} ({code}{self._details()})",
            permanent=hope is Hope.NONE,
            retry_after=retry_after,
            paced=hope is Hope.PACE,
        )

    def _details(self) -> str:
        """The scope that is missing, the block that is wrong."""
        needed = self.answer.get("needed")
        messages = (self.answer.get("response_metadata") or {}).get("messages") or ()
        said = [f"needs {needed}"] if needed else []
        said += [str(message)[:200] for message in messages[:3]]
        return "".join(f"; {one}" for one in said)


class SlackSilent(DeliveryError):
    """No answer worth the name: a status, half a body, a closed connection, nothing in time.

    Whether the call was heard is not known.
    """


class Paced(DeliveryError):
    """Nothing was sent: Slack would refuse it now, or asked us to wait; `retry_after` seconds."""

    def __init__(self, what: str, seconds: float, *, for_all: bool = False) -> None:
        self.what, self.seconds = what, seconds
        super().__init__(f"{what} waits its turn", retry_after=seconds, paced=True, for_all=for_all)
