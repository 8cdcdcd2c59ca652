"""The style sheet: readable in daylight and at night, for everybody (WCAG 2.2, AA)."""

import re
from itertools import product

import pytest

from handlers.web.assets import FOLDER

STYLE = (FOLDER / "room.css").read_text()
LIGHT, DARK = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
SCHEMES = {
    name: dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
    for name, block in (("light", LIGHT), ("dark", DARK))
}
WORDS = ("ink", "faint", "link", "alarm", "active", "calm")
GROUNDS = ("paper", "sheet")
PAIRS = [
    *product(WORDS, GROUNDS),
    ("on-link", "link"),
    ("sheet", "alarm"),
    ("ink", "alarm-wash"),
    ("faint", "alarm-wash"),
    ("ink", "hold-wash"),
]


def luminance(colour: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("words", "ground"), PAIRS)
def test_words_stand_out_from_their_ground(scheme: str, words: str, ground: str) -> None:
    colours = SCHEMES[scheme]
    assert contrast(colours[words], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", GROUNDS)
def test_edges_of_controls_stand_out(scheme: str, ground: str) -> None:
    assert contrast(SCHEMES[scheme]["edge"], SCHEMES[scheme][ground]) >= 3


def test_every_colour_is_named_once_for_day_and_night() -> None:
    assert SCHEMES["light"].keys() == SCHEMES["dark"].keys()
    assert set(re.findall(r"var\(--([\w-]+)\)", STYLE)) - {"mono", "sans"} <= set(SCHEMES["light"])


def test_whoever_wants_no_motion_gets_none() -> None:
    assert "prefers-reduced-motion" in STYLE
    assert ":focus-visible" in STYLE


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.js")), ids=lambda path: path.name)
def test_our_script_reads_nothing_but_our_own_server(path: object) -> None:
    text = (FOLDER / str(path)).read_text()
    assert "eval(" not in text
    assert not re.search(r"https?://(?!www\.w3\.org)", text)
    assert len(text.splitlines()) < 200
