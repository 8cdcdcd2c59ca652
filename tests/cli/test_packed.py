"""The code of a start in one file: what is imported is the same with it and without it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.packed import FILE

HOUSE = Path(__file__).parents[2]

ASK = """
import sys
from pathlib import Path
from bot.packed import use_packed
use_packed(Path({packed!r}))
import inspect
from town import street
print(type(street.__spec__.loader).__name__, street.number, street.__file__, street.__cached__)
print(inspect.getsource(street.walk).strip())
import town
print(*town.__path__)
"""


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A package of two modules, beside its packed code in `town.start`."""
    folder = tmp_path / "town"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "street.py").write_text("number = 7\n\n\ndef walk():\n    return number\n")
    pack = (
        "from pathlib import Path\nimport town.street\nfrom bot.cli.pack import pack\n"
        f"print(pack(Path({str(tmp_path / 'town.start')!r})))"
    )
    assert int(run(pack, tmp_path)) > 2
    return tmp_path


def run(script: str, folder: Path) -> str:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        env={**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{HOUSE}"},
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout


def ask(town: Path) -> list[str]:
    return run(ASK.format(packed=str(town / "town.start")), town).splitlines()


def test_a_packed_module_is_what_it_would_be_otherwise(town: Path) -> None:
    first, *rest = ask(town)
    loader, *same = first.split()
    assert loader == "PackedLoader"

    (town / "town.start").unlink()
    first, *without = ask(town)
    loader, *otherwise = first.split()
    assert loader == "SourceFileLoader"
    assert (same, rest) == (otherwise, without)
    assert same[:2] == ["7", str(town / "town" / "street.py")]
    assert rest == ["def walk():", "    return number", str(town / "town")]


def test_a_source_that_was_changed_is_read_again(town: Path) -> None:
    source = town / "town" / "street.py"
    source.write_text(source.read_text().replace("7", "70"))
    assert ask(town)[0].startswith("SourceFileLoader 70 ")


def test_a_source_that_was_touched_is_read_again(town: Path) -> None:
    source = town / "town" / "street.py"
    source.write_text(source.read_text().replace("7", "8"))
    os.utime(source, (1, 1))
    assert ask(town)[0].startswith("SourceFileLoader 8 ")


def test_a_module_that_is_gone_is_gone(town: Path) -> None:
    (town / "town" / "street.py").unlink()
    with pytest.raises(subprocess.CalledProcessError) as told:
        ask(town)
    assert "cannot import name 'street'" in told.value.stderr


@pytest.mark.parametrize("kept", [0, 3, 12, 5_000, -40])
def test_a_file_that_was_cut_off_costs_nothing(town: Path, kept: int) -> None:
    packed = town / "town.start"
    packed.write_bytes(packed.read_bytes()[:kept])
    assert " 7 " in ask(town)[0]


def test_what_another_python_packed_is_left_alone(town: Path) -> None:
    packed = town / "town.start"
    packed.write_bytes(b"\0\0\r\n" + packed.read_bytes()[4:])
    assert ask(town)[0].startswith("SourceFileLoader 7 ")


def test_a_copied_folder_imports_its_own_modules(town: Path) -> None:
    packed = town / "town.start"
    home = str(HOUSE / "bot/packed.py").encode()
    packed.write_bytes(packed.read_bytes().replace(home, home[:-4] + b"_.py"[:4]))
    assert ask(town)[0].startswith("SourceFileLoader 7 ")


def test_code_that_was_spoiled_is_read_from_its_source(town: Path) -> None:
    packed = town / "town.start"
    said = bytearray(packed.read_bytes())
    at = int.from_bytes(said[4:12], "little")
    said[12:at] = bytes(at - 12)
    packed.write_bytes(said)
    assert ask(town)[0].startswith("PackedLoader 7 ")


def test_the_file_goes_with_the_version_of_python() -> None:
    assert FILE.parent.name == "__pycache__"
    assert sys.implementation.cache_tag in FILE.name
