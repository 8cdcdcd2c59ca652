"""A card as text and as HTML: every fact is there, and no foreign word has a meaning."""

import re
from datetime import UTC, datetime, timedelta, timezone
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards.html import html
from bot.cards.markdown import Look, Span, spans
from bot.cards.plain_text import plain_text
from bot.domain.card import (
    Button,
    Buttons,
    Card,
    Fact,
    Facts,
    Foreign,
    Item,
    Items,
    Moment,
    Ref,
    Text,
    Warning,
    plain,
)

NINE = datetime(2026, 1, 5, 10, tzinfo=timezone(timedelta(hours=1)))

CARD = Card(
    "#42 p99 over 2 s",
    (
        Warning("Nobody was reached."),
        Text("**All clear** by *ann*: run `fix`, see [the runbook](https://runbook.example/1)."),
        Foreign("first\nsecond"),
        Facts(
            (
                Fact("State", "New", "Closed"),
                Fact("Service", Foreign("payments")),
                Fact("Opened", Moment(NINE)),
                Fact("Page", Ref("room", "https://muster.example/incidents/42")),
            )
        ),
        Items((Item(Foreign("disk full"), "firing", NINE), Item("other")), "Alerts"),
        Buttons((Button("Acknowledge", "ack #42"), Button("Resolve", "resolve #42"))),
    ),
    emoji="🔴",
)

TEXT = """\
🔴 #42 p99 over 2 s

Warning: Nobody was reached.

All clear by ann: run fix, see the runbook <https://runbook.example/1>.

> first
> second

State: New (was Closed)
Service: payments
Opened: 2026-01-05 09:00:00 UTC
Page: room <https://muster.example/incidents/42>

Alerts
- disk full: firing (2026-01-05 09:00:00 UTC)
- other

Commands: ack #42 (Acknowledge), resolve #42 (Resolve)
"""


def test_the_text_holds_every_fact_and_utc() -> None:
    assert plain_text(CARD) == TEXT


def test_the_html_holds_what_the_text_holds() -> None:
    read = _read(html(CARD))
    for word in re.findall(r"\w+", TEXT):
        if word != "was":  # it is struck through instead
            assert word in read.text or any(word in url for url in read.urls), word
    assert read.urls == ["https://runbook.example/1", "https://muster.example/incidents/42"]


def test_foreign_lines_cannot_pass_for_facts() -> None:
    forged = "x\r\nState: Closed\x85State: Closed\u2028State: Closed"
    text = plain_text(Card("t", (Facts((Fact("What", Foreign(forged)),)), Foreign(forged))))
    assert not re.search(r"^State", text, re.MULTILINE)


def test_what_hides_or_turns_the_writing_is_replaced() -> None:
    text = plain_text(Card("a\x00b\u202ec\ud800d"))
    assert text == "a\ufffdb\ufffdc\ufffdd\n"


def test_an_empty_card_is_its_title() -> None:
    assert plain_text(Card("Done.", (Buttons(()), Items(())))) == "Done.\n"


@pytest.mark.parametrize(
    ("markdown", "pieces"),
    [
        ("a **b** c", [Span("a "), Span("b", Look.BOLD), Span(" c")]),
        ("*b*`c`", [Span("b", Look.ITALIC), Span("c", Look.CODE)]),
        ("[l](https://x.y/?a=b_c)", [Span("l", Look.LINK, "https://x.y/?a=b_c")]),
        ("[l](javascript:x)", [Span("[l](javascript:x)")]),
        ("2 * 3 * 4 ** 5", [Span("2 * 3 * 4 ** 5")]),
        ("", []),
        ("\\", [Span("\\")]),
    ],
)
def test_markdown_is_cut_into_spans(markdown: str, pieces: list[Span]) -> None:
    assert list(spans(markdown)) == pieces


@settings(deadline=None)  # a busy machine is no bug
@given(st.text(st.sampled_from("ab \\`*_[]()<>~|!:/") | st.characters()))
def test_plain_words_stay_plain_words(foreign: str) -> None:
    line = " ".join(foreign.split())
    for before, after, look in (("", "", Look.PLAIN), ("**x", "**", Look.BOLD)):
        pieces = list(spans(f"{before}{plain(foreign)}{after}"))
        assert {piece.look for piece in pieces} <= {look}
        assert "".join(piece.text for piece in pieces) == before.strip("*") + line


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", " https://x", 'https://x" onclick="y', ""]
)
def test_a_link_leads_to_the_web_or_is_none(url: str) -> None:
    read = _read(html(Card("t", (Facts((Fact("Link", Ref("here", url)),)),))))
    assert all(found.startswith("https://") for found in read.urls)
    assert "here" in read.text
    assert read.handlers == []


@pytest.mark.parametrize("url", ["https://evil.example/a", "https://evil.example/a "])
def test_a_link_shows_where_it_goes_if_its_label_pretends_to_be_an_address(url: str) -> None:
    mailed = html(Card("t", (Facts((Fact("Alert", Ref("https://bank.example/", url)),)),)))
    assert ">https://bank.example/<" not in mailed
    assert ">https://evil.example/a</a>)" in mailed


@settings(deadline=None)  # a busy machine is no bug
@given(st.text() | st.sampled_from(["</title><script>x</script>", "{title}", "&lt;", "'\"><img>"]))
def test_foreign_words_make_no_tags(foreign: str) -> None:
    said = _every_place(foreign)
    tags = _read(html(said)).tags
    assert tags == _read(html(_every_place("x"))).tags
    assert plain_text(said).encode()


def _every_place(words: str) -> Card:
    foreign = Foreign(words)
    return Card(
        words or "t",
        (
            Text(plain(words)),
            foreign,
            Warning(words),
            Facts((Fact(words, foreign, words), Fact("r", Ref(words, f"https://x/{words}")))),
            Items((Item(foreign, words or "a", datetime(2026, 1, 5, tzinfo=UTC)),), words or "h"),
            Buttons((Button(words, words),)),
        ),
        emoji=words or "e",
    )


class _Read(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.urls: list[str] = []
        self.handlers: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.urls += [value or "" for name, value in attrs if name in ("href", "src")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.text += data


def _read(page: str) -> _Read:
    parser = _Read()
    parser.feed(page)
    return parser
