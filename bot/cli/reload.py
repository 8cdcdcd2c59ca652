"""`muster reload`: checks the policies and has the running server read them."""

import os
import signal
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping

from bot.cli.check import checked
from bot.domain.errors import ConfigError
from config.settings import Settings
from storage.instance import server_of


def arguments(parser: ArgumentParser) -> None:
    """None."""


def run(options: Namespace, environment: Mapping[str, str]) -> int:
    settings, policies = checked(environment)
    process = server(settings)
    hang_up(process)
    print(f"Process {process} reads the policies (version {policies.version}).")
    return 0


def server(settings: Settings) -> int:
    """The process that serves this database.

    Raises:
        ConfigError: there is none, or it cannot be told from here.
    """
    if settings.database_path is None:
        raise ConfigError("The policies are fine. Send SIGHUP to each server; they read them anew.")
    process = server_of(settings.database_path)
    if process is None:
        raise ConfigError(f"The policies are fine, but no server runs on {settings.database_path}.")
    return process


def hang_up(process: int) -> None:
    """Tells it to read its policies."""
    try:
        os.kill(process, signal.SIGHUP)
    except PermissionError as wrong:
        raise ConfigError(f"Process {process} is another user's; send it SIGHUP.") from wrong
