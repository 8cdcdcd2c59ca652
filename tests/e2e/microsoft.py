"""What the Playground lacks of Microsoft, as a process: tokens for Muster, and its own signature.

`python -m tests.e2e.microsoft PORT MUSTER` listens for the Playground's activities on PORT, signs
each as Microsoft would, and hands it to Muster; its first line is JSON: Muster's settings.
"""

import asyncio
import json
import sys
import time

from aiohttp import ClientSession, web

from tests.fakes.teams.server import teams_simulator


async def main(port: int, muster: str) -> None:
    async with teams_simulator() as teams, ClientSession() as http:

        async def sign(request: web.Request) -> web.Response:
            body = await request.read()
            service = str(json.loads(body).get("serviceUrl") or "")
            claims = teams.issuer.claims(teams.login.app_id, service, time.time())
            headers = {
                "Authorization": f"Bearer {teams.issuer.sign(claims)}",
                "Content-Type": "application/json",
            }
            async with http.post(f"{muster}/api/messages", data=body, headers=headers) as answer:
                said = await answer.read()
            return web.Response(status=answer.status, body=said, content_type="application/json")

        application = web.Application()
        application.router.add_post("/api/messages", sign)
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        sys.stdout.write(f"{json.dumps(teams.settings())}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
