"""What signs forms where nobody set a secret key (dev): made once, kept with the database, so that
a page that was open across a restart still works."""

import secrets

from storage.facts import get_fact, set_fact
from storage.store import SqlStore
from storage.units import SqlUnit
from storage.writing import write

FORM_SECRET = "form_secret"


async def form_secret(store: SqlStore) -> bytes:
    async def keep(unit: SqlUnit) -> str:
        known = await get_fact(unit.connection, FORM_SECRET)
        if known is None:
            known = secrets.token_hex(32)
            await set_fact(unit.connection, FORM_SECRET, known)
        return str(known)

    return bytes.fromhex(await write(store, keep))
