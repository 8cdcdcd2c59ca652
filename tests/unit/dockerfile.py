"""Reads a Dockerfile and a .dockerignore strictly, so that tests can judge them without a docker.

Only what ours uses is understood; anything else is refused. Format:
https://docs.docker.com/reference/dockerfile/
"""

import json
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

KNOWN = {
    *("FROM", "WORKDIR", "RUN", "COPY", "LABEL", "ENV", "USER"),
    *("VOLUME", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction: `RUN` and the rest of its line, continuation lines joined."""

    word: str
    rest: str

    @property
    def words(self) -> list[str]:
        """The arguments of the exec form (a JSON list) or of the shell form."""
        return json.loads(self.rest) if self.rest.startswith("[") else shlex.split(self.rest)


def stages(text: str) -> list[list[Step]]:
    """The steps of every stage, each stage beginning with its FROM."""
    found: list[list[Step]] = []
    for step in _steps(text):
        if step.word == "FROM":
            found.append([])
        found[-1].append(step)
    return found


def _steps(text: str) -> Iterator[Step]:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    joined = re.sub(r"\s*\\\n\s*", " ", "\n".join(lines))
    for line in joined.splitlines():
        word, _, rest = line.partition(" ")
        if word not in KNOWN:
            raise ValueError(f"{word!r} is not an instruction this file may use: {line}")
        yield Step(word, rest.strip())


def sent(context: Path, folder: Path, ignore: Sequence[str]) -> bool:
    """Whether docker would send this file of the context: the last matching pattern decides."""
    path = PurePosixPath(folder.relative_to(context))
    chain = [str(path), *(str(parent) for parent in path.parents if parent.name)]
    kept = True
    for line in ignore:
        pattern = line.removeprefix("!")
        if any(_matches(name, pattern) for name in chain):
            kept = line.startswith("!")
    return kept


def _matches(name: str, pattern: str) -> bool:
    if pattern.startswith("**/"):
        return fnmatch(PurePosixPath(name).name, pattern.removeprefix("**/"))
    return "/" not in name and fnmatch(name, pattern)


def ignore_patterns(text: str) -> list[str]:
    """The patterns of a .dockerignore; those with a folder in them are not understood."""
    lines = [line.strip() for line in text.splitlines()]
    patterns = [line for line in lines if line and not line.startswith("#")]
    for pattern in patterns:
        if "/" in pattern.removeprefix("!").removeprefix("**/"):
            raise ValueError(f"This reader does not know patterns like {pattern!r}.")
    return patterns
