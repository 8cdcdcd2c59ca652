"""The code that a start imports, in one file instead of seven hundred.

For each module Python looks into every folder of its path, then opens, measures and reads a .pyc:
a tenth of a start goes into that. `python -m bot.cli.pack`, a part of the installation, writes the
compiled code of those modules into one file beside the .pyc of this one; `use_packed()` lets them
be imported from there. As with a .pyc, a module whose source has another time or size than
the packed one is imported from its source; so is what was never packed, and everything where there
is no such file.
"""

import marshal
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import MAGIC_NUMBER, cache_from_source, spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final, NamedTuple

FILE: Final = Path(cache_from_source(__file__)).with_suffix(".start")
"""It goes with one version of Python and one level of optimization, as a .pyc does."""

HOME: Final = (__file__, sys.prefix)
"""Whose code it is: a copied folder and another environment have modules of their own."""

UNREADABLE: Final = (OSError, EOFError, ValueError, TypeError)
"""What is raised by a file that is missing, cut off or not ours."""

OFFSET: Final = 8
"""Bytes behind the magic number, little endian: where the table stands, behind the code."""


Entry = tuple[str, int, int, bool, int, int]
"""A Packed, as marshal writes it."""


class Packed(NamedTuple):
    """Where the code of one module stands, and of which source it is."""

    source: str
    modified: int
    size: int
    is_package: bool
    at: int
    length: int


class PackedLoader(SourceFileLoader):
    """Loads as Python does, but for where the code comes from."""

    def __init__(self, name: str, packed: Packed, file: int) -> None:
        super().__init__(name, packed.source)
        self._packed = packed
        self._file = file

    def get_code(self, fullname: str) -> CodeType | None:
        with suppress(*UNREADABLE):
            code = marshal.loads(os.pread(self._file, self._packed.length, self._packed.at))
            if isinstance(code, CodeType):
                return code
        return super().get_code(fullname)


class PackedFinder:
    """Stands before Python's own finders, and leaves them what it has not."""

    def __init__(self, file: int, table: Mapping[str, Entry]) -> None:
        self._file = file
        self._table = table

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in self._table:
            return None
        packed = Packed(*self._table[name])
        if state(packed.source) != (packed.modified, packed.size):
            return None
        folders = [os.path.dirname(packed.source)] if packed.is_package else None
        loader = PackedLoader(name, packed, self._file)
        return spec_from_file_location(
            name, packed.source, loader=loader, submodule_search_locations=folders
        )


def use_packed(path: Path = FILE) -> None:
    """From here on modules are imported from the file, where it is there and can be read."""
    with suppress(*UNREADABLE):
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            sys.meta_path.insert(0, PackedFinder(file, read_table(file)))
        except UNREADABLE:
            os.close(file)


def read_table(file: int) -> Mapping[str, Entry]:
    """Each packed module by its name; raises what is UNREADABLE."""
    start = os.pread(file, len(MAGIC_NUMBER) + OFFSET, 0)
    if not start.startswith(MAGIC_NUMBER):
        raise ValueError("packed by another Python")
    at = int.from_bytes(start[-OFFSET:], "little")
    table: Mapping[str, Entry]
    home, table = marshal.loads(os.pread(file, os.fstat(file).st_size - at, at))
    if home != HOME:
        raise ValueError("packed in another place, from which it would import")
    return table


def state(source: str) -> tuple[int, int]:
    """When it was changed, in whole seconds, and how long it is; as a .pyc knows them."""
    try:
        seen = os.stat(source)
    except OSError:
        return (0, -1)
    return (int(seen.st_mtime), seen.st_size)
