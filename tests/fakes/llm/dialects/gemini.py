"""Gemini's generateContent: https://ai.google.dev/api/generate-content"""

from collections.abc import Iterator, Mapping
from typing import Any

from aiohttp import web

from tests.fakes.llm.wire import KEY, Asked, Dialect, tokens, unknown

KNOWN = frozenset(
    {
        *("contents", "systemInstruction", "generationConfig", "safetySettings", "tools"),
        *("toolConfig", "cachedContent", "model", "store", "serviceTier"),
    }
)
CONFIG = frozenset(
    {
        *("maxOutputTokens", "temperature", "topP", "topK", "candidateCount", "stopSequences"),
        *("responseMimeType", "responseSchema", "responseJsonSchema", "seed", "thinkingConfig"),
        *("presencePenalty", "frequencyPenalty", "responseModalities", "responseLogprobs"),
    }
)
SCHEMA = frozenset(
    {
        *("$id", "$defs", "$ref", "$anchor", "type", "format", "title", "description", "enum"),
        *("items", "prefixItems", "minItems", "maxItems", "minimum", "maximum", "anyOf", "oneOf"),
        *("properties", "additionalProperties", "required", "propertyOrdering"),
    }
)
"""https://ai.google.dev/api/generate-content#FIELDS.response_json_schema"""


def _admits(request: web.Request) -> bool:
    return request.headers.get("x-goog-api-key") == KEY


def _complaint(body: Any, request: web.Request) -> str:
    if wrong := unknown(body, KNOWN, frozenset({"contents"})):
        return f"Invalid JSON payload received: {wrong}"
    for content in body["contents"]:
        if content.get("role") not in {"user", "model"} or not content.get("parts"):
            return "Please use a valid role: user, model."
    config = body.get("generationConfig") or {}
    if wrong := unknown(config, CONFIG, frozenset()):
        return f"Invalid JSON payload received at generation_config: {wrong}"
    schema = config.get("responseJsonSchema")
    if schema is None:
        return ""
    if config.get("responseMimeType") != "application/json":
        return "Function calling or a schema needs response mime type application/json"
    return _about_schema(schema)


def _about_schema(schema: Any) -> str:
    if not isinstance(schema, dict):
        return ""
    if strange := sorted(schema.keys() - SCHEMA):
        return f"response_json_schema has what is not supported: {strange}"
    inner = [
        *(schema.get("properties") or {}).values(),
        *(schema.get("$defs") or {}).values(),
        *(schema.get("anyOf") or ()),
        schema.get("items"),
    ]
    return next(filter(None, (_about_schema(one) for one in inner)), "")


def _read(body: Any, request: web.Request) -> Asked:
    config = body.get("generationConfig") or {}
    said = (_text(one) for one in body["contents"] if one["role"] == "user")
    return Asked(
        body=body,
        model=request.match_info["model"],
        system=_text(body.get("systemInstruction") or {}),
        user="\n".join(said),
        schema=config.get("responseJsonSchema"),
        limit=config.get("maxOutputTokens"),
    )


def _text(content: Mapping[str, Any]) -> str:
    return "".join(part.get("text", "") for part in content.get("parts") or ())


def _answer(asked: Asked, content: str) -> dict[str, Any]:
    used, made = tokens(f"{asked.system}{asked.user}"), tokens(content)
    return {
        "candidates": [
            {
                "content": {"parts": [{"text": content}], "role": "model"},
                "finishReason": "STOP",
                "index": 0,
            }
        ],
        "usageMetadata": {
            "promptTokenCount": used,
            "candidatesTokenCount": made,
            "totalTokenCount": used + made,
        },
        "modelVersion": asked.model,
        "responseId": "r1",
    }


def _streamed(asked: Asked, content: str) -> Iterator[str]:
    """Streams have a path of their own, which nobody takes here."""
    raise NotImplementedError


def _declined(asked: Asked) -> dict[str, Any]:
    """It says why and gives no candidate."""
    used = tokens(f"{asked.system}{asked.user}")
    return {
        "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"},
        "usageMetadata": {"promptTokenCount": used, "totalTokenCount": used},
        "modelVersion": asked.model,
    }


def _error(status: int, why: str) -> dict[str, Any]:
    names = {401: "UNAUTHENTICATED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED"}
    told = {"code": status, "message": why, "status": names.get(status, "INVALID_ARGUMENT")}
    return {"error": told}


def _busy(seconds: str) -> tuple[dict[str, str], dict[str, Any]]:
    """No header says it."""
    told = _error(429, "You exceeded your current quota.")
    told["error"]["details"] = [
        {"@type": "type.googleapis.com/google.rpc.Help", "links": []},
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{seconds}s"},
    ]
    return {}, told


GEMINI = Dialect(
    path="/v1beta/models/{model}:generateContent",
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
