"""Every verb of the registry keeps the contract of a command."""

from collections import Counter
from typing import Any

import pytest

from bot.chat.command import Command, Takes, asking
from bot.domain.form import Form, check
from bot.domain.rights import VERB_RIGHTS
from handlers.commands import COMMANDS
from handlers.registry import resolve
from tests.chat.conftest import Desk, words

ALL: dict[str, Command] = {verb: resolve(path) for verb, path in COMMANDS.items()}
BY_SECTION = "postmortem"
"""Opens a form only where a section is named."""

WITH_FORM = [v for v, command in ALL.items() if command.form is not None and v != BY_SECTION]

FILLED: dict[str, dict[str, str]] = {
    "ask": {"question": "have we seen this before?"},
    "declare": {"title": "search is slow", "severity": "P1"},
    "assign": {"person": "ben"},
    "role": {"role": "scribe", "person": "ben"},
    "severity": {"severity": "P0", "reason": "it spreads"},
    "update": {"known": "we know", "doing": "we do", "next": "30m"},
    "resolve": {"outcome": "fixed", "notes": "restarted"},
    "note": {"text": "a line"},
    "task": {"task": "check the cache", "owner": "ben"},
    "followup": {"text": "limit the cache", "owner": "ben", "due": "friday"},
    "mitigated": {"impact": "9:50"},
    "page": {"person": "ben", "text": "please"},
    "silence": {"length": "1h", "comment": "noise"},
    "rename": {"title": "a better title"},
    "link": {"url": "https://dash.example", "label": "dashboard"},
}


@pytest.mark.parametrize("verb", ALL)
def test_a_verb_is_what_its_registration_says(verb: str) -> None:
    command = ALL[verb]
    assert command.verb == verb == verb.lower()
    assert command.usage.startswith(verb)
    assert command.help.endswith(".")
    if command.takes is Takes.INCIDENT:
        assert "[#id]" in command.usage


def test_every_verb_has_a_right_and_every_right_a_verb() -> None:
    assert set(VERB_RIGHTS) == set(COMMANDS)


def test_every_word_means_one_verb() -> None:
    said = Counter(word for command in ALL.values() for word in command.words)
    assert [word for word, times in said.items() if times > 1] == []


@pytest.mark.parametrize(
    ("line", "asks"),
    [
        ("resolve #7", True),
        ("fixed #7", True),
        ("declare", True),
        ("task INC-20260105-00007", True),
        ("postmortem #7 edit summary", True),
        ("pm #7 edit summary --version 3", True),
        ("postmortem #7", True),
        ("postmortem #7 draft", False),
        ("task #7 done 3", False),
        ("followup #7 list", False),
        ("ack #7", False),
        ("edit", False),
        ("", False),
    ],
)
def test_a_button_says_beforehand_whether_it_asks_something(line: str, asks: bool) -> None:
    assert asking(ALL.values())(line) is asks


@pytest.mark.parametrize("verb", ALL)
async def test_help_shows_it(desk: Desk, verb: str) -> None:
    one = await desk.told("vic", f"help {verb}")
    assert ALL[verb].help.replace("`", "") in one
    assert str(VERB_RIGHTS[verb]) in one
    assert ALL[verb].usage in await desk.told("vic", "help")


async def target(desk: Desk, verb: str) -> str:
    """The command with the id it needs."""
    number = await desk.alert_opens("payments down")
    return verb if ALL[verb].takes is Takes.NOTHING else f"{verb} #{number}"


async def form_of(desk: Desk, verb: str) -> tuple[str, Form]:
    text = await target(desk, verb)
    reply = await desk.say("ann", text, interactive=True)
    assert reply.form is not None
    return text, reply.form


@pytest.mark.parametrize("verb", WITH_FORM)
async def test_a_form_opens_and_changes_nothing(desk: Desk, verb: str) -> None:
    text, form = await form_of(desk, verb)
    assert form.command == text
    assert form.title
    assert len({field.name for field in form.fields}) == len(form.fields)
    if verb != "declare":
        assert await desk.types(1) == ["incident_created"]


@pytest.mark.parametrize("verb", WITH_FORM)
async def test_a_filled_in_form_does_it(desk: Desk, verb: str) -> None:
    text, form = await form_of(desk, verb)
    before = len(await desk.entries(1))
    defaults = {field.name: field.value for field in form.fields}
    reply = await desk.say("ann", text, answers={**defaults, **FILLED[verb]})
    assert reply.ok, words(reply)
    assert verb in {"declare", "ask"} or len(await desk.entries(1)) > before


@pytest.mark.parametrize("verb", WITH_FORM)
async def test_what_is_missing_is_said_at_its_field(desk: Desk, verb: str) -> None:
    text, form = await form_of(desk, verb)
    needed = [field.name for field in form.fields if field.required]
    answers = {field.name: "" for field in form.fields}
    reply = await desk.say("ann", text, answers=answers)
    assert sorted(reply.wrong) == sorted(needed)
    assert reply.ok is not bool(needed)


def wrong_answers() -> list[Any]:
    return [
        pytest.param("severity", {"severity": "P9"}, "severity", id="no choice"),
        pytest.param("update", {"known": "x", "next": "soon"}, "next", id="no duration"),
        pytest.param("note", {"text": "x" * 10_001}, "text", id="too long"),
        pytest.param("declare", {"title": "x" * 501}, "title", id="a title too long"),
        pytest.param("page", {"person": "zoe"}, "person", id="nobody"),
        pytest.param("resolve", {"outcome": "merged"}, "outcome", id="no outcome"),
    ]


@pytest.mark.parametrize(("verb", "answers", "field"), wrong_answers())
async def test_what_is_wrong_is_said_at_its_field(
    desk: Desk, verb: str, answers: dict[str, str], field: str
) -> None:
    text, form = await form_of(desk, verb)
    reply = await desk.say("ann", text, answers=answers)
    assert list(reply.wrong) == [field]
    assert (reply.status, reply.form) == (422, form)
    assert check(form, answers).keys() <= reply.wrong.keys()
