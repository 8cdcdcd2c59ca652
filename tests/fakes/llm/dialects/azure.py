"""OpenAI's models at Azure: the deployment stands in the path, the version in the query.

https://learn.microsoft.com/azure/ai-foundry/openai/reference#chat-completions
"""

import re
from dataclasses import replace
from typing import Any

from aiohttp import web

from tests.fakes.llm.dialects import openai
from tests.fakes.llm.wire import KEY, Asked

_VERSION = re.compile(r"20\d\d-\d\d-\d\d(-preview)?")
_SHAPED = "2024-08-01-preview"
"""The first version of the API that gives JSON of a shape."""


def _admits(request: web.Request) -> bool:
    return request.headers.get("api-key") == KEY


def _complaint(body: Any, request: web.Request) -> str:
    version = request.query.get("api-version", "")
    if not _VERSION.fullmatch(version):
        return "API version not supported"
    shaped = (body.get("response_format") or {}).get("type") == "json_schema"
    if shaped and version < _SHAPED:
        return f"response_format value as json_schema is enabled only for {_SHAPED} and later"
    return openai.complaint(body, request)


def _read(body: Any, request: web.Request) -> Asked:
    return replace(openai.read(body, request), model=request.match_info["deployment"])


def _error(status: int, why: str) -> dict[str, Any]:
    return {"error": {"code": str(status), "message": why}}


def _busy(seconds: str) -> tuple[dict[str, str], dict[str, Any]]:
    """It says it twice, in seconds rounded up and in milliseconds."""
    headers = {"retry-after": seconds, "retry-after-ms": str(int(seconds) * 1_000)}
    return headers, _error(429, "Requests have exceeded the call rate limit of your tier.")


AZURE = replace(
    openai.OPENAI,
    path="/openai/deployments/{deployment}/chat/completions",
    base="",
    admits=_admits,
    complaint=_complaint,
    read=_read,
    error=_error,
    busy=_busy,
)
