"""Words stay words in the Markdown of a postmortem, judged by a reader of CommonMark."""

import re
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards.postmortem_text import _safe

markdown_it = pytest.importorskip("markdown_it", reason="no reader of CommonMark is installed")
READER = markdown_it.MarkdownIt("commonmark")

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
FORGED = (
    "All is well\n-",
    "All is well\n--  ",
    "All is well\n===",
    "# Root cause",
    "  ## Root cause",
    "***",
    "_ _ _",
    "- - -",
    "~~~\ncode",
    "> said Ann",
    "1. first",
    "7) seventh",
    "<b>bold</b>",
    "![x](https://evil.example/x.png)",
    "[bank](https://evil.example)",
    "&lt;b&gt; &copy; &#35;",
    "`code`",
)


@pytest.mark.parametrize("words", FORGED)
def test_words_are_read_as_they_were_written(words: str) -> None:
    page = READER.render(_safe(words))
    assert set(re.findall(r"<(\w+)", page)) == {"p"}, page
    read = unescape(re.sub(r"</?p>", "", page))
    assert read.split() == words.split()


PIECES = (
    "#",
    "-",
    "--",
    "*",
    "_",
    "=",
    "+",
    ">",
    "~~~",
    "1.",
    "2)",
    "\n",
    " ",
    "\t",
    "a",
    "`",
    "|",
)
MADE = st.lists(st.sampled_from((*PIECES, "[x](https://y.example)", "<i>", "&amp;", "\\")))


@settings(deadline=None)  # a busy machine is no bug
@given(MADE.map("".join), st.sampled_from(["", "- "]))
def test_no_words_make_a_heading_a_link_or_a_picture(words: str, before: str) -> None:
    page = READER.render(f"{before}{_safe(words)}")
    made = set(re.findall(r"<(\w+)", page))
    assert not made & {"h1", "h2", "h3", "h4", "h5", "h6", "a", "img", "i", "blockquote", "hr"}, (
        page
    )
