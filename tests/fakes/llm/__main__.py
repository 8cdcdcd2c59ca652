"""`python -m tests.fakes.llm --port 9098 --mode hanging`: a model server to try Muster against."""

import argparse
import asyncio

from aiohttp import web

from tests.fakes.llm.dialects import DIALECTS
from tests.fakes.llm.server import Mode, ModelServer, application
from tests.fakes.llm.wire import Dialect


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.fakes.llm", description=__doc__)
    parser.add_argument("--port", type=int, default=9098)
    parser.add_argument("--mode", choices=[mode.name.lower() for mode in Mode], default="good")
    parser.add_argument("--dialect", choices=list(DIALECTS), default="openai")
    said = parser.parse_args()
    asyncio.run(serve(said.port, Mode[said.mode.upper()], DIALECTS[said.dialect]))


async def serve(port: int, mode: Mode, dialect: Dialect) -> None:
    runner = web.AppRunner(application(ModelServer(mode=mode, dialect=dialect)))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    main()
