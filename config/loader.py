"""Reads `policies/*.yaml`, and names file and line of whatever does not fit."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from bot.domain.errors import ConfigError
from bot.domain.policy import Policies
from bot.notify import CHANNELS
from bot.platforms import PLATFORMS
from config.document import Document, Problem, Where, read_file
from config.shape import complaints, did_you_mean, keys_of, nearest

SHIPPED: Final = Path(__file__).parent / "policies"
SAMPLE: Final = Path(__file__).parent / "sample"

FILES: Final = tuple(key for key in keys_of(Policies) if key != "version")
FALL_BACK: Final = ("routes", "escalations", "severities")
"""Muster cannot run without these: where a folder says nothing, the shipped ones hold."""


def load_policies(folder: Path, *, dev: bool = False) -> Policies:
    """The policies of a folder; in dev with sample people where it names nobody.

    Raises:
        ConfigError: every problem on a line of its own, as `file:line: key: what to mend`.
    """
    read = _read_folder(folder, dev=dev)
    unread = [*_strangers(folder), *(one for file in read.values() for one in file.problems)]
    files = _with_sample(_with_shipped(read)) if dev else _with_shipped(read)
    try:
        policies = Policies.model_validate({name: file.tree for name, file in files.items()})
    except ValidationError as error:
        raise _refusal([*unread, *_placed(complaints(error, Policies), files)]) from None
    # What points into a file that could not be read only seems to point nowhere.
    if wrong := unread or _placed(policies.problems(_ways()), files):
        raise _refusal(wrong)
    return policies.model_copy(update={"version": version_of(policies)})


def _ways() -> list[str]:
    """By what a person can be told: every channel but the webhook, which is nobody's."""
    return [name for name in (*PLATFORMS, *CHANNELS) if name != "webhook"]


def version_of(policies: Policies) -> str:
    """12 hex digits: the same for the same content, however it is written down.

    Order is content: the first route that matches takes the alert.
    """
    content = policies.model_dump_json(exclude={"version"})
    return sha256(content.encode()).hexdigest()[:12]


def _read_folder(folder: Path, *, dev: bool) -> dict[str, Document]:
    """The files that are there, by their name without `.yaml`."""
    if not folder.is_dir():
        if dev:
            return {}
        raise ConfigError(f"{folder}: there is no such folder; `muster init` writes one.")
    paths = {name: folder / f"{name}.yaml" for name in FILES}
    return {name: _read_policy(path) for name, path in paths.items() if path.exists()}


def _read_policy(path: Path) -> Document:
    document = read_file(path)
    if document.problems or isinstance(document.tree, dict):
        return document
    text = "is empty; write {} if it says nothing" if document.tree is None else _NO_MAPPING
    return Document(document.name, problems=(document.problem((), text),))


_NO_MAPPING: Final = "write a mapping by id, `payments: {…}`"


def _strangers(folder: Path) -> list[Problem]:
    """A file that nobody would read is a typo."""
    known = ", ".join(f"{name}.yaml" for name in FILES)
    return [
        Problem(str(path), (), f"unknown file{_meant(path.stem)}; known are {known}")
        for path in sorted(folder.glob("*.y*ml"))
        if path.suffix in {".yaml", ".yml"} and path.name not in known.split(", ")
    ]


def _meant(stem: str) -> str:
    near = nearest(stem, FILES)
    return did_you_mean(f"{near}.yaml" if near else "").removesuffix("?")


def _with_shipped(read: Mapping[str, Document]) -> dict[str, Document]:
    """Every file; a broken one stands in as empty, so that the others can be checked."""
    files = dict(read)
    for name in FILES:
        if files.get(name, _NOTHING).tree:
            continue
        if name in FALL_BACK:
            files[name] = read_file(SHIPPED / f"{name}.yaml")
        elif name not in files or files[name].tree is None:
            files[name] = _NOTHING
    return files


_NOTHING: Final = Document("", tree={})


_BARE_FALLBACK: Final = {"fallback": "true"}


def _with_sample(files: Mapping[str, Document]) -> Mapping[str, Document]:
    """Three people to try things with, and what they need to be reached."""
    if files["people"].tree:
        return files
    taken = ["people"]
    if not files["schedules"].tree:
        taken.append("schedules")
        if not files["teams"].tree:
            taken.append("teams")
            if list(files["routes"].tree.values()) == [_BARE_FALLBACK]:
                taken.append("routes")
    return {**files, **{name: read_file(SAMPLE / f"{name}.yaml") for name in taken}}


def _placed(found: Iterable[tuple[Where, str]], files: Mapping[str, Document]) -> list[Problem]:
    return [
        files[str(where[0])].problem(where[1:], text)._replace(where=where) for where, text in found
    ]


def _refusal(problems: Iterable[Problem]) -> ConfigError:
    return ConfigError("\n".join(map(str, problems)))
