"""Indexes over some of a table's rows, in words that both databases take.

SQLAlchemy knows them as an option of each dialect, and imports the whole dialect to hear of it.
https://www.sqlite.org/partialindex.html, https://www.postgresql.org/docs/current/indexes-partial.html
"""

from typing import Any

from sqlalchemy import Index
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateIndex


def partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index over the rows for which `where` holds, SQL that both databases understand."""
    return Index(name, *columns, unique=unique, info={"where": where})


@compiles(CreateIndex)
def _create_index(create: CreateIndex, compiler: Any, **options: Any) -> str:
    said = str(compiler.visit_create_index(create, **options))
    where = create.element.info.get("where")
    return f"{said} WHERE {where}" if where else said
