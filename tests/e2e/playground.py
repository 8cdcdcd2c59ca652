"""Microsoft's own local Teams client, as a process.

https://www.npmjs.com/package/@microsoft/m365agentsplayground

It is installed when it is needed, outside this repository: its licence is for evaluation only.
"""

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.conftest import ROOT, eventually, fetch, free_port, process
from tests.fakes.teams.state import TENANT, guid

PACKAGE = "@microsoft/m365agentsplayground@0.2.28"
CHANNEL = "19:incidents@thread.tacv2"
TEAM = "19:general@thread.tacv2"
PEOPLE = ("Ann Olsen", "Ben Ito", "Cara Diaz", "Eva Holm", "Vic Reader", "Sam Stranger")


@dataclass
class Playground:
    """`address` is the page to look at, `muster` the Muster that is connected to it."""

    address: str
    muster: str


def person(name: str, number: int) -> str:
    """As the Playground's configuration lists people."""
    given, surname = name.split()
    mail = f"{given.lower()}@example.com"
    fields = {
        "id": f"user-{number}",
        "name": name,
        "userPrincipleName": mail,
        "aadObjectId": guid(given.lower()),
        "givenName": given,
        "surname": surname,
        "email": mail,
    }
    return "\n".join(f"    {key}: {value}" for key, value in fields.items())


def configuration() -> str:
    first, *others = (person(name, number) for number, name in enumerate(PEOPLE))
    listed = "\n".join(f"  -{one[3:]}" for one in others)
    return f"""\
version: "0.1.1"
tenantId: {TENANT}
bot:
  id: "28:{guid("muster.example")}"
  name: Muster
currentUser:
{first}
users:
{listed}
personalChat:
  id: personal-chat
groupChat:
  id: group-chat
  name: Group Chat
team:
  id: "{TEAM}"
  name: Payments
  aadGroupId: {guid("group")}
  channels:
    - id: "{CHANNEL}"
      name: Incidents
"""


def installed(folder: Path) -> Path:
    """The program; skips where it cannot be had."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("no node and npm here; the Playground needs them")
    command = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), PACKAGE]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    program = folder / "node_modules" / "@microsoft" / "m365agentsplayground" / "cli.js"
    if done.returncode or not program.exists():
        pytest.skip(f"the Playground cannot be installed: {done.stderr[-300:]}")
    return program


@contextmanager
def playground(folder: Path) -> Iterator[Playground]:
    """The Playground, Microsoft's tokens, and Muster in dev between them."""
    program = installed(folder / "npm")
    client, signing, port = free_port(), free_port(), free_port()
    muster, service = f"http://127.0.0.1:{port}", f"http://localhost:{client}"
    (folder / "client").mkdir()
    (folder / "client" / ".m365agentsplayground.yml").write_text(configuration())
    start = [
        "node", str(program), "start",
        "-e", f"http://127.0.0.1:{signing}/api/messages", "-c", "msteams", "-p", str(client),
        "--disable-telemetry",
    ]  # fmt: skip
    microsoft = [sys.executable, "-m", "tests.e2e.microsoft", str(signing), muster]
    log = folder / "microsoft" / "log.txt"
    with process(microsoft, folder / "microsoft", PYTHONPATH=str(ROOT)):
        eventually(lambda: log.exists() and log.read_text().startswith("{"), "Microsoft's tokens")
        settings = json.loads(log.read_text().splitlines()[0])
        settings |= {
            "MUSTER_TEAMS__SERVICE_URL": f"{service}/_connector",
            "MUSTER_TEAMS__SERVICE_URLS": json.dumps([f"{service}/"]),
            "MUSTER_TEAMS__INCIDENT_CHANNEL": CHANNEL,
        }
        with (
            process(
                [sys.executable, "-m", "bot", "serve"],
                folder / "muster",
                MUSTER_ENV="dev",
                MUSTER_PORT=str(port),
                PYTHONPATH=str(ROOT),
                **settings,
            ),
            process(start, folder / "client"),
        ):
            eventually(lambda: fetch(f"{muster}/ready"), "Muster is ready")
            eventually(lambda: listens(client), "the Playground listens")
            yield Playground(f"http://127.0.0.1:{client}", muster)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
