"""`muster version`"""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping

from bot import __version__
from storage.schema import HEAD


def arguments(parser: ArgumentParser) -> None:
    """None."""


def run(options: Namespace, environment: Mapping[str, str]) -> int:
    print(f"muster {__version__}, schema {HEAD}")
    return 0
