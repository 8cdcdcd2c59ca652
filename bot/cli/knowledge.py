"""`muster knowledge`: what is written down, added and indexed."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from bot.cli.opened import with_store
from bot.domain.errors import ConfigError, Invalid
from bot.engine.knowledge.indexing import Indexing
from bot.engine.knowledge.reading import KIND, read_html, read_line, read_markdown
from bot.ports.knowledge import Document
from storage.library.check import Checked, reindex
from storage.library.library import SqlLibrary
from storage.queries import SqlQueries
from storage.store import SqlStore

READS: Final = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_html,
    ".htm": read_html,
}
LINES: Final = frozenset({".jsonl", ".ndjson"})
KINDS: Final = {"incidents": "incident", "postmortems": "postmortem", "runbooks": "runbook"}
"""What a file or a folder of this name holds, where nobody says otherwise."""

TOGETHER: Final = 100


def arguments(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    add = verbs.add_parser("add", help="add Markdown, HTML and JSON lines; again replaces them")
    add.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file or a folder")
    add.add_argument("--kind", default="", help="incident, postmortem, runbook, or another word")
    verbs.add_parser("reindex", help="compare the index with the documents, and mend it")


def run(options: Namespace, environment: Mapping[str, str]) -> int:
    if options.verb == "reindex":
        checked = with_store(environment, _reindex)
        print(_said(checked))
    else:
        print(_add(options, environment))
    return 0


def _add(options: Namespace, environment: Mapping[str, str]) -> str:
    """
    Raises:
        ConfigError: a kind or a path that is none.
        Invalid: nothing was there to add.
    """
    if options.kind and not KIND.fullmatch(options.kind):
        raise ConfigError("--kind must be a short word in lower case, such as runbook.")
    for path in options.paths:
        if not path.exists():
            raise ConfigError(f"There is no {path}.")

    async def add(store: SqlStore) -> int:
        library, added, some = SqlLibrary(store), 0, list[Document]()
        for document in _documents(options.paths, options.kind):
            some.append(document)
            if len(some) == TOGETHER:
                await library.put(some)
                added, some = added + len(some), []
        await library.put(some)
        return added + len(some)

    added = with_store(environment, add)
    if not added:
        raise Invalid("Nothing was added: there is no Markdown, HTML or JSON lines to read.")
    many = f"{added} documents added; they" if added > 1 else "1 document added; it"
    return f"{many} can be asked about now."


def _documents(paths: list[Path], kind: str) -> Iterator[Document]:
    for path in paths:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        root = path if path.is_dir() else path.parent
        for file in files:
            if file.is_file() and (file == path or file.suffix.lower() in {*READS, *LINES}):
                yield from _file(file, root, kind or _kind(file, root))


def _kind(file: Path, root: Path) -> str:
    """By the name of the file or of a folder it lies in."""
    names = [file.stem, *reversed(file.relative_to(root).parts[:-1]), root.name]
    return next((KINDS[name.lower()] for name in names if name.lower() in KINDS), "document")


def _file(file: Path, root: Path, kind: str) -> Iterator[Document]:
    """What a file holds; what cannot be read is said and left out."""
    text = file.read_text(encoding="utf-8", errors="replace")
    id = str(file.relative_to(root))
    if file.suffix.lower() not in LINES:
        try:
            yield READS.get(file.suffix.lower(), read_markdown)(id, text, kind=kind)
        except Invalid as wrong:
            print(f"{file}: {wrong}", file=sys.stderr)
        return
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield read_line(line, kind=kind)
        except Invalid as wrong:
            print(f"{file}:{number}: {wrong}", file=sys.stderr)


async def _reindex(store: SqlStore) -> Checked:
    library = SqlLibrary(store)
    checked = await reindex(library)
    await Indexing(library, SqlQueries(store.database, store.clock)).catch_up()
    return checked


def _said(checked: Checked) -> str:
    damage = "The index of words was damaged. " if checked.damaged else ""
    if not (damage or checked.wrong or checked.orphans or checked.incidents):
        return f"The index agrees with all {checked.documents} documents."
    return (
        f"{damage}{checked.documents} documents compared: the index had {len(checked.wrong)} wrong,"
        f" {checked.orphans} that are gone, and {checked.incidents} incidents were missing or too "
        "many. It is mended."
    )
