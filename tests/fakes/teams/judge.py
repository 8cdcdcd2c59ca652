"""Whether an activity is one that Teams takes.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
https://learn.microsoft.com/microsoftteams/platform/bots/how-to/format-your-bot-messages
"""

import json
from typing import Any, Final

from tests.fakes.teams.cards import ADAPTIVE_ONLY, check_mentions, judge
from tests.fakes.teams.refusal import Refusal, bad
from tests.fakes.teams.state import ADAPTIVE, Json

SIZE: Final = 28 * 1024
TYPES: Final = frozenset({"message", "typing"})
FORMATS: Final = frozenset({"plain", "markdown", "xml"})
LAYOUTS: Final = frozenset({"list", "carousel"})


def judge_activity(said: Any) -> Json:
    """The activity, unless Teams refuses it. Raises Refusal."""
    if not isinstance(said, dict):
        raise bad("an activity is an object")
    if said.get("type") not in TYPES:
        raise bad(f"a bot sends no activity of type {said.get('type')!r}")
    if len(json.dumps(said, ensure_ascii=False).encode()) > SIZE:
        raise Refusal(413, "MessageSizeTooBig", "The message is larger than 28 KB.")
    return said if said["type"] == "typing" else _message(said)


def _message(said: Json) -> Json:
    text, attachments = said.get("text") or "", said.get("attachments") or ()
    if bool(text) == bool(attachments):
        raise bad("a message has text or attachments; both are split, and their id is lost")
    if said.get("textFormat", "markdown") not in FORMATS:
        raise bad(f"textFormat {said['textFormat']!r}")
    if said.get("attachmentLayout", "list") not in LAYOUTS:
        raise bad(f"attachmentLayout {said['attachmentLayout']!r}")
    for attachment in attachments:
        _attachment(attachment)
    if text:
        check_mentions(text, said.get("entities") or ())
    elif any(e.get("type") == "mention" for e in said.get("entities") or ()):
        raise bad("mentions in a card stand in its msteams.entities, not in the activity's")
    return said


def _attachment(attachment: Any) -> None:
    if not isinstance(attachment, dict) or not attachment.get("contentType"):
        raise bad("an attachment needs contentType")
    if attachment["contentType"] == ADAPTIVE:
        judge(attachment.get("content"))
        if not set(attachment) <= ADAPTIVE_ONLY:
            raise bad(f"an attachment has no {sorted(set(attachment) - ADAPTIVE_ONLY)}")
