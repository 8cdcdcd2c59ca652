"""The servers under load: each a process of its own on a free port of 127.0.0.1, ended for sure."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Any, Final

import orjson

from bench.load import Load, Report

ROOT: Final = Path(__file__).parent.parent
PATIENCE: Final = 30.0
"""Seconds a server may take to start, to come to rest, and to stop."""

REST: Final = 0.5
RESTING: Final = 0.15
"""A server that uses a smaller share of a processor than this, for REST seconds, is at rest."""


class Unavailable(Exception):
    """This figure cannot be measured here; says why."""


@dataclass(slots=True)
class Server:
    """Runs `command` as long as the `with` block lasts; its output goes to the file `log`."""

    name: str
    command: Sequence[str]
    port: int
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    process: Any = None

    def __enter__(self) -> "Server":
        self.start()
        self.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("MUSTER_")}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env={**inherited, **self.environment},
                stdout=log,
                stderr=log,
            )

    def wait(self) -> None:
        """Until the port answers; raises RuntimeError with the end of the log otherwise."""
        until = monotonic() + PATIENCE
        while monotonic() < until and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                sleep(0.005)
            else:
                return
        self.stop()
        raise RuntimeError(f"{self.name} did not start:\n{self.log.read_text()[-2000:]}")

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def resident(self) -> float:
        return resident(self.process.pid)

    def busy(self) -> float:
        """Seconds of processor time it has used so far."""
        said = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")

    def load(self, load: Load) -> Report:
        """Runs the load, in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "bench.load"],
            input=orjson.dumps(asdict(load)),
            stdout=subprocess.PIPE,
            cwd=ROOT,
            timeout=load.seconds + 3 * PATIENCE,
            check=True,
        )
        return Report(**orjson.loads(done.stdout))


def resident(process: int) -> float:
    """Megabytes of its memory that are in RAM now."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def settled(server: Server) -> None:
    """Waits until it rests: what the last load left to do is done."""
    until = monotonic() + PATIENCE
    before = server.busy()
    while monotonic() < until:
        sleep(REST)
        now = server.busy()
        if now - before < RESTING * REST:
            return
        before = now


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def floor(name: str, folder: Path, database: str = "") -> Server:
    """One of bench.floors."""
    port = free_port()
    command = [sys.executable, "-m", "bench.floors", name, str(port), database]
    return Server(f"the {name} floor", command, port, folder / f"{name}.log")


def muster(folder: Path, database: str, **settings: str) -> Server:
    """Muster as `make run` starts it; `settings` as in MUSTER_…, without the prefix."""
    port = free_port()
    environment = {
        "MUSTER_ENV": "dev",
        "MUSTER_PORT": str(port),
        "MUSTER_DATABASE_URL": database,
        **{f"MUSTER_{name}": value for name, value in settings.items()},
    }
    command = [sys.executable, "-m", "bot", "serve"]
    return Server("Muster", command, port, folder / "muster.log", environment)


def slack(folder: Path) -> Server:
    """The simulator of the tests, as `make slack-sim` starts it."""
    port = free_port()
    command = [sys.executable, "-m", "tests.fakes.slack", "--port", str(port)]
    return Server("Slack, simulated,", command, port, folder / "slack.log")


def model(folder: Path, mode: str) -> Server:
    """The model server of the tests, in a mode of its own."""
    port = free_port()
    command = [sys.executable, "-m", "tests.fakes.llm", "--port", str(port), "--mode", mode]
    return Server(f"a model, {mode},", command, port, folder / f"model-{mode}.log")


def alertmanager(folder: Path) -> Server:
    """Prometheus's own, with a receiver that does nothing.

    Raises:
        Unavailable: it is not installed.
    """
    program = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
    if program is None:
        raise Unavailable("no prometheus-alertmanager here (make e2e-setup installs it)")
    config = folder / "alertmanager.yml"
    config.write_text("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n")
    port = free_port()
    command = [
        program,
        f"--config.file={config}",
        f"--storage.path={folder / 'alertmanager'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
        "--log.level=error",
    ]
    return Server("Alertmanager", command, port, folder / "alertmanager.log")
