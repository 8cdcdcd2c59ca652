"""`/api/v1/openapi.json`: the same rows as the routes, as OpenAPI 3.1."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NotRequired

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from bot import __version__
from handlers.api.operation import PREFIX, Asked, Operation, Reply
from handlers.api.params import CREDENTIAL, LISTS, Kind, Param
from handlers.http import PROBLEM

PATH: Final = f"{PREFIX}/openapi.json"
REF: Final = "#/components/schemas/{model}"

WORDS: Final[Mapping[int, str]] = {
    200: "Done.",
    201: "Made.",
    202: "Stored.",
    204: "Done; there is nothing to show.",
    304: "You know this version.",
    400: "The request cannot be read.",
    401: "No credential, or a wrong one.",
    403: "Your rights do not reach.",
    404: "There is none, or not for you.",
    409: "The state refuses it.",
    412: "Somebody was faster: the version is another by now.",
    413: "The body is too large.",
    415: "The body is encoded in an unknown way.",
    422: "Understood, but not acceptable.",
    429: "More than this sender's limit.",
    503: "Not now; please try again.",
}
USUAL: Final = (400, 401, 403, 413, 422, 503)


class Problem(TypedDict):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    allowed: NotRequired[Sequence[str]]
    field: NotRequired[str]
    errors: NotRequired[Sequence[str]]
    reference: NotRequired[str]


class DocumentSubject:
    """`dev`: nobody needs a credential."""

    def __init__(self, operations: Iterable[Operation], *, dev: bool = False) -> None:
        self._operations, self._dev = tuple(operations), dev
        self._document: dict[str, Any] | None = None

    def operations(self) -> Iterable[Operation]:
        yield Operation(
            method="GET",
            path=PATH,
            name="openapi",
            about="This document.",
            do=self.show,
            open=True,
            shows=dict[str, Any],
        )

    async def show(self, asked: Asked) -> Reply:
        if self._document is None:
            self._document = document([*self._operations, *self.operations()], dev=self._dev)
        return Reply(data=self._document)


def document(operations: Sequence[Operation], *, dev: bool = False) -> dict[str, Any]:
    """The OpenAPI document of these operations."""
    schemas, definitions = _schemas(operations)
    paths: dict[str, dict[str, Any]] = {}
    for one in operations:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Muster",
            "version": __version__,
            "summary": "Incidents, alerts and silences.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": definitions,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
                "musterToken": {"type": "apiKey", "in": "header", "name": "X-Muster-Token"},
                "query": {"type": "apiKey", "in": "query", "name": CREDENTIAL},
            },
        },
        "security": [*([{}] if dev else []), *SECURITY],
    }


SECURITY: Final[Sequence[Mapping[str, list[str]]]] = (
    {"bearer": []},
    {"apiKey": []},
    {"musterToken": []},
    {"query": []},
)

Schemas = Mapping[tuple[Any, str], Mapping[str, Any]]


def _schemas(operations: Sequence[Operation]) -> tuple[Schemas, dict[str, Any]]:
    """The schema of every body and reply, and the definitions that they share."""
    bodies = {one.body for one in operations if one.body is not None}
    shown = {id(one.shows): one.shows for one in operations if one.shows is not None}
    inputs: list[tuple[Any, Any, TypeAdapter[Any]]] = [
        *((body, "validation", TypeAdapter(body)) for body in sorted(bodies, key=str)),
        *((type, "serialization", TypeAdapter(type)) for type in (*shown.values(), Problem)),
    ]
    schemas, rest = TypeAdapter.json_schemas(inputs, ref_template=REF)
    return {(key, str(mode)): schema for (key, mode), schema in schemas.items()}, dict(
        rest.get("$defs", {})
    )


def _operation(one: Operation, schemas: Schemas) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.about,
        "parameters": [*_path_params(one), *(_param(p) for p in one.params), *_headers(one)],
        "responses": _responses(one, schemas),
    }
    if one.body is not None:
        told["requestBody"] = {
            "required": any(field.is_required() for field in one.body.model_fields.values()),
            "content": {
                "application/json": {
                    "schema": schemas[one.body, "validation"],
                    "examples": {
                        f"example{place}": {"value": body}
                        for place, body in enumerate(one.examples, 1)
                    },
                }
            },
        }
    if one.open:
        told["security"] = []
    return told


def _path_params(one: Operation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", one.path)
    ]


_TYPES: Final[Mapping[Kind, Mapping[str, Any]]] = {
    Kind.MOMENT: {"type": "string", "format": "date-time"},
    Kind.NUMBER: {"type": "integer"},
}


def _param(param: Param) -> dict[str, Any]:
    schema: dict[str, Any] = dict(_TYPES.get(param.kind, {"type": "string"}))
    if param.required:
        schema["minLength"] = 1
    if param.kind is Kind.NUMBER:
        schema |= {"minimum": param.least, "maximum": param.most}
    if param.choices:
        schema["enum"] = list(param.choices)
    if param.default not in (None, (), ""):
        schema["default"] = param.default
    told: dict[str, Any] = {
        "name": param.name,
        "in": "query",
        "description": param.about,
        "required": param.required,
        "schema": schema,
    }
    if param.kind in LISTS:
        told |= {"schema": {"type": "array", "items": schema}, "style": "form", "explode": False}
    return told


_KEY: Final = r"^[!-~]{1,200}$"
_TAG: Final = r'^(\*|(W/)?"\d{1,15}"|\d{1,15})$'


def _headers(one: Operation) -> list[dict[str, Any]]:
    known = (
        (one.again is not None, "Idempotency-Key", _KEY, "Repeats within 24 hours act once."),
        (one.if_match, "If-Match", _TAG, "The version that must be the present one."),
        (one.if_none_match, "If-None-Match", _TAG, "The version that you know."),
    )
    return [
        {
            "name": name,
            "in": "header",
            "description": about,
            "schema": {"type": "string", "pattern": pattern},
        }
        for there, name, pattern, about in known
        if there
    ]


def _responses(one: Operation, schemas: Schemas) -> dict[str, Any]:
    done: dict[str, Any] = {"description": WORDS[one.status]}
    if one.shows is not None:
        schema = schemas[one.shows, "serialization"]
        done["content"] = {"application/json": {"schema": schema}}
        done["content"] |= {media: {"schema": {"type": "string"}} for media in one.also}
    responses = {str(one.status): done}
    if one.if_none_match:
        responses["304"] = {"description": WORDS[304]}
    problem = {PROBLEM: {"schema": schemas[Problem, "serialization"]}}
    for status in sorted({*(() if one.open else USUAL), *one.refuses}):
        responses[str(status)] = {"description": WORDS[status], "content": problem}
    return responses


def as_markdown(operations: Iterable[Operation]) -> str:
    """The table for the docs; a test keeps the page in step."""
    rows = [f"| `{one.method} {one.path}` | {one.about} | {_fields(one)} |" for one in operations]
    return "\n".join(["| operation | what | takes |", "|---|---|---|", *rows, ""])


def _fields(one: Operation) -> str:
    names = [f"`?{param.name}`" for param in one.params]
    if one.body is not None:
        names += [
            f"`{name}`{' (needed)' if field.is_required() else ''}"
            for name, field in one.body.model_fields.items()
        ]
    return " ".join(names)
