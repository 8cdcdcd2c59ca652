"""What a message may be made of, judged before anything happens."""

import json
from typing import Any, Final

from tests.fakes.slack.block_kit.blocks import Surface, judge_blocks, named
from tests.fakes.slack.call import Call
from tests.fakes.slack.refusal import Refusal
from tests.fakes.slack.state import Json

LONGEST_POST: Final = 40_000
LONGEST_UPDATE: Final = 4_000
"""https://docs.slack.dev/reference/methods/chat.update: msg_too_long."""
MOST_ATTACHMENTS: Final = 100


def judge_content(call: Call, *, longest: int = LONGEST_POST) -> Json:
    """`text`, `blocks`, `attachments` and `metadata` as they will stand in the message."""
    text, blocks, attachments = call.text("text"), call.items("blocks"), call.items("attachments")
    if not (text or blocks or attachments or call.text("markdown_text")):
        raise Refusal("no_text")
    if not text.strip():
        call.slack.complain(f"{call.method}: no text to show where blocks cannot be shown")
    if len(text) > longest:
        raise Refusal("msg_too_long", f"{len(text)} characters")
    new_id = call.slack.new_block_id
    _refuse_blocks(judge_blocks(blocks, Surface.MESSAGE))
    _judge_attachments(attachments)
    return {
        "text": text or call.text("markdown_text"),
        "blocks": named(blocks, new_id),
        "attachments": [_with_ids(each, place, new_id) for place, each in enumerate(attachments)],
        "metadata": judge_metadata(call.said.get("metadata")),
    }


def _refuse_blocks(wrongs: list[str]) -> None:
    if wrongs:
        raise Refusal(
            "invalid_blocks",
            "; ".join(wrongs),
            errors=wrongs,
            response_metadata={"messages": [f"[ERROR] {wrong}" for wrong in wrongs]},
        )


def _judge_attachments(attachments: list[Any]) -> None:
    if len(attachments) > MOST_ATTACHMENTS:
        raise Refusal("too_many_attachments", str(len(attachments)))
    for place, attachment in enumerate(attachments):
        if not isinstance(attachment, dict):
            raise Refusal("invalid_attachments", f"attachment {place} is no object")
        at = f"/attachments/{place}/blocks"
        _refuse_blocks(judge_blocks(attachment.get("blocks", []), Surface.MESSAGE, at))


def _with_ids(attachment: Json, place: int, new_id: Any) -> Json:
    blocks = named(attachment.get("blocks", []), new_id)
    return {**attachment, "id": place + 1, **({"blocks": blocks} if blocks else {})}


def judge_metadata(metadata: Any) -> Json | None:
    """https://docs.slack.dev/messaging/message-metadata"""
    if metadata is None:
        return None
    if set(metadata) != {"event_type", "event_payload"}:
        raise Refusal("invalid_metadata_format", f"it has {sorted(metadata)}")
    if not isinstance(metadata["event_type"], str) or not isinstance(
        metadata["event_payload"], dict
    ):
        raise Refusal("invalid_metadata_format", "event_type is text, event_payload an object")
    if len(json.dumps(metadata)) > 16_000:
        raise Refusal("metadata_too_large")
    return dict(metadata)
