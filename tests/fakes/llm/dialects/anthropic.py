"""Anthropic's Messages: https://platform.claude.com/docs/en/api/messages"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from aiohttp import web

from tests.fakes.llm.wire import KEY, Asked, Dialect, bearer, halves, tokens, unknown

KNOWN = frozenset(
    {
        *("model", "messages", "max_tokens", "system", "stream"),
        *("tools", "tool_choice", "stop_sequences", "metadata", "thinking", "service_tier"),
        *("output_config",),
    }
)
SAMPLING = frozenset({"temperature", "top_k", "top_p"})
"""Taken until 2023-06-01: https://platform.claude.com/docs/en/api/migration-2026-10-21"""

VERSIONS = frozenset({"2023-06-01", "2026-10-21"})
"""https://platform.claude.com/docs/en/api/versioning"""

NEEDED = frozenset({"model", "messages", "max_tokens"})
THINKING = ("claude-opus-5-5", "claude-sonnet-5-5", "claude-fable-5-1")
"""They think before they answer, and cannot be made to call a tool."""

TOOL = frozenset({"name", "description", "input_schema", "type", "cache_control", "strict"})


def _admits(request: web.Request) -> bool:
    """Either header will do; today's client sends the second."""
    return request.headers.get("x-api-key") == KEY or bearer(request)


def _complaint(body: Any, request: web.Request) -> str:
    version = request.headers.get("anthropic-version")
    if version not in VERSIONS:
        return f"anthropic-version: {version!r} is not a valid version"
    known = KNOWN | SAMPLING if version == "2023-06-01" else KNOWN
    if wrong := unknown(body, known, NEEDED):
        return wrong
    if not isinstance(body["max_tokens"], int) or body["max_tokens"] < 1:
        return "max_tokens: Input should be greater than or equal to 1"
    return _about_messages(body["messages"]) or _about_tools(body)


def _about_messages(messages: Any) -> str:
    if not isinstance(messages, list) or not messages:
        return "messages: at least one message is required"
    for place, message in enumerate(messages):
        if message.get("role") not in {"user", "assistant"}:
            return f"messages.{place}.role: Input should be 'user' or 'assistant'"
        if not _text(message.get("content")).strip():
            return f"messages.{place}: text content blocks must be non-empty"
    return "" if messages[0]["role"] == "user" else "messages: first message must use the user role"


def _about_tools(body: Mapping[str, Any]) -> str:
    tools = body.get("tools") or []
    for tool in tools:
        if wrong := unknown(tool, TOOL, frozenset({"name", "input_schema"})):
            return f"tools: {wrong}"
        if tool["input_schema"].get("type") != "object":
            return "tools.0.custom.input_schema.type: Field required"
    choice = body.get("tool_choice") or {}
    if choice.get("type") in {"tool", "any"} and body["model"].startswith(THINKING):
        return "tool_choice: this model does not support forced tool use"
    if choice.get("type") == "tool" and choice.get("name") not in {one["name"] for one in tools}:
        return f"Tool '{choice.get('name')}' not found in provided tools"
    return ""


def _read(body: Any, request: web.Request) -> Asked:
    choice = body.get("tool_choice") or {}
    tool = choice.get("name") if choice.get("type") == "tool" else None
    schemas = {one["name"]: one["input_schema"] for one in body.get("tools") or ()}
    said = (_text(one["content"]) for one in body["messages"] if one["role"] == "user")
    return Asked(
        body=body,
        model=body["model"],
        system=_text(body.get("system") or ""),
        user="\n".join(said),
        schema=schemas.get(tool) if tool else _shape(body),
        tool=tool,
        limit=body["max_tokens"],
        stream=bool(body.get("stream")),
    )


def _shape(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """https://platform.claude.com/docs/en/build-with-claude/structured-outputs"""
    asked = (body.get("output_config") or {}).get("format") or {}
    return asked.get("schema") if asked.get("type") == "json_schema" else None


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "".join(one.get("text", "") for one in content or () if one.get("type") == "text")


def _answer(asked: Asked, content: str) -> dict[str, Any]:
    """A tool is called with an object; what is none is said in words, as a model may."""
    blocks: list[dict[str, Any]] = [{"type": "text", "text": content}]
    if asked.tool is not None and content.startswith("{"):
        told = json.loads(content)
        blocks = [{"type": "tool_use", "id": "toolu_1", "name": asked.tool, "input": told}]
    called = blocks[0]["type"] == "tool_use"
    if asked.model.startswith(THINKING):
        blocks.insert(0, {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"})
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": asked.model,
        "content": blocks,
        "stop_reason": "tool_use" if called else "end_turn",
        "stop_sequence": None,
        "usage": {
            "input_tokens": tokens(f"{asked.system}{asked.user}"),
            "output_tokens": tokens(content),
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
        },
    }


def _streamed(asked: Asked, content: str) -> Iterator[str]:
    whole = _answer(asked, content)
    begun = {**whole, "content": [], "stop_reason": None}
    yield _event("message_start", message=begun)
    yield _event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    for piece in halves(content):
        yield _event("content_block_delta", index=0, delta={"type": "text_delta", "text": piece})
    yield _event("content_block_stop", index=0)
    ended = {"stop_reason": "end_turn", "stop_sequence": None}
    yield _event("message_delta", delta=ended, usage=whole["usage"])
    yield _event("message_stop")


def _event(type: str, **said: Any) -> str:
    return f"event: {type}\ndata: {json.dumps({'type': type, **said})}\n\n"


def _declined(asked: Asked) -> dict[str, Any]:
    return {**_answer(asked, "I cannot help with that."), "stop_reason": "refusal"}


def _error(status: int, why: str) -> dict[str, Any]:
    kinds = {401: "authentication_error", 404: "not_found_error", 429: "rate_limit_error"}
    told = {"type": kinds.get(status, "invalid_request_error"), "message": why}
    return {"type": "error", "error": told, "request_id": "req_1"}


def _busy(seconds: str) -> tuple[dict[str, str], dict[str, Any]]:
    return {"retry-after": seconds}, _error(429, "This request would exceed your rate limit.")


ANTHROPIC = Dialect(
    path="/v1/messages",
    base="",
    admits=_admits,
    complaint=_complaint,
    read=_read,
    answer=_answer,
    streamed=_streamed,
    stream_type="text/event-stream",
    declined=_declined,
    error=_error,
    busy=_busy,
)
