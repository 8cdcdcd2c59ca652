"""Analyses and suggestions over REST: nothing happens but what a person asks for."""

from typing import Any

from bot.ports.analyst import Job
from tests.api.house import House

PAST = "Restarted the turnstile gateway."


async def past(house: House, **more: Any) -> Any:
    made = await house.declare("Turnstile gateway rejects badges", **more)
    for action in ("acknowledge", "start_work"):
        await house.post(f"/incidents/{made['id']}/{action}")
    await house.post(f"/incidents/{made['id']}/resolve", {"notes": PAST})
    await house.indexing.catch_up()
    return made


async def test_what_needs_no_model_works_without_one(house: House) -> None:
    old = await past(house)
    now = await house.declare("Turnstile gateway rejects all badges")
    said = await house.post(f"/incidents/{now['id']}/analyses", {"kind": "similarity"})
    assert said.status == 200, said.told
    assert [one["document"] for one in said["similar"]] == [old["id"]]
    assert [one["kind"] for one in said["suggestions"]] == ["related_incidents"]
    helped = await house.post(f"/incidents/{now['id']}/analyses", {"kind": "resolution_suggestion"})
    assert [one["command"] for one in helped["suggestions"]] == [
        f"task #{now['number']} Try: {PAST}"
    ]
    assert (helped["model"], helped["cost"]) == ("", 0)
    listed = await house.get(f"/incidents/{now['id']}/analyses", by="vic")
    assert {one["kind"] for one in listed["items"]} == {"similarity", "resolution_suggestion"}


async def test_what_needs_one_says_so(house: House) -> None:
    now = await house.declare()
    said = await house.post(f"/incidents/{now['id']}/analyses", {"kind": "root_cause"})
    assert said.status == 503
    assert "No model is set up" in said["detail"]


async def test_a_root_cause_is_told_with_the_lines_it_is_from(house: House) -> None:
    now = await house.declare()
    await house.post(
        f"/incidents/{now['id']}/comment", {"text": "The 14:00 deploy broke the cache"}
    )
    house.analyst.away = False
    house.analyst.answers.append(
        {
            "sentences": [
                {"text": "The 14:00 deploy broke the cache.", "sources": ["e2"]},
                {"text": "Eva deleted the database at 03:15.", "sources": ["e2"]},
                {"text": "The cache broke.", "sources": ["e99"]},
            ],
            "confidence": 0.8,
        }
    )
    said = await house.post(f"/incidents/{now['id']}/analyses", {"kind": "root_cause"})
    assert said["sentences"] == [{"text": "The 14:00 deploy broke the cache.", "sources": ["e2"]}]
    assert (said["provider"], said["model"], said["confidence"]) == ("openai", "m", 0.8)
    assert (said["tokens_in"], said["tokens_out"]) == (100, 20)
    assert len(said["input_digest"]) == 64


async def test_a_suggestion_is_carried_out_by_whoever_applies_it(house: House) -> None:
    id = await house.suggested()
    assert (await house.post(f"/suggestions/{id}/apply", by="vic")).status == 403
    assert (await house.get("/incidents/1"))["severity"] == "P2"
    said = await house.post(f"/suggestions/{id}/apply", {})
    assert (said["status"], said["decided_by"]) == ("applied", "ben")
    assert (await house.get("/incidents/1"))["severity"] == "P1"
    entries = (await house.get("/incidents/1/entries"))["items"]
    (changed,) = [one for one in entries if one["event_type"] == "severity_changed"]
    assert changed["actor"]["id"] == "ben"
    again = await house.post(f"/suggestions/{id}/apply", {})
    assert (again.status, again["detail"]) == (422, "That was decided already.")


async def test_a_suggestion_may_be_changed_refused_and_rated(house: House) -> None:
    changed, refused = await house.suggested(), await house.suggested()
    said = await house.post(f"/suggestions/{changed}/apply", {"instead": "P3 not so bad"})
    assert (said["status"], said["reason"]) == ("modified", "severity #1 P3 not so bad")
    assert (await house.get("/incidents/1"))["severity"] == "P3"
    said = await house.post(f"/suggestions/{refused}/reject", {"reason": "we know better"})
    assert (said["status"], said["reason"]) == ("rejected", "we know better")
    assert (await house.post(f"/suggestions/{refused}/rate", {"rating": 1}))["rating"] == 1
    assert (await house.post(f"/suggestions/{refused}/rate", {"rating": 6})).status == 422
    assert (await house.get("/incidents/2"))["severity"] == "P2"


async def test_applied_twice_under_one_key_it_happens_once(house: House) -> None:
    id = await house.suggested()
    for _ in range(2):
        said = await house.post(f"/suggestions/{id}/apply", {}, headers={"Idempotency-Key": "k1"})
        assert (said.status, said["status"]) == (200, "applied")
    entries = (await house.get("/incidents/1/entries"))["items"]
    assert [one["event_type"] for one in entries].count("severity_changed") == 1


async def test_a_category_is_changed_as_the_api_does_it(house: House) -> None:
    now = await house.declare("Checkout is slow", by="ann")
    house.analyst.away = False
    house.analyst.answer = lambda job: {
        "category": "performance",
        "severity": "P2",
        "reasons": [{"text": "Checkout is slow.", "sources": ["f1"]}],
        "confidence": 0.9,
    }
    said = await house.post(f"/incidents/{now['id']}/analyses", {"kind": "categorization"})
    (step,) = [one for one in said["suggestions"] if one["kind"] == "category_change"]
    assert (await house.post(f"/suggestions/{step['id']}/apply", {})).status == 200
    assert (await house.get(f"/incidents/{now['id']}"))["category"] == "performance"


async def test_a_private_incident_is_analysed_for_its_members_only(house: House) -> None:
    private = await house.declare("Badge trouble", by="ann", private=True)
    assert (await house.get(f"/incidents/{private['id']}/analyses", by="ben")).status == 404
    wanted = {"kind": "summary"}
    said = await house.post(f"/incidents/{private['id']}/analyses", wanted, by="ben")
    assert said.status == 404


async def test_a_catch_up_is_for_whoever_asked(house: House) -> None:
    now = await house.declare()
    house.analyst.away = False
    jobs: list[Job] = []

    def answer(job: Job) -> Any:
        jobs.append(job)
        return {"sentences": [{"text": "Checkout is slow.", "sources": ["f1"]}], "confidence": 1.0}

    house.analyst.answer = answer
    said = await house.post(f"/incidents/{now['id']}/analyses", {"kind": "summary"})
    assert said["sentences"][0]["text"] == "Checkout is slow."
    assert len((await house.get(f"/incidents/{now['id']}/analyses", by="ben"))["items"]) == 1
    assert (await house.get(f"/incidents/{now['id']}/analyses", by="eva"))["items"] == []
