"""What is not installed is said, with what installs it."""

from structlog.testing import capture_logs

from bot.analyst import _made
from bot.ports.analyst import Ability
from config.settings import load_settings


def test_a_missing_package_is_named_with_what_installs_it() -> None:
    with capture_logs() as logs:
        made = _made(
            Ability.VECTORS, "no_such_package:connect", load_settings({"MUSTER_ENV": "dev"})
        )
    assert made is None
    (said,) = logs
    assert said["why"] == "no_such_package is missing: install muster[ai]."
