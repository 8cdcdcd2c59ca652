"""Whoever may not see an incident walks through every address there is, and finds no word of it.

The addresses are those of the application itself, so one that is added later is walked through too.
"""

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import unquote
from uuid import uuid4

from bot.domain.entry import EntryType
from bot.domain.incident import Outcome, Visibility
from bot.domain.people import Actor
from bot.engine.acts.base import Ask
from bot.engine.acts.followups import Wish
from bot.ports.store import Lane, Unit
from tests.acceptance.test_whole_app import Running, running
from tests.web.browser import Browser

__all__ = ["running"]

WORD: Final = "xylophone"
"""Stands in everything that is said of the hidden incidents, and nowhere else."""

HIDDEN: Final = (1, 2)
NOWHERE: Final = 77

ALERT: Final = {
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": f"The {WORD} is slow", "service": WORD, "severity": "critical"},
            "annotations": {"summary": f"p99 of the {WORD} over 2 s"},
            "startsAt": "2026-01-05T09:00:00Z",
            "fingerprint": WORD,
        }
    ]
}


class Stranger:
    """Ben, who is a member of neither incident, and shows whatever he may be asked for."""

    def __init__(self, running: Running, csrf: str) -> None:
        self.running, self.csrf = running, csrf

    @classmethod
    async def comes(cls, running: Running) -> "Stranger":
        browser = Browser(running.client)
        page = await browser.get("/")
        csrf = next(form.fields["csrf"] for form in page.forms if "csrf" in form.fields)
        await browser.post("/act-as", {"csrf": csrf, "person": "ben"})
        return cls(running, csrf)

    def addresses(self) -> Iterator[tuple[str, str]]:
        for route in self.running.muster.application.router.routes():
            if route.resource is not None and route.method != "HEAD":
                yield route.method, route.resource.canonical

    def sends(self, method: str, address: str) -> list[dict[str, Any]]:
        """What is sent there, one after the other."""
        if method == "GET":
            return [{}]
        if address.startswith(("/api/", "/webhooks", "/v2")):
            return [{"json": {}}, {"json": {"incident_id": "1", "text": "Hello", "to": "ben"}}]
        return [
            {"data": {"csrf": self.csrf, "key": str(uuid4()), "text": text}}
            for text in ("status", "status #1", "ack #2", "note #1 Hello")
        ]

    async def says(self, method: str, path: str, **sent: Any) -> tuple[int, str]:
        """The status, and everything that is answered but one's own words."""
        headers = {"Origin": str(self.running.client.make_url("")).rstrip("/")}
        async with self.running.client.request(
            method, path, headers=headers, allow_redirects=False, **sent
        ) as answer:
            said = (await answer.text()).replace(unquote(path), "")
            return answer.status, said + answer.headers.get("Location", "")


async def test_no_address_tells_of_an_incident_that_one_may_not_see(running: Running) -> None:
    await two_hidden_incidents(running)
    ben = await Stranger.comes(running)
    walked = 0
    for method, address in ben.addresses():
        if address.startswith("/ws/") or "{token}" in address or "{secret}" in address:
            continue  # tests of the live page and of links know these
        for number in HIDDEN:
            for sent in ben.sends(method, address):
                there = await ben.says(method, filled(address, number), **sent)
                assert WORD not in there[1].lower(), (method, address, there)
                assert there[0] < 500 or address == "/ready", (method, address, there)
                if "{" in address and "incidents" in address:
                    never = await ben.says(method, filled(address, NOWHERE), **sent)
                    assert plain(there) == plain(never, NOWHERE, number), (method, address)
                walked += 1
    assert walked > 150


async def test_no_question_and_no_filter_finds_it(running: Running) -> None:
    await two_hidden_incidents(running)
    ben = await Stranger.comes(running)
    for path in (
        f"/api/v1/search?q={WORD}&kind=all",
        f"/api/v1/incidents?q={WORD}",
        f"/api/v1/incidents?service={WORD}",
        "/api/v1/incidents?assigned_to=eva",
        "/api/v1/tasks?owner=eva",
        "/api/v1/followups?owner=eva",
        f"/incidents?q={WORD}",
    ):
        _, said = await ben.says("GET", path)
        echoed = said.replace(f"q={WORD}", "").replace(f'value="{WORD}"', "")
        assert WORD not in echoed, (path, echoed)
        assert not re.search(r"INC-\d+-0000[12]\b", said), path
    question = {"question": f"what fixed the slow {WORD} last time?"}
    _, answer = await ben.says("POST", "/api/v1/ask", json=question)
    assert '"abstained":true' in answer
    assert "INC-" not in answer


async def test_its_members_see_it_everywhere(running: Running) -> None:
    """Else the walk of the stranger proves nothing."""
    await two_hidden_incidents(running)
    page = await Browser(running.client).get("/")
    csrf = next(form.fields["csrf"] for form in page.forms if "csrf" in form.fields)
    await Browser(running.client).post("/act-as", {"csrf": csrf, "person": "eva"})
    for path in ("/incidents/1", "/api/v1/tasks", "/api/v1/followups", "/api/v1/alerts"):
        async with running.client.get(path) as answer:
            assert WORD in (await answer.text()).lower(), path


async def two_hidden_incidents(running: Running) -> None:
    """#1 was declared in private; #2 came by an alert and was hidden then. Eva sees both."""
    muster = running.muster
    eva = muster.engine.people.actor("eva")
    assert eva is not None
    await muster.engine.incidents.declare(Ask(actor=eva), title=f"The {WORD} leaked", private=True)
    await running.post("/webhooks/alertmanager", ALERT)
    await hide(running, 2)
    for number in HIDDEN:
        await fill(running, number, Ask(actor=eva))
    await muster.answers.indexing.catch_up()


async def hide(running: Running, number: int) -> None:
    async def work(unit: Unit) -> None:
        unit.ledger.enter(
            await unit.incident(number),
            EntryType.INCIDENT_UPDATED,
            Actor(id="eva", name="Eva"),
            set={"visibility": Visibility.PRIVATE, "members": ("eva",)},
        )

    await running.muster.store.transact(work, lane=Lane.COMMANDS)


async def fill(running: Running, number: int, ask: Ask) -> None:
    """With everything that an incident may hold, resolved and written up."""
    incidents = running.muster.engine.incidents
    await incidents.note(number, f"The {WORD} hums.", ask)
    await incidents.update(number, ask, known=f"The {WORD} is out of tune.")
    await incidents.assign(number, "eva", ask)
    await incidents.add_task(number, f"Tune the {WORD}", ask, owner="eva")
    wish = Wish(text=f"Buy a {WORD}", owner="eva", due_on="2026-02-01")
    await incidents.add_followup(number, wish, ask)
    await incidents.link(number, f"https://example.com/{WORD}", WORD, ask)
    if number == HIDDEN[1]:
        await running.muster.engine.silences.of_incident(number, ask, comment=f"The {WORD} again")
    await incidents.resolve(number, ask, outcome=Outcome.FIXED, text=f"The {WORD} was tuned.")
    await incidents.draft_postmortem(number, ask)
    await incidents.save_section(number, "summary", {"summary": f"A {WORD}."}, ask)


def filled(address: str, number: int) -> str:
    """With this incident's number wherever a number or an id belongs."""
    return re.sub(r"\{[^}]*\}", str(number), address)


def plain(said: tuple[int, str], asked: int = 0, as_if: int = 0) -> tuple[int, str]:
    """As if the other number had been asked for, and without what is new in each answer."""
    status, text = said
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{8,}", "H", text)
    return status, text.replace(str(asked), str(as_if)) if asked else text
