"""What in an update does not fit an incident that goes on."""

from datetime import timedelta

from bot.engine.analysis.update_rules import warnings
from tests.golden.test_cards import incident

OVER = [
    *("Payments are up again.", "We fixed it.", "Everything works again.", "Resolved!", "Fixed."),
    *("The incident has ended.", "All systems operational.", "We have resolved the issue."),
    *("The fix is out and customers can pay again.", "Problem solved.", "Recovered at 14:05."),
    *("Checkout works as usual.", "We've fixed this.", "Impact has ended.", "The outage is over."),
]
GOES_ON = [
    *("We are working on a fix.", "A fix is being deployed.", "It is not fixed yet."),
    *("We will post when it is resolved.", "The fixed IP of the gateway changed."),
    *("Some payments work again.", "We restored a backup to test it.", "Recovery takes an hour."),
    *("We fixed the typo but checkout is still down.", "The resolved DNS name is wrong."),
    *("Customers with fixed prices are affected.", "We hope it is over soon."),
]


def test_whoever_says_that_it_is_over_is_warned_and_nobody_else() -> None:
    now = incident()
    half = timedelta(minutes=30)
    assert [one for one in OVER if not warnings(now, one, "", half)] == []
    assert [one for one in GOES_ON if warnings(now, one, "", half)] == []
