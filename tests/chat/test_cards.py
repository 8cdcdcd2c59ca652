"""What may stand on a card: the buttons of the moment, and foreign words that mean nothing."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.answered import answered_card
from bot.cards.incident import buttons_of, incident_card
from bot.cards.listing import list_card
from bot.cards.markdown import Look, spans
from bot.cards.page import LINE, page_card, page_line
from bot.cards.plain_text import plain_text
from bot.cards.timeline import SENTENCES, sentence
from bot.domain.alert import AlertRecord, AlertStatus
from bot.domain.card import Card, Fact, Facts, Ref, Text, plain
from bot.domain.entry import ActorType, Change, Entry, EntryType
from bot.domain.incident import Incident, Visibility
from bot.domain.lifecycle import State
from bot.domain.severity import Severity
from tests.fakes.policies import company

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
POLICIES = company()


def incident(**more: Any) -> Incident:
    return Incident(**{"number": 42, "opened_at": NOW, "updated_at": NOW, "round": 1, **more})


TAKEN = {"acknowledged_at": NOW, "acknowledged_by": "ann", "acknowledged_round": 1}
BUTTONS = {
    ("NEW", False): "ack escalate resolve",
    ("NEW", True): "escalate resolve",
    ("ACKNOWLEDGED", False): "ack start escalate resolve",
    ("ACKNOWLEDGED", True): "start escalate resolve",
    ("IN_PROGRESS", False): "ack escalate resolve",
    ("IN_PROGRESS", True): "escalate resolve",
    ("ESCALATED", False): "ack start deescalate escalate resolve",
    ("ESCALATED", True): "start deescalate escalate resolve",
    ("RESOLVED", False): "reopen close",
    ("RESOLVED", True): "reopen close",
    ("CLOSED", False): "reopen",
    ("CLOSED", True): "reopen",
}


def test_where_people_meet_stands_first_and_names_the_incident() -> None:
    call = "https://meet.example/room-{number}"
    policies = company(routes={"default": {"fallback": True, "call": call}})
    one = incident(route="default", title="Checkout is slow")
    link = "https://meet.example/room-42"
    call_fact = Fact("Call", Ref("join it", link))
    card = incident_card(one, policies)
    first = card.body[0]
    assert isinstance(first, Facts)
    assert first.facts[0] == call_fact
    assert link in card.fallback
    (facts,) = answered_card("You have it.", one, policies, ()).body
    assert isinstance(facts, Facts)
    assert call_fact in facts.facts


@pytest.mark.parametrize(("state", "taken"), BUTTONS)
def test_the_buttons_of_the_moment(state: str, taken: bool) -> None:
    one = incident(status=State(state), **(TAKEN if taken else {}))
    verbs = [button.command.removesuffix(" #42") for button in buttons_of(one)]
    assert " ".join(verbs) == BUTTONS[state, taken]
    assert len({button.label for button in buttons_of(one)}) == len(verbs)


def test_every_state_has_its_buttons() -> None:
    assert {state for state, _ in BUTTONS} == set(State)


# foreign words

NASTY = [
    "**bold** *it* `code` ~~s~~ <b>x</b>",
    "@channel <!here> <!channel> <@U123> @everyone",
    "[x](javascript:alert(1)) [x](https://evil.example) <https://evil.example|bank>",
    "line\n**State:** Resolved\r\n> quoted",
    "\u202etxet desrever\u2066 \u200fmark",
    "a\\*b \\\\*c* \\[x\\](https://evil.example)",
]
WORDS = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=80),
    st.text(alphabet="*_`[]()<>|~\\@!#a \nhttps:/.", max_size=80),
)
UNSEEN = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x00\x1b")


def texts(card: Card) -> list[str]:
    return [element.markdown for element in card.body if isinstance(element, Text)]


@given(WORDS)
def test_plain_words_mean_nothing_in_our_sentence(words: str) -> None:
    found = list(spans(f"it is {plain(words)} now"))
    assert {span.look for span in found} == {Look.PLAIN}
    assert "".join(span.text for span in found) == f"it is {' '.join(words.split())} now"


@given(WORDS, st.sampled_from(sorted(SENTENCES)))
def test_no_entry_gives_foreign_words_a_meaning(words: str, type: EntryType) -> None:
    ours = sentence(entry(type, ""), POLICIES.people)
    said = sentence(entry(type, words), POLICIES.people)
    looks = [span.look for span in spans(said) if span.look is not Look.PLAIN]
    assert looks.count(Look.LINK) == looks.count(Look.CODE) == 0
    assert len(looks) <= max(1, sum(s.look is not Look.PLAIN for s in spans(ours)))
    assert "\n" not in said


def entry(type: EntryType, words: str) -> Entry:
    return Entry(
        stream="incident:42",
        seq=2,
        event_id="e",
        type=type,
        actor_type=ActorType.USER,
        actor_id=words,
        actor_name=words,
        occurred_at=NOW,
        recorded_at=NOW,
        text=words,
        changes=(
            Change("title", "old", words),
            Change("severity", "P2", "P1"),
            Change("assigned_to", None, words),
            Change("status", "NEW", "ACKNOWLEDGED"),
        ),
        metadata={
            "doing": words,
            "people": [words],
            "person": words,
            "channel": "web",
            "step": "1",
        },
    )


@given(WORDS)
def test_on_a_card_foreign_words_stay_what_they_are(words: str) -> None:
    one = incident(
        title=words, description=words, service=words, resource=words, resolution=words,
        source=words, links=[{"url": "https://x.example", "label": words}],
    )  # fmt: skip
    cards = [
        incident_card(one, POLICIES, [record(words)]),
        page_card([one, one], POLICIES, loud=True),
        list_card([], more=False),
    ]
    for card in cards:
        assert not any(words.strip() and words in text for text in texts(card) if len(words) > 8)
        said = plain_text(card)
        assert not UNSEEN & set(said)
        lines = said.split("\n")
        assert sum(line.startswith("State: ") for line in lines) <= 1
        assert lines[0].strip()


def record(words: str) -> AlertRecord:
    return AlertRecord(
        id="a", source="prometheus", fingerprint="f", title=words, severity=Severity.P1,
        vendor_severity=None, status=AlertStatus.FIRING, group_key="g", route="default", labels={},
        resource=None, link="javascript:alert(1)", description="", starts_at=None, ends_at=None,
        happened_at=None, first_seen_at=NOW, last_seen_at=NOW,
    )  # fmt: skip


@given(WORDS, WORDS, st.sampled_from(Severity), st.integers(1, 10**15 - 1), st.booleans())
def test_the_line_of_a_page(
    title: str, service: str, severity: Severity, number: int, private: bool
) -> None:
    visibility = Visibility.PRIVATE if private else Visibility.PUBLIC
    one = incident(
        number=number, title=title, service=service, severity=severity, visibility=visibility
    )
    line = page_line(one)
    assert len(line) <= LINE
    assert line.startswith(str(severity))
    assert line.endswith(f"#{number}")
    assert len(line.splitlines()) == 1
    assert not UNSEEN & set(line)
    if private:
        assert line == f"{severity} private incident #{number}"


def test_a_page_of_a_private_incident_is_a_number() -> None:
    one = incident(title="secret", description="secret", service="secret", resource="secret",
                   visibility=Visibility.PRIVATE)  # fmt: skip
    for loud in (True, False):
        card = page_card([one, incident(number=43, title="open")], POLICIES, loud=loud)
        assert "secret" not in repr(card)


def test_an_alert_s_link_that_is_no_web_address_is_no_link() -> None:
    card = incident_card(incident(title="x"), POLICIES, [record("alert")])
    assert "javascript:" not in "".join(span.url for text in texts(card) for span in spans(text))


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("Page", "The page to Ben Ito by web failed: nobody looks. Call them: +4512345678"),
        ("DirectMessage", "The message to Ben Ito by web failed: nobody looks."),
        ("Upload", "The upload to Ben Ito by web failed: nobody looks."),
    ],
)
def test_what_failed_is_told_in_words_and_not_in_names_of_code(kind: str, said: str) -> None:
    entry = Entry(
        stream="incident:42",
        seq=2,
        event_id="e",
        type=EntryType.NOTIFICATION_FAILED,
        actor_type=ActorType.SYSTEM,
        actor_id="muster",
        actor_name="Muster",
        occurred_at=NOW,
        recorded_at=NOW,
        text="nobody looks",
        metadata={"kind": kind, "channel": "web", "person": "ben"},
    )
    assert sentence(entry, POLICIES.people).rstrip(".") == said.rstrip(".")


def test_where_nobody_can_answer_a_page_has_links_in_place_of_commands() -> None:
    """A mail said "Commands: ack #42", and led nowhere."""
    ways = [("Acknowledge", "https://m.example/page/x"), ("Open", "https://m.example/incidents/42")]
    card = page_card([incident(title="down")], POLICIES, loud=True, ways=lambda _: ways)
    said = plain_text(card)
    assert "https://m.example/page/x" in said
    assert "https://m.example/incidents/42" in said
    assert "ack #42" not in said
