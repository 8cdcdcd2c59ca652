"""An analyst that does what a test wants: `python -m tests.fakes.analyst DESCRIPTOR MODE`.

Speaks the real frames over the real socket. Modes: `good` echoes; `mute` never says anything;
`nonsense` sends no JSON; `huge` claims 10 MB; `silent` takes jobs and answers none; `stubborn`
is `silent` and ignores the end of its socket; `stranger` speaks another version.
"""

import json
import os
import signal
import socket
import struct
import sys
import time
from typing import Any


def say(core: socket.socket, message: Any) -> None:
    body = json.dumps(message).encode()
    core.sendall(struct.pack(">I", len(body)) + body)


def hear(core: socket.socket) -> dict[str, Any] | None:
    head = _exactly(core, 4)
    if not head:
        return None
    return dict(json.loads(_exactly(core, struct.unpack(">I", head)[0])))


def _exactly(core: socket.socket, count: int) -> bytes:
    said = b""
    while len(said) < count and (more := core.recv(count - len(said))):
        said += more
    return said


def main(descriptor: int, mode: str) -> None:
    core = socket.socket(fileno=descriptor)
    if mode == "mute":
        signal.pause()
    facts = {"model": {"name": "echo"}}
    say(core, {"version": 99 if mode == "stranger" else 1, "facts": facts})
    while (message := hear(core)) is not None:
        if mode == "nonsense":
            core.sendall(struct.pack(">I", 5) + b"hello")
        elif mode == "huge":
            core.sendall(struct.pack(">I", 10_000_000) + b"x" * 10_000_000)
        elif mode == "good":
            answer(core, message)
    while mode == "stubborn":
        time.sleep(1)


def answer(core: socket.socket, message: dict[str, Any]) -> None:
    id, body = message["id"], message["body"]
    if body.get("die"):
        os._exit(1)
    if body.get("never"):
        return
    if body.get("refuse"):
        say(core, {"id": id, "refused": {"code": "bad_job", "reason": "I would rather not."}})
        return
    say(core, {"id": id + 1_000_000, "result": {"unasked": True}})
    say(core, {"id": id, "result": {"said": body, "kind": message["kind"]}})


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
