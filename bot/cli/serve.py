"""`muster serve`"""

import asyncio
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping

from bot.cli.quick_start import quick_imports


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--role",
        choices=["all", "analyst"],
        default="all",
        help="what this process does (default: all); analyst: models and vectors, for others",
    )


def run(options: Namespace, environment: Mapping[str, str]) -> int:
    return ROLES[options.role](environment)


def _all(environment: Mapping[str, str]) -> int:
    with quick_imports():
        from bot.serve import serve  # noqa: PLC0415
        from config.settings import load_settings  # noqa: PLC0415

    asyncio.run(serve(load_settings(environment), environment))
    return 0


def _analyst(environment: Mapping[str, str]) -> int:
    from bot.serve_analyst import serve  # noqa: PLC0415
    from config.settings import load_settings  # noqa: PLC0415

    asyncio.run(serve(load_settings(environment)))
    return 0


ROLES = {"all": _all, "analyst": _analyst}
