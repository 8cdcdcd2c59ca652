"""`muster serve`"""

import asyncio
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping

from bot.cli.quick_start import quick_imports


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--role", choices=["all"], default="all", help="what this process does (default: all)"
    )


def run(options: Namespace, environment: Mapping[str, str]) -> int:
    with quick_imports():
        from bot.serve import serve  # noqa: PLC0415
        from config.settings import load_settings  # noqa: PLC0415

    asyncio.run(serve(load_settings(environment), environment))
    return 0
