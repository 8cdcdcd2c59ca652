"""What every part of a unit of work shares: the connection, the time, the ledger."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.incident import Incident
from bot.domain.ledger import Ledger
from bot.ports.store import EventRow, RawBody


@dataclass
class Part:
    connection: AsyncConnection
    ledger: Ledger
    replica: str = "main"
    sender: str = ""
    loaded: dict[int, Incident] = field(default_factory=dict)
    raw: list[RawBody] = field(default_factory=list)
    events: list[EventRow] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.ledger.now

    @property
    def dialect(self) -> str:
        return self.connection.dialect.name
