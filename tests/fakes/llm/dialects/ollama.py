"""Ollama's chat: https://docs.ollama.com/api/chat"""

import json
from collections.abc import Iterator
from typing import Any

from aiohttp import web

from tests.fakes.llm.wire import Asked, Dialect, bearer, halves, tokens, unknown

KNOWN = frozenset(
    {
        *("model", "messages", "tools", "format", "options", "stream", "keep_alive", "think"),
        *("logprobs", "top_logprobs"),
    }
)
OPTIONS = frozenset(
    {
        *("num_ctx", "num_predict", "temperature", "seed", "stop", "top_k", "top_p", "tfs_z"),
        *("repeat_last_n", "repeat_penalty", "mirostat", "mirostat_eta", "mirostat_tau"),
        *("num_gpu", "num_thread"),
    }
)


def _complaint(body: Any, request: web.Request) -> str:
    if wrong := unknown(body, KNOWN, frozenset({"model", "messages"})):
        return wrong
    for message in body["messages"]:
        if message.get("role") not in {"system", "user", "assistant", "tool"}:
            return "invalid role"
        if not isinstance(message.get("content"), str):
            return "invalid message content type"
    if not (body.get("format") in (None, "", "json") or isinstance(body.get("format"), dict)):
        return "invalid JSON schema in format"
    return unknown(body.get("options") or {}, OPTIONS, frozenset())


def _read(body: Any, request: web.Request) -> Asked:
    def said(role: str) -> str:
        return "\n".join(one["content"] for one in body["messages"] if one["role"] == role)

    options, shape = body.get("options") or {}, body.get("format")
    return Asked(
        body=body,
        model=body["model"],
        system=said("system"),
        user=said("user"),
        schema=shape if isinstance(shape, dict) else None,
        limit=options.get("num_predict"),
        stream=body.get("stream", True),
    )


def _answer(asked: Asked, content: str) -> dict[str, Any]:
    return {
        "model": asked.model,
        "created_at": "2026-01-05T09:00:00.000000Z",
        "message": {"role": "assistant", "content": content},
        "done": True,
        "done_reason": "stop",
        "total_duration": 3_000_000,
        "load_duration": 1_000_000,
        "prompt_eval_count": tokens(f"{asked.system}{asked.user}"),
        "prompt_eval_duration": 1_000_000,
        "eval_count": tokens(content),
        "eval_duration": 1_000_000,
    }


def _streamed(asked: Asked, content: str) -> Iterator[str]:
    begun = {"model": asked.model, "created_at": "2026-01-05T09:00:00.000000Z", "done": False}
    for piece in halves(content):
        yield json.dumps({**begun, "message": {"role": "assistant", "content": piece}}) + "\n"
    yield json.dumps(_answer(asked, "") | {"eval_count": tokens(content)}) + "\n"


def _declined(asked: Asked) -> dict[str, Any]:
    return _answer(asked, "I cannot help with that.")


def _error(status: int, why: str) -> dict[str, Any]:
    return {"error": why}


def _busy(seconds: str) -> tuple[dict[str, str], dict[str, Any]]:
    """Itself it says 503 and no time; a proxy before it says this."""
    return {"Retry-After": seconds}, _error(429, "too many requests")


OLLAMA = Dialect(
    path="/api/chat",
    base="",
    admits=bearer,
    complaint=_complaint,
    read=_read,
    answer=_answer,
    streamed=_streamed,
    stream_type="application/x-ndjson",
    declined=_declined,
    error=_error,
    busy=_busy,
)
