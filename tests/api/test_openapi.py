"""The document says what the server does: every operation is walked, every answer compared."""

from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest
from openapi_spec_validator import validate

from handlers.api.document import as_markdown
from handlers.api.operation import Operation
from handlers.doors.told import DoorSubject
from tests.api.house import House, Said

PAGE: Final = Path(__file__).parents[2] / "docs" / "reference" / "rest.md"
OVER: Final = ("acknowledge", "start_work", "resolve")
IN_STATE: Final = {
    "take_incident": ("acknowledge",),
    "start_work_incident": ("acknowledge",),
    "release_incident": ("acknowledge",),
    "raise_incident": ("escalate",),
    "deescalate_incident": ("escalate",),
    "resolve_incident": ("acknowledge", "start_work"),
    "close_incident": OVER,
    "reopen_incident": OVER,
}


def served_here(house: House) -> list[Operation]:
    return [one for one in house.rest.operations() if one.do is not None]


async def document(house: House) -> Any:
    said = await house.get("/openapi.json", by=None)
    assert said.status == 200
    return said.told


async def test_it_is_openapi(house: House) -> None:
    told = await document(house)
    assert told["openapi"] == "3.1.0"
    validate(told)


async def test_it_names_every_route(house: House) -> None:
    told = await document(house)
    documented = {
        (method.upper(), path) for path, methods in told["paths"].items() for method in methods
    }
    served = {
        (route.method, route.resource.canonical)
        for route in house.client.server.app.router.routes()  # type: ignore[attr-defined]
        if route.method != "HEAD" and route.resource is not None
    }
    elsewhere = {(one.method, one.path) for one in DoorSubject().operations()}
    assert documented == served | elsewhere
    names = [one.name for one in house.rest.operations()]
    assert len(names) == len(set(names))


async def test_every_operation_answers_as_the_document_says(house: House) -> None:
    told = await document(house)
    walked = 0
    for operation in served_here(house):
        for body in operation.examples or (None,):
            path = await _prepared(house, operation)
            if "{suggestion}" in path:
                path = path.replace("{suggestion}", await house.suggested())
            said = await house.call(operation.method, path, body, by="ann")
            assert said.status == operation.status, (operation.name, said.told)
            check(told, operation, said)
            walked += 1
    assert walked > 30


@pytest.mark.parametrize(
    "path", ["/incidents/77", "/silences/77", "/tasks/77-1", "/followups/77-1", "/suggestions/77"]
)
async def test_problems_are_as_the_document_says(house: House, path: str) -> None:
    told = await document(house)
    below = path[: path.index("/", 1)]
    for operation in served_here(house):
        if "{" not in operation.path or not operation.path[7:].startswith(below):
            continue
        for by, status in (("ann", 404), (None, 401)):
            wanted = operation.path[7:].replace("{id}", "77").replace("{silence}", "77")
            wanted = wanted.replace("{suggestion}", "77")
            wanted = wanted.replace("{task}", "77-1").replace("{followup}", "77-1")
            body = operation.examples[-1] if operation.examples else None
            said = await house.call(operation.method, wanted, body, by=by)
            assert said.status == status, operation.name
            check(told, operation, said)


def check(told: Any, operation: Operation, said: Said) -> None:
    """The answer is one of the documented ones, and fits its schema."""
    response = told["paths"][operation.path][operation.method.lower()]["responses"][
        str(said.status)
    ]
    if "content" not in response:
        assert said.raw == b""
        return
    kind = said.headers["Content-Type"].partition(";")[0]
    schema = {**response["content"][kind]["schema"], "components": told["components"]}
    jsonschema.Draft202012Validator(schema).validate(said.told)
    if isinstance(said.told, dict) and "items" not in said.told and "$ref" in schema:
        _, _, name = schema["$ref"].rpartition("/")
        assert set(said.told) <= set(told["components"]["schemas"][name]["properties"])


async def _prepared(house: House, operation: Operation) -> str:
    """The path of an operation, on an incident, a silence or a task that is ready for it."""
    path = operation.path.removeprefix("/api/v1")
    if "{id}" in path:
        made = await house.declare()
        drafted = "/postmortem" in path and operation.name != "draft_postmortem"
        for action in OVER if drafted else IN_STATE.get(operation.name, ()):
            await house.post(f"/incidents/{made['id']}/{action}", {})
        if drafted:
            await house.post(f"/incidents/{made['id']}/postmortem", {}, by="ann")
        path = path.replace("{id}", made["id"])
    if "{silence}" in path:
        silence = await house.post("/silences", {"matchers": ["a=b"]})
        path = path.replace("{silence}", str(silence["id"]))
    if "{task}" in path:
        made = await house.declare()
        task = await house.post("/tasks", {"incident_id": made["id"], "text": "Check the cache"})
        path = path.replace("{task}", task["id"])
    if "{followup}" in path:
        made = await house.declare()
        body = {"incident_id": made["id"], "description": "Limit the cache"}
        path = path.replace("{followup}", (await house.post("/followups", body))["id"])
    if operation.name == "search":
        path += "?q=checkout"
    return path


async def test_the_page_is_printed_from_the_same_rows(house: House) -> None:
    """`docs/reference/rest.md` holds the table; print `as_markdown` anew where this fails."""
    assert as_markdown(house.rest.operations()) in PAGE.read_text(encoding="utf-8")
