"""A silence is looked at before it is made."""

import pytest

from bot.domain.alert import AlertRecord, AlertStatus, Decision
from bot.domain.severity import Severity
from bot.ports.queries import MUSTER
from bot.ports.store import Lane, Unit
from tests.fakes.clock import MONDAY
from tests.web.browser import Browser
from tests.web.conftest import Site


async def alert(site: Site, title: str, **labels: str) -> None:
    async def add(unit: Unit) -> None:
        id = unit.ledger.new_id()
        unit.ledger.new_alerts[id] = AlertRecord(
            id=id,
            source="prometheus",
            fingerprint=id,
            title=title,
            severity=Severity.P2,
            vendor_severity=None,
            status=AlertStatus.FIRING,
            group_key=id,
            route="default",
            labels=labels,
            resource=None,
            link=None,
            description="",
            starts_at=MONDAY,
            ends_at=None,
            happened_at=MONDAY,
            first_seen_at=MONDAY,
            last_seen_at=MONDAY,
            decision=Decision.RECORDED,
        )

    await site.desk.work(add, lane=Lane.INTAKE)


async def test_it_shows_first_what_it_would_have_hidden(browser: Browser, site: Site) -> None:
    await alert(site, "Disk is full", service="api")
    await alert(site, "Shop is slow", service="shop")
    page = await browser.get("/silences")
    assert "No silence is in force." in page.text
    shown = await browser.press(
        page, "Show what it would hide", **{"f.matchers": "service=~%22a.*%22", "f.length": "2h"}
    )
    assert "it would have hidden 1 alert " in shown.text
    assert "Disk is full" in shown.text
    assert "Shop is slow" not in shown.text
    assert not await site.desk.queries.silences(MUSTER)
    made = await browser.press(shown, "Silence them")
    assert "in force" in made.text
    assert 'service=~"a.*"' in made.text
    (silence,) = await site.desk.queries.silences(MUSTER)
    assert (silence.ends_at - silence.starts_at).total_seconds() == 7_200


async def test_it_is_ended_where_it_is_listed(browser: Browser, site: Site) -> None:
    await site.desk.told("ann", 'silence service="api" 1h planned work --yes')
    page = await browser.get("/silences")
    assert "planned work" in page.text
    ended = await browser.press(page, "End")
    assert "Silence 1 is over." in ended.text
    assert "No silence is in force." in ended.text


@pytest.mark.parametrize(
    ("matchers", "length", "words"),
    [
        ("nonsense", "1h", "is no condition"),
        ("service=~(", "1h", "is no regular expression: missing )"),
        ("service=~.*", "1h", "at least one matcher"),
        ("service=api", "8d", "at most 7 days"),
        ("service=api", "soon", "is no duration"),
        ("service=api", "0s", "must end after it starts"),
        ("service=api", "99999999w", "long"),
    ],
)
async def test_what_is_wrong_stands_at_its_field(
    browser: Browser, matchers: str, length: str, words: str
) -> None:
    page = await browser.get(f"/silences?f.matchers={matchers}&f.length={length}")
    assert page.status == 200
    assert words in page.text
    assert not page.has("Silence them")
    assert page.form("Show what it would hide").fields["f.matchers"] == matchers


async def test_only_silences_are_made_there(browser: Browser, site: Site) -> None:
    await site.desk.opens("Checkout is slow")
    fields = {
        "csrf": await browser.token(),
        "key": "11111111-1111-4111-8111-111111111111",
        "text": "resolve #1 fixed",
    }
    assert (await browser.post("/silences", fields)).status == 422
    assert (await site.desk.incident(1)).open
