"""Gets the npm package `emulate` (Apache-2.0), a Slack that somebody else wrote, and the Node that
it needs; both stay in a cache outside of the repository, and nothing of them is ours.
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

PACKAGES: Final = ("emulate@0.12.2", "node@24")
CACHE: Final = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "muster-e2e-slack"
PATIENCE: Final = 300


def emulate() -> list[str]:
    """The command that starts it; skips the test, and says why, where it is not to be had."""
    node = CACHE / "node_modules" / "node" / "bin" / "node"
    program = CACHE / "node_modules" / "emulate" / "dist" / "index.js"
    if not (node.exists() and program.exists()):
        _install()
    try:
        subprocess.run([node, program, "--version"], check=True, capture_output=True, timeout=60)
    except (OSError, subprocess.SubprocessError) as wrong:
        pytest.skip(f"{' and '.join(PACKAGES)} do not run here: {wrong}")
    return [str(node), str(program)]


def _install() -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm here, which installs emulate; on Debian: apt install npm")
    CACHE.mkdir(parents=True, exist_ok=True)
    command = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(CACHE), *PACKAGES]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm did not install {' and '.join(PACKAGES)} within {PATIENCE} s")
    if done.returncode:
        pytest.skip(f"npm could not install {' and '.join(PACKAGES)}: {done.stderr[-300:]}")
