"""What Slack says no with."""

from typing import Any, Final

ONLY_BUGS: Final = frozenset(
    {
        "cant_invite_self",
        "duplicate_external_id",
        "exchanged_trigger_id",
        "invalid_arg_name",
        "invalid_arguments",
        "invalid_array_arg",
        "invalid_attachments",
        "invalid_auth",
        "invalid_blocks",
        "invalid_cursor",
        "invalid_json",
        "invalid_limit",
        "invalid_metadata_format",
        "invalid_name",
        "invalid_name_maxlength",
        "invalid_name_punctuation",
        "invalid_name_required",
        "invalid_name_specials",
        "invalid_trigger_id",
        "metadata_too_large",
        "missing_scope",
        "msg_too_long",
        "no_text",
        "not_allowed_token_type",
        "not_authed",
        "too_long",
        "too_many_attachments",
        "unknown_method",
        "view_too_large",
    }
)
"""Answers that no state of a workspace brings about: whoever gets one has a bug."""


class Refusal(Exception):
    """`{"ok": false, "error": code, **more}`; `why` is for the people who read `complaints`."""

    def __init__(self, code: str, why: str = "", **more: Any) -> None:
        super().__init__(f"{code}: {why}" if why else code)
        self.code = code
        self.more = more


def wrong_arguments(*messages: str) -> Refusal:
    """As https://docs.slack.dev/apis/web-api/#responses shows it."""
    return Refusal(
        "invalid_arguments",
        "; ".join(messages),
        response_metadata={"messages": [f"[ERROR] {message}" for message in messages]},
    )
