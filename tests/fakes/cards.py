"""Cards and forms of every kind, for hypothesis."""

from datetime import UTC, datetime

from hypothesis import strategies as st

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
    Style,
    Text,
    Tone,
    Warning,
)
from bot.domain.form import Field, FieldKind, Form

ATTACKS = (
    "<!channel>",
    "<!here|here>",
    "<@U012345>",
    "<!subteam^S123|@oncall>",
    "<https://evil.example|https://bank.example>",
    "&lt;!channel&gt;",
    "<!date^0^{date}|gone>",
    "<at>Ann Olsen</at>",
    "[https://bank.example](https://evil.example)",
    "{{DATE(2020-01-01T00:00:00Z)}}",
)
"""Words that mean something to one chat or another."""

EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone
LONG = st.builds(lambda text, times: text * times, st.text(max_size=9), st.integers(0, 900))
WORDS = st.one_of(st.text(max_size=40), st.sampled_from(ATTACKS), LONG)
LINKS = st.one_of(st.just("https://a.example/?q=<|>&x"), WORDS.map("https://a.example/".__add__))
MOMENTS = st.datetimes(timezones=st.just(UTC), min_value=EPOCH).map(Moment)
VALUES = st.one_of(WORDS, WORDS.map(Foreign), MOMENTS, st.builds(Ref, WORDS, LINKS))
FACTS = st.builds(Fact, WORDS, VALUES, st.none() | WORDS)
ITEMS = st.builds(Item, VALUES, WORDS, st.none() | MOMENTS.map(lambda moment: moment.at))
BUTTONS = st.builds(Button, WORDS, WORDS, st.sampled_from(Style), WORDS)


def _up_to(things: st.SearchStrategy, most: int) -> st.SearchStrategy:
    return st.lists(things, max_size=most).map(tuple)


ELEMENTS = st.one_of(
    WORDS.map(Text),
    WORDS.map(Foreign),
    WORDS.map(Warning),
    _up_to(FACTS, 25).map(Facts),
    st.builds(Items, _up_to(ITEMS, 12), WORDS),
    _up_to(BUTTONS, 60).map(Buttons),
)
CARDS = st.builds(
    Card, WORDS, _up_to(ELEMENTS, 60), st.sampled_from(Tone), st.sampled_from(["", "🔴"])
)

NAMES = st.text("abcdefghij_", min_size=1, max_size=30)
OPTIONS = _up_to(st.tuples(WORDS, WORDS), 130)
FIELDS = st.builds(
    Field,
    NAMES,
    WORDS,
    st.sampled_from(FieldKind),
    st.booleans(),
    WORDS,
    OPTIONS,
    WORDS,
    st.integers(1, 10_000),
)
FORMS = st.builds(
    Form,
    WORDS,
    WORDS,
    st.lists(FIELDS, min_size=1, max_size=12, unique_by=lambda field: field.name).map(tuple),
    WORDS,
    WORDS,
)
