"""The database: tables, units of work, small reads. SQLite by default, PostgreSQL for replicas.

Muster maps no objects. SQLAlchemy's asyncio package brings its sessions along, and with them the
whole ORM, a tenth of the time a start takes; so the two modules that hold them stay empty here.
"""

import sys
from types import ModuleType
from typing import Final

SESSIONS: Final = ("sqlalchemy.ext.asyncio.scoping", "sqlalchemy.ext.asyncio.session")


class _Nothing(ModuleType):
    """Whatever is imported from it is None."""

    def __getattr__(self, name: str) -> None:
        if name.startswith("__"):
            raise AttributeError(name)


for _name in SESSIONS:
    sys.modules.setdefault(_name, _Nothing(_name))
