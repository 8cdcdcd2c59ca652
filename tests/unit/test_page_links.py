"""The links of pages: one person, one incident, one day, and nobody else can make one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import NotFound
from bot.engine.page_links import PageLink, PageLinks
from tests.fakes.clock import FakeClock

URL = "https://muster.example.com/"


def token_of(url: str) -> str:
    assert url.startswith("https://muster.example.com/page/")
    return url.rpartition("/")[2]


def test_a_link_says_whom_and_what_it_is_for_until_a_day_is_over() -> None:
    clock = FakeClock()
    links = PageLinks(b"secret", URL, clock.wall)
    token = token_of(links.url("jörg.o'neil", 42))

    clock.forward(hours=23, minutes=59)
    assert links.read(token) == PageLink("jörg.o'neil", 42)
    clock.forward(minutes=2)
    with pytest.raises(NotFound, match="has ended"):
        links.read(token)


def test_nobody_else_makes_or_changes_one() -> None:
    clock = FakeClock()
    links = PageLinks(b"secret", URL, clock.wall)
    anns, bens = (token_of(links.url(who, 42)) for who in ("ann", "ben"))
    forged = token_of(PageLinks(b"another", URL, clock.wall).url("ann", 42))
    mixed = f"{anns.partition('.')[0]}.{bens.partition('.')[2]}"
    for token in (forged, mixed, anns[:-1], anns.partition(".")[0], "", ".", "a.b", "é.é"):
        with pytest.raises(NotFound):
            links.read(token)


@given(st.text())
def test_whatever_stands_there_is_no_link_and_no_crash(token: str) -> None:
    with pytest.raises(NotFound):
        PageLinks(b"secret", URL, FakeClock().wall).read(token)
