"""The main cards in full, as Teams is given them."""

from pathlib import Path

import pytest

from bot.platforms.teams.mentions import Mention
from bot.platforms.teams.render import Around, activity
from tests.golden.conftest import Golden
from tests.golden.test_cards import cards

EXPECTED = Path(__file__).parent / "adaptive"
AROUND = Around(
    version=3,
    incident=42,
    mentions=[Mention("0b1c", "Ann Olsen")],
    viewers=["29:ann"],
    asks=lambda command: command.startswith("resolve"),
)


@pytest.mark.parametrize("name", cards())
def test_a_card_looks_like_this_in_teams(name: str, golden: Golden) -> None:
    golden(EXPECTED / f"{name}.json", activity(cards()[name], AROUND))


def test_no_card_is_expected_that_is_gone() -> None:
    assert {file.stem for file in EXPECTED.glob("*.json")} == set(cards())
