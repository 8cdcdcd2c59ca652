"""Who gets in, and what a page of somebody else can make a browser do: nothing."""

import pytest
from multidict import CIMultiDict

from bot.domain.policy import Policies
from tests.chat.conftest import Desk
from tests.web.browser import Browser
from tests.web.conftest import Site

KEY = "11111111-1111-4111-8111-111111111111"


async def test_every_page_is_locked_down(browser: Browser, site: Site) -> None:
    await site.desk.opens("Checkout is slow")
    for path in ("/", "/incidents/1", "/incidents/9", "/login/abc", "/logout", "/silences"):
        headers = (await browser.get(path)).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "script-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"


async def test_no_page_has_script_or_style_inside(browser: Browser, site: Site) -> None:
    await site.desk.opens("Checkout is slow")
    for path in ("/", "/incidents/1", "/incidents/1/brief", "/silences", "/oncall", "/notices"):
        page = await browser.get(path)
        assert "style" not in page.tags
        assert not [n for _, n, _ in page.attributes if n == "style" or n.startswith("on")]
        sources = [v for t, n, v in page.attributes if t == "script" and n == "src"]
        assert page.tags.count("script") == len(sources) == 1
        assert sources[0].startswith("/static/")


async def test_static_files_are_named_by_their_content(browser: Browser) -> None:
    page = await browser.get("/")
    (script,) = [v for t, n, v in page.attributes if t == "script" and n == "src"]
    file = await browser.get(script)
    assert file.status == 200
    assert "javascript" in file.headers["Content-Type"]
    assert "immutable" in file.headers["Cache-Control"]
    old = await browser.get("/static/0000000000000000/room.js")
    assert old.status == 200
    assert old.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["..%2fassets.py", "room.py", "%2e%2e", "x.js", "room.js%00"])
async def test_only_static_files_are_served(browser: Browser, name: str) -> None:
    assert (await browser.get(f"/static/0/{name}")).status == 404


@pytest.mark.parametrize(
    ("origin", "site", "status"),
    [
        ("https://evil.example", None, 403),
        ("null", None, 403),
        ("http://127.0.0.1.evil.example", None, 403),
        (None, "cross-site", 403),
        (None, "same-site", 403),
        (None, "same-origin", 200),
        (None, "none", 200),
        (None, None, 200),
    ],
)
async def test_another_sites_page_cannot_post(
    stranger: Browser, guarded: Site, origin: str | None, site: str | None, status: int
) -> None:
    await guarded.sign_in(stranger, "ann")
    fields = {"csrf": await stranger.token(), "key": KEY, "text": "help"}
    said = {"Origin": origin, "Sec-Fetch-Site": site}
    stranger.origin = None
    headers = {name: value for name, value in said.items() if value is not None}
    assert (await stranger.post("/command", fields, **headers)).status == status


async def test_a_form_needs_the_token_of_its_browser(site: Site) -> None:
    async with site.browsing() as ann, site.browsing() as mallory:
        await ann.get("/")
        stolen = await mallory.token()
        for token in ("", "x", "é", stolen):
            refused = await ann.post("/command", {"csrf": token, "key": KEY, "text": "help"})
            assert refused.status == 403
            assert "Load it again" in refused.text
        good = {"csrf": await ann.token(), "key": KEY, "text": "help"}
        assert (await ann.post("/command", good)).status == 200


@pytest.mark.parametrize(
    "path", ["/command", "/silences", "/notices/1/seen", "/act-as", "/logout", "/login/abc"]
)
async def test_no_post_is_without_a_token(browser: Browser, path: str) -> None:
    assert (await browser.post(path, {"key": KEY, "text": "silence"})).status == 403


async def test_a_form_is_posted_as_forms_are(browser: Browser) -> None:
    headers = {"Origin": browser.origin or ""}
    async with browser.client.post("/command", json={"text": "help"}, headers=headers) as answer:
        assert answer.status == 422


async def test_outside_dev_nothing_is_shown_to_a_stranger(stranger: Browser) -> None:
    for path in ("/", "/incidents/1", "/silences", "/oncall", "/notices", "/complete?text=a"):
        page = await stranger.get(path)
        assert page.status == 401
        assert "muster login-link" in page.text
    for path in ("/ws/notices", "/ws/incidents", "/ws/incidents/1"):
        assert (await stranger.get(path, Origin=stranger.origin or "")).status == 401


