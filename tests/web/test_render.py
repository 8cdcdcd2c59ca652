"""Every element of a card and every kind of field has its HTML, and foreign words stay words."""

import re
from collections import Counter
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.card import (
    Button,
    Buttons,
    Card,
    Element,
    Fact,
    Facts,
    Foreign,
    Item,
    Items,
    Moment,
    Ref,
    Style,
    Text,
    Tone,
    Warning,
    plain,
)
from bot.domain.entry import ActorType, Entry, EntryType
from bot.domain.form import Field, FieldKind, Form
from bot.platforms.web.entry import entry_html, entry_json
from bot.platforms.web.forms import FormHtml
from bot.platforms.web.render import CardHtml, Posting, mark
from bot.platforms.web.text import followable, markdown

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
POSTING = Posting("/incidents/7/command", "token", lambda: "a-key")
EVIL = (
    '<script>alert(1)</script><a href="javascript:x" onclick=x>&lt; \u202e**b** [x](https://evil)'
)

SAMPLES: dict[type, Element] = {
    Text: Text("We **know** *this*: `code`, [more](https://example.com/a?b=1&c=2)."),
    Foreign: Foreign("an alert's own words"),
    Facts: Facts(
        (
            Fact("State", "New", old="Closed"),
            Fact("Service", Foreign("shop")),
            Fact("Opened", Moment(NOON)),
            Fact("Runbook", Ref("Read it", "https://example.com/run")),
            Fact("Related to", "#41"),
        )
    ),
    Items: Items((Item(Foreign("disk full"), "seen twice", NOON),), "Alerts"),
    Buttons: Buttons(
        (
            Button("Acknowledge", "ack #7", Style.PRIMARY),
            Button("Close", "close #7", Style.DANGER, confirm="Really?"),
        )
    ),
    Warning: Warning("Nobody was paged."),
}


class Seen(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def html(*elements: Element) -> str:
    return str(CardHtml(POSTING).card(Card("A title", elements, Tone.ALARM, "!")))


@pytest.mark.parametrize("kind", get_args(Element), ids=lambda kind: kind.__name__)
def test_every_element_has_its_html(kind: type) -> None:
    shown = html(SAMPLES[kind])
    assert shown.startswith('<article class="card tone-alarm"')
    assert len(shown) > len(html())


@pytest.mark.parametrize("kind", FieldKind)
def test_every_kind_of_field_has_a_labelled_control(kind: FieldKind) -> None:
    options = (("a", "First"), ("b", "Second")) if kind is FieldKind.CHOICE else ()
    field = Field("one", "What?", kind, options=options, hint="like this", required=True)
    shown = Seen(str(FormHtml(POSTING, [("ann", "Ann")]).form(Form("Ask", "do #7", (field,)))))
    assert ("for", "f-one") in shown.attributes
    assert ("id", "f-one") in shown.attributes
    assert ("name", "f.one") in shown.attributes
    assert ("aria-describedby", "f-one-hint") in shown.attributes


@pytest.mark.parametrize("kind", FieldKind)
def test_what_was_filled_in_stays_and_what_is_wrong_is_tied_to_its_field(kind: FieldKind) -> None:
    field = Field("one", "What?", kind, options=(("a", "A"),) if kind is FieldKind.CHOICE else ())
    form = Form("Ask", "do #7", (field,))
    shown = Seen(str(FormHtml(POSTING).form(form, {"one": "mine"}, {"one": "No.", "other": "Hm."})))
    assert ("aria-invalid", "true") in shown.attributes
    assert ("aria-describedby", "f-one-wrong") in shown.attributes
    assert {"No.", "Hm."} <= set(shown.words)
    assert "mine" in str(shown.attributes) + str(shown.words) or kind is FieldKind.TICK


def test_a_tick_is_ticked_again() -> None:
    form = Form("Ask", "do", (Field("sure", "Sure?", FieldKind.TICK),))
    assert "checked" in FormHtml(POSTING).form(form, {"sure": "yes"})
    assert "checked" not in FormHtml(POSTING).form(form, {})


def test_a_button_is_a_form_that_types_its_command() -> None:
    shown = html(Buttons((Button("Acknowledge", "ack #7"),)))
    assert 'method="post" action="/incidents/7/command"' in shown
    assert 'name="csrf" value="token"' in shown
    assert 'name="key" value="a-key"' in shown
    assert '<button name="text" value="ack #7" class="normal">Acknowledge</button>' in shown


def test_only_what_cannot_be_undone_asks_first() -> None:
    shown = html(SAMPLES[Buttons])
    assert shown.count("<details") == 1
    assert "Really?" in shown


def test_the_old_value_is_struck_through_and_said() -> None:
    shown = html(Facts((Fact("State", "New", old="Closed"),)))
    assert '<del><span class="unseen">was </span>Closed</del>' in shown


def test_a_time_carries_its_zone() -> None:
    shown = html(Facts((Fact("Opened", Moment(NOON)),)))
    assert '<time datetime="2026-01-05T12:00:00Z" data-local>2026-01-05 12:00 UTC</time>' in shown


def test_our_own_number_is_a_link_and_a_foreign_one_is_not() -> None:
    assert 'href="/incidents/41"' in html(Facts((Fact("Related to", "#41"),)))
    assert "href" not in html(Facts((Fact("What", Foreign("#41")),)), Foreign("#41"))


def test_the_little_markdown() -> None:
    said = markdown(
        r"**bold *both* too** *it* `a\`b` [go](/incidents/7) \*not\* [no](javascript:x)"
    )
    assert said == (
        "<strong>bold <em>both</em> too</strong> <em>it</em> <code>a`b</code> "
        '<a href="/incidents/7"><bdi>go</bdi></a> *not* <bdi>no</bdi>'
    )


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://example.com/a", True),
        ("http://example.com", True),
        ("/incidents/7", True),
        ("//evil.example", False),
        ("/\\evil.example", False),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("java\nscript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("https:evil", False),
        ("https://", False),
        ("http://[", False),
        ("relative", False),
        ("", False),
    ],
)
def test_only_an_address_a_browser_may_follow_is_a_link(url: str, good: bool) -> None:
    assert followable(url) is good
    assert ("href" in html(Facts((Fact("x", Ref("x", url)),)))) is good


