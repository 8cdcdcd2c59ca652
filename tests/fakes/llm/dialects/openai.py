"""OpenAI's wire format: what a request must look like, and what an answer does.

https://platform.openai.com/docs/api-reference/chat/create
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from aiohttp import web

from tests.fakes.llm.wire import Asked, Dialect, bearer, halves, tokens

CHAT = frozenset(
    {
        *("model", "messages", "stream", "stream_options", "max_completion_tokens", "max_tokens"),
        *("temperature", "top_p", "n", "stop", "response_format", "tools", "tool_choice", "seed"),
        *("parallel_tool_calls", "user", "metadata", "reasoning_effort", "presence_penalty"),
    }
)
ROLES = frozenset({"system", "developer", "user", "assistant", "tool"})


def read(body: Any, request: web.Request) -> Asked:
    tool = _tool(body)
    return Asked(
        body=body,
        model=body["model"],
        system="\n".join(_texts(body, "system")),
        user="\n".join(_texts(body, "user")),
        schema=_schema(body, tool),
        tool=tool,
        limit=body.get("max_completion_tokens") or body.get("max_tokens"),
        stream=bool(body.get("stream")),
    )


def _tool(body: Mapping[str, Any]) -> str | None:
    choice = body.get("tool_choice")
    return choice["function"]["name"] if isinstance(choice, dict) else None


def _schema(body: Mapping[str, Any], tool: str | None) -> Mapping[str, Any] | None:
    if tool is not None:
        tools = (one["function"] for one in body["tools"])
        return next(one["parameters"] for one in tools if one["name"] == tool)
    said = body.get("response_format") or {}
    return said["json_schema"]["schema"] if said.get("type") == "json_schema" else None


def _texts(body: Mapping[str, Any], role: str) -> Iterator[str]:
    for message in body["messages"]:
        if message["role"] == role:
            content = message["content"]
            parts = [{"text": content}] if isinstance(content, str) else content
            yield from (part["text"] for part in parts)


def complaint(body: Any, request: web.Request) -> str:
    if not isinstance(body, dict):
        return "the body is no JSON object"
    if unknown := sorted(body.keys() - CHAT):
        return f"unknown arguments: {unknown}"
    if not isinstance(body.get("model"), str) or not body["model"]:
        return "there is no model"
    return _about_messages(body.get("messages")) or _about_shape(body)


def _about_messages(messages: Any) -> str:
    if not isinstance(messages, list) or not messages:
        return "there are no messages"
    for message in messages:
        if not isinstance(message, dict) or message.get("role") not in ROLES:
            return f"a message without a known role: {message!r}"[:200]
        content = message.get("content")
        if not isinstance(content, str) and not isinstance(content, list):
            return "a message without content"
    return ""


def _about_shape(body: Mapping[str, Any]) -> str:
    said = body.get("response_format")
    if said is not None:
        if said.get("type") == "json_schema":
            told = said.get("json_schema") or {}
            if not told.get("name") or not isinstance(told.get("schema"), dict):
                return "json_schema needs a name and a schema"
            return _about_strict(told["schema"], told["schema"]) if told.get("strict") else ""
        if said.get("type") not in {"json_object", "text"}:
            return f"unknown response_format: {said.get('type')}"
    for tool in body.get("tools") or ():
        if tool.get("type") != "function" or not tool.get("function", {}).get("name"):
            return "a tool without a name"
    choice = body.get("tool_choice")
    names = {tool["function"]["name"] for tool in body.get("tools") or ()}
    if isinstance(choice, dict) and choice["function"]["name"] not in names:
        return "tool_choice names no tool"
    return ""


def _about_strict(schema: Any, whole: Mapping[str, Any]) -> str:
    """https://platform.openai.com/docs/guides/structured-outputs#supported-schemas"""
    if not isinstance(schema, dict):
        return ""
    if "$ref" in schema and schema.keys() - {"$ref"}:
        return "$ref stands beside other keywords"
    if "default" in schema:
        return "strict takes no default"
    if schema.get("type") == "object":
        if schema.get("additionalProperties") is not False:
            return "strict needs additionalProperties: false"
        if set(schema.get("required", ())) != set(schema.get("properties", {})):
            return "strict needs every property to be required"
    inner = [
        *(schema.get("properties") or {}).values(),
        *(schema.get("$defs") or {}).values(),
        *(schema.get("anyOf") or ()),
        schema.get("items"),
    ]
    return next(filter(None, (_about_strict(one, whole) for one in inner)), "")


def completion(asked: Asked, content: str, *, finish: str = "stop") -> dict[str, Any]:
    """The answer as the vendor dresses it, with what it used up."""
    message: dict[str, Any] = {"role": "assistant", "content": content, "refusal": None}
    if asked.tool is not None:
        call = {"name": asked.tool, "arguments": content}
        message["content"] = None
        message["tool_calls"] = [{"id": "call_1", "type": "function", "function": call}]
        finish = "tool_calls"
    used, made = tokens(f"{asked.system}{asked.user}"), tokens(content)
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_767_600_000,
        "model": asked.model,
        "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}],
        "usage": {"prompt_tokens": used, "completion_tokens": made, "total_tokens": used + made},
    }


def declined(asked: Asked) -> dict[str, Any]:
    told = completion(asked, "")
    told["choices"][0]["message"].update(content=None, refusal="I cannot help with that.")
    return told


def streamed(asked: Asked, content: str) -> Iterator[str]:
    whole = {**completion(asked, content), "object": "chat.completion.chunk"}
    for piece in halves(content):
        delta = {"index": 0, "delta": {"content": piece}, "finish_reason": None}
        yield f"data: {json.dumps({**whole, 'choices': [delta], 'usage': None})}\n\n"
    yield f"data: {json.dumps({**whole, 'choices': []})}\n\ndata: [DONE]\n\n"


def error(status: int, why: str) -> dict[str, Any]:
    told = {"message": why, "type": "invalid_request_error", "param": None, "code": None}
    return {"error": told}


def busy(seconds: str) -> tuple[dict[str, str], dict[str, Any]]:
    told = {"message": "Rate limit reached", "type": "requests", "code": "rate_limit_exceeded"}
    return {"Retry-After": seconds}, {"error": told}


OPENAI = Dialect(
    path="/v1/chat/completions",
    base="/v1",
    admits=bearer,
    complaint=complaint,
    read=read,
    answer=completion,
    streamed=streamed,
    stream_type="text/event-stream",
    declined=declined,
    error=error,
    busy=busy,
)