async def test_a_link_signs_in_by_its_button_and_once(stranger: Browser, guarded: Site) -> None:
    link = f"/login/{await guarded.logins.make_link('ben')}"
    asked = await stranger.get(link)
    assert asked.status == 200
    again = await stranger.get(link)
    assert again.status == 200, "looking at it does not use it up"
    home = await stranger.press(again, "Sign in")
    assert home.status == 200
    assert "Ben Ito" in home.text
    used = await stranger.press(await stranger.get(link), "Sign in")
    assert used.status == 410
    assert "works once" in used.text


async def test_the_session_is_a_new_secret_of_the_servers(stranger: Browser, guarded: Site) -> None:
    jar = stranger.client.session.cookie_jar
    jar.update_cookies({"muster_session": "chosen-by-mallory"}, stranger.client.make_url("/"))
    await guarded.sign_in(stranger, "ben")
    first = stranger.cookies()["muster_session"]
    assert first != "chosen-by-mallory"
    await guarded.sign_in(stranger, "ben")
    assert stranger.cookies()["muster_session"] != first
    assert await guarded.logins.session(first) is None, "the one before has ended"


async def test_cookies_are_for_the_browser_alone(desk: Desk) -> None:
    site = Site(desk, dev=False, public_url="https://muster.example")
    async with site.browsing() as browser:
        link = await site.logins.make_link("ann")
        asked = await browser.get(f"/login/{link}")
        (cookie,) = CIMultiDict(asked.headers).getall("Set-Cookie")
        assert cookie.startswith("__Host-muster_browser=")
        for word in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/"):
            assert word in cookie


async def test_signing_out_ends_the_session(stranger: Browser, guarded: Site) -> None:
    home = await guarded.sign_in(stranger, "ben")
    session = stranger.cookies()["muster_session"]
    out = await stranger.press(home, "Sign out")
    assert "Signed out" in out.text
    assert await guarded.logins.session(session) is None
    assert (await stranger.get("/")).status == 401


async def test_a_token_does_not_outlive_its_session(stranger: Browser, guarded: Site) -> None:
    await guarded.sign_in(stranger, "ben")
    token = await stranger.token()
    await guarded.sign_in(stranger, "ann")
    refused = await stranger.post("/command", {"csrf": token, "key": KEY, "text": "help"})
    assert refused.status == 403


async def test_who_has_no_rights_sees_nothing(stranger: Browser, guarded: Site) -> None:
    home = await guarded.sign_in(stranger, "sam")
    assert home.status == 401


async def test_rights_are_asked_anew_at_every_page(stranger: Browser, guarded: Site) -> None:
    await guarded.sign_in(stranger, "ben")
    policies = guarded.desk.rules.policies
    people = {id: person for id, person in policies.people.items() if id != "ben"}
    guarded.desk.rules.policies = Policies.model_construct(
        **{**{name: getattr(policies, name) for name in Policies.model_fields}, "people": people}
    )
    assert (await stranger.get("/")).status == 401


async def test_in_dev_one_acts_as_anybody_with_rights(browser: Browser) -> None:
    page = await browser.get("/")
    assert page.form("Act as").fields["person"] == "ann", "the first admin"
    page = await browser.press(page, "Act as", person="ben")
    assert page.form("Act as").fields["person"] == "ben"
    token = await browser.token()
    for nobody in ("sam", "mallory", ""):
        assert (await browser.post("/act-as", {"csrf": token, "person": nobody})).status == 404


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil", "/\nx", ""])
async def test_going_back_stays_here(browser: Browser, back: str) -> None:
    fields = {"csrf": await browser.token(), "person": "ben", "back": back}
    response = await browser.post("/act-as", fields)
    assert response.headers["Location"] == "/"


async def test_outside_dev_nobody_acts_as_another(stranger: Browser, guarded: Site) -> None:
    await guarded.sign_in(stranger, "ben")
    fields = {"csrf": await stranger.token(), "person": "ann"}
    assert (await stranger.post("/act-as", fields)).status == 404
    jar = stranger.client.session.cookie_jar
    jar.update_cookies({"muster_acting": "ann"}, stranger.client.make_url("/"))
    assert "Ben Ito" in (await stranger.get("/")).text


async def test_what_breaks_shows_a_reference_and_nothing_else(browser: Browser, site: Site) -> None:
    await site.desk.store.database.close()
    object.__setattr__(site.shell, "notices", None)
    page = await browser.get("/oncall")
    assert page.status == 500
    assert "ref" in page.text
    assert "NoneType" not in page.html
