"""`python -m bot.cli.pack`: writes the file of bot.packed; a part of the installation."""

import marshal
import os
import sys
from importlib import import_module
from importlib.machinery import SourceFileLoader
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from typing import Final

from bot.gently import all_pieces
from bot.packed import FILE, HOME, OFFSET, Entry, state

START: Final = (
    "bot.cli.serve",
    "bot.serve",
    "config.settings",
    "sqlalchemy.dialects.sqlite.aiosqlite",
    "sqlalchemy.dialects.postgresql.asyncpg",
)
"""Before the doors open; what is imported behind them is said by bot.gently."""


def main() -> None:
    """Imports what a start imports, and packs it."""
    for name in (*START, *all_pieces()):
        import_module(name)
    print(f"Packed the code of {pack()} modules, for a quick start.")


def pack(path: Path = FILE) -> int:
    """Writes the code of all modules that are imported now; returns of how many.

    Raises:
        OSError: the file cannot be written.
    """
    at = len(MAGIC_NUMBER) + OFFSET
    table: dict[str, Entry] = {}
    codes: list[bytes] = []
    for module in list(sys.modules.values()):
        spec = getattr(module, "__spec__", None)
        if spec is None or spec.origin is None or not isinstance(spec.loader, SourceFileLoader):
            continue
        code = marshal.dumps(spec.loader.get_code(spec.name))
        is_package = spec.submodule_search_locations is not None
        table[spec.name] = (spec.origin, *state(spec.origin), is_package, at, len(code))
        codes.append(code)
        at += len(code)
    _write(path, MAGIC_NUMBER + at.to_bytes(OFFSET, "little"), *codes, marshal.dumps((HOME, table)))
    return len(table)


def _write(path: Path, *parts: bytes) -> None:
    """All at once: a start meanwhile reads the old file or the new one."""
    path.parent.mkdir(exist_ok=True)
    new = path.with_name(f"{path.name}.{os.getpid()}")
    new.write_bytes(b"".join(parts))
    new.replace(path)


if __name__ == "__main__":
    main()
