"""Whatever is sent, the answer is a problem that says what to mend, never a failure of ours."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.api.bodies import Body
from tests.api.house import House


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        ({}, "title", "title is missing"),
        ({"title": ""}, "title", "must not be empty"),
        ({"title": "  "}, "title", "must not be empty"),
        ({"title": "\u200b\u2060"}, "title", "must not be empty"),
        ({"title": "x" * 501}, "title", "500"),
        ({"title": 7}, "title", "string"),
        ({"title": None}, "title", "string"),
        ({"title": "x", "description": "x" * 10_001}, "description", "10000"),
        ({"title": "x", "severity": "P7"}, "severity", "P0"),
        ({"title": "x", "severity": 1}, "severity", "P0"),
        ({"title": "x", "category": "fun"}, "category", "performance"),
        ({"title": "x", "private": "yes"}, "private", "boolean"),
        ({"title": "x", "assigned_to": ["ann"]}, "assigned_to", "string"),
        ({"titel": "x"}, "title", 'titel is unknown; did you mean "title"?'),
        ({"title": "x", "zebra": 1}, "zebra", "zebra is unknown; known: title"),
    ],
)
async def test_a_body_that_does_not_fit_names_the_field(
    house: House, body: Any, field: str, said: str
) -> None:
    answer = await house.post("/incidents", body)
    assert answer.status == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer["field"] == field
    assert any(said in line for line in answer["errors"]), answer["errors"]


@pytest.mark.parametrize("data", [b"{", b"\xff\xfe", b'{"title": NaN}', b"[" * 100, b"title=x"])
async def test_what_is_no_json_is_malformed(house: House, data: bytes) -> None:
    await house.declare()
    for path in ("/incidents", "/incidents/1/acknowledge", "/silences"):
        assert (await house.post(path, data=data)).status == 400


@pytest.mark.parametrize("data", [b"[]", b"null", b'"x"', b"7", b"true"])
async def test_what_is_no_object_is_not_acceptable(house: House, data: bytes) -> None:
    said = await house.post("/incidents", data=data)
    assert (said.status, said["detail"]) == (422, "The body must be a JSON object.")


async def test_what_is_too_large_is_refused(house: House) -> None:
    assert (await house.post("/incidents", data=b" " * 600_000)).status == 413


async def test_texts_that_a_database_cannot_keep_are_mended(both: House) -> None:
    said = await both.post("/incidents", data=b'{"title": "a\\u0000b\\ud800c"}')
    assert said.status == 201
    assert said["title"] == "a\ufffdb\ufffdc"


ADDRESSES = (
    "/incidents/%00",
    "/incidents/%ed%a0%80",
    "/incidents/%ff",
    "/incidents/1%2F2",
    "/incidents?q=%00",
    "/incidents?service=%ed%a0%80",
    "/incidents?limit=9999999999999999999999",
    "/incidents?limit=٣",
    "/incidents?start=0001-01-01T00:00:00%2B14:00",
    "/incidents?end=9999-12-31T23:59:59-14:00",
    "/incidents?cursor=%00",
    "/incidents?cursor=ä",
    "/incidents/1/entries?after=99999999999",
    "/incidents/1/entries?after=1&cursor=2",
    "/alerts?incident=%00",
    "/alerts?cursor=%20",
    "/silences/%00",
    "/silences/99999999999999999999",
    "/search?q=%00",
    "/search?q=%22%27%28%29*%3A%5C%25&kind=all",
    "/search?q=" + "a+" * 500,
    "/search?q=NEAR(a+b)+OR+NOT",
    "/search?q=inc-",
    "/%00",
)


async def test_no_address_breaks_anything(both: House) -> None:
    await both.declare()
    for path in ADDRESSES:
        async with both.client.get(
            f"/api/v1{path}", headers={"Authorization": "Bearer mst_ben"}
        ) as response:
            assert response.status < 500, path
            assert response.content_type.endswith("json")


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=6,
)
NAMES = st.sampled_from(
    sorted({name for body in Body.__subclasses__() for name in body.model_fields})
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(body=st.dictionaries(NAMES, JUNK, max_size=4), place=st.integers(0, 6))
def test_no_body_breaks_anything(runner: Any, body: dict[str, Any], place: int) -> None:
    path = (
        "/incidents",
        "/incidents/1/acknowledge",
        "/incidents/1/resolve",
        "/incidents/1/assign",
        "/incidents/1/comment",
        "/silences",
        "/incidents/1",
    )[place]
    assert runner("PATCH" if place == 6 else "POST", path, body) < 500
