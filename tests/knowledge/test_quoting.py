"""What is quoted says something by itself: sentences, and of them the one that was asked for."""

import pytest

from bot.cards.knowledge import answer_card
from bot.cards.plain_text import plain_text
from bot.engine.knowledge.passages import passages
from bot.engine.knowledge.quoting import fixing
from bot.engine.knowledge.sentences import Kind, sentences
from bot.ports.knowledge import Document
from tests.knowledge.conftest import Shelf


def said(text: str) -> list[str]:
    return [" ".join(text[one.start : one.end].split()) for one in sentences(text)]


@pytest.mark.parametrize(
    "text",
    [
        "[the dashboard of the queue workers](https://grafana.example/d/queue-workers)",
        "[queue-sizes]: https://grafana.example/d/queue?panel=89 [logs]: https://logs.example/x",
        "See <https://wiki.example/pages/of/the/queue/and/its/workers/in/production>",
        "| 14:05 | The queue was drained by Ann |\n|-------|------------------|",
        "$ kubectl get pods --all-namespaces --watch",
        "shop=# select * from queues where stuck;\n-------+--------+------\n",
        "```Post http://broker.example/queue: i/o timeout of it```",
        "```\nqueue is full and nobody drains it\n```",
        "<pre>\nqueue --reads--> worker of the shop\n</pre>",
        "## How the queue of the shop was drained",
        "Ann Lee [2:22 PM]",
    ],
)
def test_what_says_nothing_alone_is_no_quotation(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**Impact**: Nobody could pay for an hour.", "Nobody could pay for an hour."),
        ("**_NOTE:_** The queue must be drained first.", "The queue must be drained first."),
        ("- **17:02 UTC** - The queue began to grow.", "The queue began to grow."),
        ("*The queue was drained by hand.*", "The queue was drained by hand."),
        ("Drain it (e.g. by hand) at once.", "Drain it (e.g. by hand) at once."),
        ("In Nov. 2025 the queue was full.", "In Nov. 2025 the queue was full."),
        ("> Drain the queue\n> before noon.", "Drain the queue > before noon."),
    ],
)
def test_a_sentence_is_whole_and_without_its_label(text: str, expected: str) -> None:
    assert said(text) == [expected]


def test_a_sentence_takes_along_the_list_or_command_it_leads_to() -> None:
    assert said("Look at these first:\n\n- the depth of the queue\n- its consumers\n") == [
        "Look at these first: - the depth of the queue - its consumers",
        "the depth of the queue",
    ]
    command = "Drain the queue with the following command.\n\n```\nbroker drain shop\n```\n"
    assert said(command) == [
        "Drain the queue with the following command. ``` broker drain shop ```"
    ]


def test_what_leads_nowhere_is_known_as_such() -> None:
    (one,) = sentences("Look at all of these first:\n\n## Next\n")
    assert one.kind is Kind.LEADING


def test_a_sentence_stands_under_its_headings_and_its_label() -> None:
    text = "# Shop down\n\n## Afterwards\n\n- **Resolution**:\n  - The queue was drained by hand.\n"
    assert [one.under for one in sentences(text)] == ["Afterwards > Resolution"]


def test_code_in_one_line_opens_no_block_of_code() -> None:
    text = "# Queue\n\n```queue full``` is said.\n\n## Mitigation\n\nDrain the queue by hand.\n"
    assert [one.heading for one in passages(text)] == ["Queue", "Queue > Mitigation"]
    assert said(text)[-1] == "Drain the queue by hand."


def test_what_fixed_it_is_what_was_done_and_not_what_somebody_ought_to_do() -> None:
    text = """# Shop down

## Timeline

- 14:05 Ann restarted the broker
- 14:20 it did not help

## Resolution

The queue had grown since the deploy. Reverting the deploy resolved the issue.

## Action items

- We added a task to watch the depth of the queue
"""
    fix = fixing(text)
    assert fix is not None
    assert text[fix.start : fix.end] == "Reverting the deploy resolved the issue."


