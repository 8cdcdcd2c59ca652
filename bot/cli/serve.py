"""`muster serve`"""

import asyncio
import gc
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--role", choices=["all"], default="all", help="what this process does (default: all)"
    )


def run(options: Namespace, environment: Mapping[str, str]) -> int:
    gc.disable()  # nothing of what is imported ever becomes garbage
    sys.modules.setdefault("rich", None)  # type: ignore[arg-type] # structlog would import it
    from bot.serve import serve  # noqa: PLC0415
    from config.settings import load_settings  # noqa: PLC0415

    gc.freeze()
    gc.enable()
    asyncio.run(serve(load_settings(environment)))
    return 0