def test_a_link_shows_where_it_goes_if_its_label_pretends_to_be_an_address() -> None:
    forged = html(Facts((Fact("x", Ref("https://bank.example/", "https://evil.example/a")),)))
    assert 'https://bank.example/</bdi> (<a href="https://evil.example/a"' in forged
    assert ">https://evil.example/a</a>)" in forged


def test_characters_that_turn_text_around_are_shown_for_what_they_are() -> None:
    shown = html(Foreign("user\u202etxt.exe\u2066\u0007"))
    assert not {"\u202e", "\u2066", "\u0007"} & set(shown)
    assert "<bdi>" in shown


def everywhere(text: str) -> str:
    """Every place where words from outside may stand."""
    card = Card(
        text,
        (
            Foreign(text),
            Text(f"It is {plain(text)}, **{plain(text)}**, `{plain(text)}`."),
            Facts(
                (Fact(text, Foreign(text), old=text), Fact("b", text), Fact("c", Ref(text, "/x")))
            ),
            Items((Item(Foreign(text), text), Item(Ref(text, "https://ok.example"))), text),
            Buttons((Button(text, text, confirm=text),)),
            Warning(text),
        ),
        emoji=text,
    )
    fields = tuple(
        Field("f", text, kind, value=text, options=((text, text),)) for kind in FieldKind
    )
    form = FormHtml(POSTING, [(text, text)]).form(Form(text, text, fields, text), None, {"f": text})
    entry = Entry(
        stream="incident:7",
        seq=1,
        event_id="e",
        type=EntryType.COMMENT_ADDED,
        actor_type=ActorType.USER,
        actor_id=text,
        actor_name=text,
        occurred_at=NOON,
        recorded_at=NOON,
        text=text,
    )
    return str(CardHtml(POSTING).card(card)) + str(form) + str(entry_html(entry, {}))


HARMLESS = Seen(everywhere("harmless"))
PIECES = (
    *"<>\"'&=/\\`*_[]()~|#:;! \n\r\t\x00",
    *("\u202e", "\u2028", "script", "onload", "https://x", "javascript:", "a", "</textarea>"),
    *("</p>", "<!--", "]]>", "{{", "{0}", "%s", "[x](//e)"),
)
NASTY = st.lists(st.sampled_from(PIECES), max_size=24).map("".join)


def names(seen: Seen) -> set[str]:
    return {name for name, _ in seen.attributes}


@given(st.one_of(NASTY, st.text(max_size=60)))
def test_no_foreign_text_makes_a_tag_an_attribute_or_a_link(text: str) -> None:
    seen = Seen(everywhere(text))
    more = Counter(seen.tags) - Counter(HARMLESS.tags)
    own_number = re.fullmatch(r"#(\d+)", text, re.ASCII)  # Fact("b", …) is our own word
    assert set(more) <= {"option"} | ({"a", "bdi"} if own_number else set())
    assert names(seen) <= names(HARMLESS)
    links = {value for name, value in seen.attributes if name == "href"}
    ours = {"/x", "https://ok.example", "#line-1"}
    assert links <= (ours | {f"/incidents/{own_number[1]}"} if own_number else ours)


def test_the_evil_sample_is_only_words() -> None:
    seen = Seen(html(Foreign(EVIL)))
    assert "script" not in seen.tags
    assert "a" not in seen.tags


def test_equal_cards_have_equal_marks() -> None:
    one, two = Card("a", (Text("x"),)), Card("a", (Text("x"),))
    assert mark(one) == mark(two)
    assert mark(one) != mark(Card("a", (Text("y"),)))


def test_an_entry_keeps_the_line_breaks_of_what_was_said() -> None:
    entry = Entry(
        stream="incident:7",
        seq=3,
        event_id="e",
        type=EntryType.UPDATE_POSTED,
        actor_type=ActorType.USER,
        actor_id="ann",
        actor_name="Ann",
        occurred_at=NOON,
        recorded_at=NOON,
        text="It is slow.\nWe look.",
        metadata={"doing": "rolling back"},
        corrects=2,
    )
    shown = entry_html(entry, {})
    assert 'data-seq="3" data-corrects="2"' in shown
    assert "It is slow.\nWe look." in shown
    assert "Corrects" in shown
    assert entry_json(entry)["actor"] == {"type": "user", "id": "ann", "name": "Ann"}