@pytest.mark.parametrize(
    "said",
    [
        "To resolve the deadlock, the primary database was taken out of the pool.",
        "To mitigate the impact, we sent traffic to the other region.",
        "The fix was rolled out everywhere by 06:45.",
    ],
)
def test_a_sentence_that_says_what_it_is_for_tells_what_fixed_it(said: str) -> None:
    text = f"# Shop down\n\nIt had been disabled, causing a deadlock.\n\n{said}\n"
    fix = fixing(text)
    assert fix is not None
    assert text[fix.start : fix.end] == said


def test_what_is_to_be_done_some_day_fixed_nothing() -> None:
    assert fixing("# Shop down\n\nTo fix this, we plan to replace the broker.\n") is None


def test_nothing_is_made_up_where_nobody_says_what_fixed_it() -> None:
    assert fixing("The shop was down for an hour and customers complained a lot.") is None


SHOP = """# Zebra broker stops

## Summary

The zebra broker stopped and nobody could pay for an hour.

## Impact

Four thousand orders were lost.

## Root cause

The disk filled up because an old log was never rotated.

## Resolution

Ann deleted the old log and restarted the zebra broker.

## Action items

- Add an alert for the disk of the zebra broker
- [zebra broker dashboard](https://grafana.example/zebra-broker-stops)
"""
ALERT = """# ZebraBrokerStops

## Meaning

The zebra broker answers no ping.

## Mitigation

Restart the broker on the standby host, then fail over to it.
"""


@pytest.fixture
async def zebra(records: Shelf) -> Shelf:
    await records.library.put(
        [
            Document(id="pm-zebra", kind="incident", title="Zebra broker stops", text=SHOP),
            Document(id="rb-zebra", kind="runbook", title="ZebraBrokerStops", text=ALERT),
            Document(id="rb-copy", kind="runbook", title="Zebra Broker Stops", text=ALERT),
        ]
    )
    return records


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("has the zebra broker stopped before?", "The zebra broker stopped and nobody could pay"),
        ("why did the zebra broker stop", "The disk filled up because an old log"),
        ("zebra broker stops: what was the impact?", "Four thousand orders were lost."),
        ("action items after the zebra broker stops", "Add an alert for the disk of the zebra"),
    ],
)
async def test_the_section_that_was_asked_for_is_quoted(
    zebra: Shelf, question: str, first: str
) -> None:
    answer = await zebra.ask(question)
    quotes = [one.quote for one in answer.citations if one.document.id == "pm-zebra"]
    assert quotes[0].startswith(first)


async def test_an_alert_is_answered_with_what_it_means_and_what_to_do(zebra: Shelf) -> None:
    answer = await zebra.ask("[FIRING:1] ZebraBrokerStops what now")
    quotes = [one.quote for one in answer.citations if one.document.kind == "runbook"]
    assert quotes == [
        "The zebra broker answers no ping.",
        "Restart the broker on the standby host, then fail over to it.",
    ], "and the copy of the runbook says it no second time"


@pytest.mark.parametrize(
    "text",
    [
        "It was first triggered when the pods got restarted after the deploy.",
        "We changed the ingress controller to version 2 a week before.",
        "A member of the team inadvertently removed more servers than intended.",
        "The misconception was exacerbated when checking was disabled, causing confusion since.",
    ],
)
def test_what_was_done_before_it_broke_is_no_fix(text: str) -> None:
    assert fixing(f"# Shop down\n\n{text}\n") is None


def test_a_command_is_shown_without_the_marks_around_it() -> None:
    text = "Drain the queue:\n\n```bash\nbroker drain shop\n```\n"
    document = Document(id="rb", kind="runbook", title="Queue", text=text)
    card = plain_text(answer_card([(document, text)], id="a1", confidence=0.9))
    assert "“Drain the queue: broker drain shop” [1]" in card
