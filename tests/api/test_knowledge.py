"""Documents in, questions, searches and similar incidents over REST."""

import gzip
import json
from typing import Any

from tests.api.house import House

POOL = (
    "# Pool exhausted\n\nThe checkout service ran out of database connections.\n\n"
    "## Resolution\n\nWe lowered the pool size to 5 and restarted the workers."
)


def lines(*documents: Any) -> bytes:
    return b"\n".join(json.dumps(one).encode() for one in documents)


def document(id: str = "pm-1", **more: Any) -> dict[str, Any]:
    return {"id": id, "title": "Checkout pool exhausted", "text": POOL, "kind": "incident", **more}


async def add(house: House, data: bytes, by: str = "ann", **headers: str) -> Any:
    said = await house.call("POST", "/knowledge/documents", data=data, by=by, headers=headers)
    assert said.status == 202, said.told
    return said.told


async def test_documents_are_searchable_when_they_are_accepted(house: House) -> None:
    added = await add(house, lines(document(url="https://wiki.example/1"), document("pm-2")))
    assert added == {"accepted": 2, "rejected": []}
    found = await house.get("/search", q="checkout pool", kind="knowledge", by="vic")
    assert [item["id"] for item in found["items"]] == ["pm-1", "pm-2"]
    assert found["items"][0]["kind"] == "incident"


async def test_bad_lines_are_named_and_the_good_ones_kept(house: House) -> None:
    data = b"\n".join(
        (
            lines(document()),
            b"{not json",
            b"",
            lines({"id": "x", "title": "No text"}),
            lines(document("INC-20260105-00001")),
            b"\xff\xfe",
            lines(document("pm-9", tags="no list")),
            b"[" * 10_000,
        )
    )
    added = await add(house, data)
    assert added["accepted"] == 1
    assert [one["line"] for one in added["rejected"]] == [2, 4, 5, 6, 7, 8]
    assert added["rejected"][1]["reason"] == "text is missing."


async def test_a_gzipped_body_is_read_and_a_bomb_is_not(house: House) -> None:
    body = gzip.compress(lines(document()))
    assert (await add(house, body, **{"Content-Encoding": "gzip"}))["accepted"] == 1
    bomb = gzip.compress(b" " * (33 * 1024 * 1024))
    said = await house.call(
        "POST", "/knowledge/documents", data=bomb, by="ann", headers={"Content-Encoding": "gzip"}
    )
    assert said.status == 413


async def test_only_admins_add_documents(house: House) -> None:
    said = await house.call("POST", "/knowledge/documents", data=lines(document()), by="eva")
    assert said.status == 403
    assert (await house.call("POST", "/knowledge/documents", data=b"", by=None)).status == 401


async def test_a_viewer_asks_and_gets_quotations(house: House) -> None:
    await add(house, lines(document(url="https://wiki.example/1")))
    said = await house.post("/ask", {"question": "checkout pool exhausted, what fixed it?"}, "vic")
    assert said.status == 200
    assert said["abstained"] is False
    assert {one["document_id"] for one in said["citations"]} == {"pm-1"}
    assert all(one["quote"] in POOL for one in said["citations"])
    assert said["citations"][0]["url"] == "https://wiki.example/1"
    assert "lowered the pool size to 5" in said["answer"]


async def test_what_nobody_wrote_down_is_not_answered(house: House) -> None:
    await add(house, lines(document()))
    said = await house.post("/ask", {"question": "why did the espresso machine explode?"})
    assert said["abstained"] is True
    assert said["citations"] == []
    assert said["answer"] == "That is not in our records."


async def test_a_question_about_an_incident_needs_to_see_it(house: House) -> None:
    declared = await house.declare("Secret trouble", by="ann", private=True)
    body = {"question": "seen before?", "incident_id": declared["id"]}
    assert (await house.post("/ask", body, by="vic")).status == 404
    assert (await house.post("/ask", body, by="ann")).status == 200
    assert (await house.post("/ask", {"question": ""})).status == 422


async def test_what_fixed_a_past_incident_is_found_for_the_next(house: House) -> None:
    past = await house.declare("Turnstile gateway rejects badges")
    for action in ("acknowledge", "start_work"):
        await house.post(f"/incidents/{past['id']}/{action}")
    notes = {"notes": "Restarted the turnstile gateway."}
    assert (await house.post(f"/incidents/{past['id']}/resolve", notes)).status == 200
    await house.indexing.catch_up()
    now = await house.declare("Turnstile gateway rejects all badges")
    said = await house.get(f"/incidents/{now['id']}/similar", by="vic")
    assert [one["id"] for one in said["items"]] == [past["id"]]
    assert said["items"][0]["fix"] == "Restarted the turnstile gateway."
    assert said["items"][0]["url"].endswith(f"/incidents/{past['number']}")


async def test_each_kind_of_search_keeps_to_its_own(house: House) -> None:
    await add(house, lines(document()))
    declared = await house.declare("Checkout pool exhausted once more")
    kinds = {
        kind: {
            item["id"] for item in (await house.get("/search", q="checkout", kind=kind))["items"]
        }
        for kind in ("incident", "knowledge", "all")
    }
    assert kinds["incident"] == {declared["id"]}
    assert kinds["knowledge"] == {"pm-1"}
    assert kinds["all"] == {declared["id"], "pm-1"}
