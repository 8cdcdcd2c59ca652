"""What people wrote, as the words they saw."""

import pytest

from bot.cards.clean import first_line
from bot.platforms.slack.words import mentioned, without_mention, words

NAMES = {"U0ANN": "ann"}


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("plain", "plain"),
        ("  around  ", "around"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("&amp;lt;", "&lt;"),
        ("page <@U0ANN>", "page @ann"),
        ("page <@U0ANN|ann.o>", "page @ann"),
        ("page <@U0NEW|nia>", "page @nia"),
        ("page <@U0NEW>", "page @U0NEW"),
        ("in <#C1|general>", "in #general"),
        ("<!here> it burns", "@here it burns"),
        ("<!subteam^S1|@payments> help", "@payments help"),
        ("<!subteam^S1> help", "@subteam help"),
        ("at <!date^1767603600^{time}|09:00>", "at 09:00"),
        ("<https://a.example/x?a=1&amp;b=2>", "https://a.example/x?a=1&b=2"),
        ("<http://payments.example|payments.example> is down", "payments.example is down"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("see <https://a.example|the page>", "see the page (https://a.example)"),
        ("a < b > c", "a < b > c"),
        ("<>", "<>"),
        ("List<int>", "List<int>"),
    ],
)
def test_what_was_written_is_what_was_seen(written: str, seen: str) -> None:
    assert words(written, NAMES.get) == seen


def test_a_forged_mention_stays_what_it_was_typed_as() -> None:
    """Slack writes typed angles as entities, so these were typed, and are words."""
    assert words("&lt;@U0ANN&gt; &lt;!channel&gt;", NAMES.get) == "<@U0ANN> <!channel>"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("<@U0MUSTER> ack #42", "ack #42"),
        ("<@U0MUSTER|muster>   ack", "ack"),
        ("hey <@U0MUSTER> ack", "ack"),
        ("declare it burns <@U0MUSTER>", "declare it burns"),
        ("<@U0MUSTER>", ""),
        ("<@U0ANN> and <@U0MUSTER> page <@U0ANN>", "page <@U0ANN>"),
        ("ack", "ack"),
    ],
)
def test_what_is_said_to_the_bot_follows_its_mention(written: str, said: str) -> None:
    assert without_mention(written, "U0MUSTER") == said


def test_the_people_named_are_found_once_each() -> None:
    assert mentioned("<@U1> <@W2|w> <@U1> <#C1> <!here> @ann") == ["U1", "W2"]


def test_a_title_is_the_first_line_that_says_something() -> None:
    assert first_line("\n \n it burns \nmore", 20) == "it burns"
    assert first_line("x" * 30, 20) == "x" * 19 + "…"
    assert first_line(" \n", 20) == ""
