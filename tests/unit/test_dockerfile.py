"""The image, judged without a docker: its Dockerfile is read, and its build stage is carried out
in a temporary folder, from nothing but the files docker would be sent."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import find_spec
from pathlib import Path

import pytest

from bot.packed import read_table
from tests.unit.dockerfile import Step, ignore_patterns, sent, stages

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "handlers", "storage", "config", "prompts")
BUILD, IMAGE = stages((ROOT / "Dockerfile").read_text())


def _of(word: str, *steps: Step) -> list[Step]:
    return [step for step in steps if step.word == word]


def test_bases_are_tagged_and_none_is_latest() -> None:
    for step in _of("FROM", *BUILD, *IMAGE):
        image = step.words[0]
        assert re.fullmatch(r"python:3\.1[1-3]-slim(@sha256:[0-9a-f]{64})?", image)


def test_nothing_is_taken_from_the_network_but_hashed_wheels() -> None:
    for step in _of("COPY", *BUILD, *IMAGE):
        assert "://" not in step.rest
    for step in _of("RUN", *BUILD, *IMAGE):
        assert not re.search(r"\b(curl|wget|git|apt|apt-get)\b", step.rest)
        if " install " in step.rest and "pip" in step.rest:
            assert "--require-hashes" in step.rest or "--no-index" in step.rest


def test_it_runs_as_nobody_in_particular() -> None:
    words = [step.word for step in IMAGE]
    (user,) = _of("USER", *IMAGE)
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user.rest), "a fixed number, and not root's"
    assert not {"RUN", "COPY"} & set(words[words.index("USER") :]), "files belong to root"
    assert f"--uid {user.rest.partition(':')[0]} " in _of("RUN", *IMAGE)[0].rest


def test_it_writes_only_to_its_volume() -> None:
    (volume,) = _of("VOLUME", *IMAGE)
    assert volume.words == ["/var/lib/muster"]
    environment = dict(word.split("=", 1) for word in _of("ENV", *IMAGE)[0].words)
    assert environment["HOME"] == "/var/lib/muster"
    assert environment["MUSTER_DATABASE_URL"].startswith("sqlite+aiosqlite:////var/lib/muster/")
    assert environment["MUSTER_HOST"] == "0.0.0.0"
    assert not [name for name in environment if re.search("SECRET|TOKEN|PASSWORD|KEY", name)]


def test_it_serves_by_default() -> None:
    assert _of("EXPOSE", *IMAGE)[0].rest == "8080"
    assert _of("ENTRYPOINT", *IMAGE)[0].words == ["muster"]
    assert _of("CMD", *IMAGE)[0].words == ["serve"]
    titles = " ".join(step.rest for step in _of("LABEL", *IMAGE))
    assert "org.opencontainers.image.licenses" in titles


def test_compose_starts_it_read_only() -> None:
    yaml = pytest.importorskip("yaml")
    muster = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())["services"]["muster"]
    assert muster["read_only"] is True
    assert muster["tmpfs"] == ["/tmp"]
    assert muster["volumes"] == ["muster:/var/lib/muster"]


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_the_healthcheck_asks_the_server(status: int, healthy: bool) -> None:
    (check,) = _of("HEALTHCHECK", *IMAGE)
    python, *arguments = Step("CMD", check.rest[check.rest.index("[") :]).words
    assert python == "python"

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/health" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Door) as server:
        threading.Thread(target=server.handle_request).start()
        environment = {**os.environ, "MUSTER_PORT": str(server.server_port)}
        done = subprocess.run([sys.executable, *arguments], env=environment, timeout=30)
    assert (done.returncode == 0) is healthy


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of a file system on which the build stage was carried out."""
    for tool in ("hatchling", "pip"):
        if find_spec(tool) is None:
            pytest.skip(f"{tool} is not in this Python; `make test` installs it")
    machine = tmp_path_factory.mktemp("image")
    here = machine
    for step in BUILD:
        if step.word == "WORKDIR":
            here = machine / step.rest.lstrip("/")
            here.mkdir(parents=True)
        elif step.word == "COPY":
            *sources, target = step.words
            _copy(sources, here / target)
        elif step.word == "RUN" and "--require-hashes" not in step.rest:
            _run(step.rest, machine, here)
    return machine


def _copy(sources: list[str], target: Path) -> None:
    patterns = ignore_patterns((ROOT / ".dockerignore").read_text())
    for source in sources:
        origin = ROOT / source
        for file in _files(origin) if origin.is_dir() else [origin]:
            if sent(ROOT, file, patterns):
                place = target / (file.relative_to(origin) if origin.is_dir() else file.name)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, place)


def _files(folder: Path) -> Iterator[Path]:
    return (
        path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    )


def _run(command: str, machine: Path, here: Path) -> None:
    moved = re.sub(r"(?<=\s)/(?=opt|wheels)|^/", f"{machine}/", command)
    python = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": python, "PIP_NO_INPUT": "1"}
    if (
        "bot.cli.pack" in command
    ):  # it imports the libraries, which were not installed a second time
        environment["PYTHONPATH"] = sysconfig.get_path("purelib")
    done = subprocess.run(
        moved, shell=True, cwd=here, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, f"RUN {command}\n{done.stdout}{done.stderr}"


def test_the_image_holds_every_file_of_every_package(built: Path) -> None:
    (installed,) = built.glob("opt/muster/lib/python3*/site-packages")
    for package in PACKAGES:
        wanted = {str(file.relative_to(ROOT)) for file in _files(ROOT / package)}
        there = {str(file.relative_to(installed)) for file in _files(installed / package)}
        assert wanted == there


def test_the_image_holds_the_command_and_its_bytecode(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (built / "opt/muster/bin/muster").is_file()
    (installed,) = built.glob("opt/muster/lib/python3*/site-packages")
    for package in PACKAGES:
        sources = list((installed / package).rglob("*.py"))
        compiled = list((installed / package).rglob("__pycache__/*.pyc"))
        assert len(sources) == len(compiled)
    (packed,) = (installed / "bot/__pycache__").glob("packed.*.start")
    monkeypatch.setattr(
        "bot.packed.HOME", (str(installed / "bot/packed.py"), str(built / "opt/muster"))
    )
    with packed.open("rb") as file:
        table = read_table(file.fileno())
    assert str(installed / "bot/core.py") in {source for source, *_ in table.values()}
    assert not [name for name, (source, *_) in table.items() if str(built / "src") in source]


def test_the_image_holds_nothing_but_the_product(built: Path) -> None:
    sources = {path.name for path in (built / "src").iterdir()}
    manifests = {"pyproject.toml", "LICENSE", "requirements.lock", "requirements-build.lock"}
    assert sources == {*PACKAGES, *manifests}
