"""`muster reload`: checks the policies and has the running server read them."""

import os
import signal
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping

from bot.cli.check import checked
from bot.domain.errors import ConfigError
from storage.instance import server_of


def arguments(parser: ArgumentParser) -> None:
    """None."""


def run(options: Namespace, environment: Mapping[str, str]) -> int:
    settings, policies = checked(environment)
    if settings.database_path is None:
        raise ConfigError("The policies are fine. Send SIGHUP to each server; they read them anew.")
    process = server_of(settings.database_path)
    if process is None:
        raise ConfigError(f"The policies are fine, but no server runs on {settings.database_path}.")
    try:
        os.kill(process, signal.SIGHUP)
    except PermissionError as wrong:
        raise ConfigError(f"Process {process} is another user's; send it SIGHUP.") from wrong
    print(f"Process {process} reads the policies (version {policies.version}).")
    return 0
