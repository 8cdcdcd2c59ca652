"""Where another transaction was faster, and how an INSERT finds out."""

from functools import cache
from importlib import import_module
from typing import Any

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection


class Contended(Exception):
    """Another transaction was faster; run this one again."""


def upserting(connection: AsyncConnection, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT, in the dialect of this connection."""
    return insert_of(connection.dialect.name)(table)


@cache
def insert_of(dialect: str) -> Any:
    """Imports the one dialect that is used; the other one takes its time."""
    return import_module(f"sqlalchemy.dialects.{dialect}").insert
