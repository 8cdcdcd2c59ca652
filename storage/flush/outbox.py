"""What is to happen later or outside: timers and effects."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import bindparam, func, select, update

from bot.domain.ledger import Ledger
from storage import tables as t
from storage.bulk import INSERT, INSERT_NEW, Bulk
from storage.flush.together import Together


async def write_timers(together: Together, ledger: Ledger) -> None:
    for subject, kinds in _by_subject(ledger.disarmed).items():
        await together.connection.execute(
            update(t.timers)
            .where(
                t.timers.c.subject == subject,
                t.timers.c.kind.in_(kinds),
                t.timers.c.state == "pending",
            )
            .values(state="cancelled")
        )
    latest = {(row.subject, row.kind, row.round): row for row in ledger.timers}
    together.add(
        _NEW_TIMERS,
        [
            (row.subject, row.kind, row.round, row.due_at, dict(row.payload), "pending")
            for _, row in sorted(latest.items())
        ],
    )


_NEW_TIMERS: Final = Bulk(
    t.timers,
    ("subject", "kind", "round", "due_at", "payload", "state"),
    f"{INSERT} ON CONFLICT (tenant, subject, kind, round) DO UPDATE SET"
    " due_at = excluded.due_at, payload = excluded.payload, state = 'pending',"
    " tries = 0, fired_at = NULL",
)


def _by_subject(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for subject, kind in pairs:
        kinds = found.setdefault(subject, [])
        if kind not in kinds:
            kinds.append(kind)
    return dict(sorted(found.items()))


_WITHDRAWABLE: Final = (
    select(t.effects.c.id)
    .where(
        t.effects.c.incident == bindparam("of"),
        t.effects.c.kind == bindparam("kind"),
        t.effects.c.state == "pending",
    )
    .limit(1)
)
"""Most acknowledgements find nothing that still rings."""


async def write_effects(together: Together, ledger: Ledger) -> None:
    connection = together.connection
    for incident, kind, to in sorted(set(ledger.withdrawn)):
        mine = [
            t.effects.c.incident == incident,
            t.effects.c.kind == kind,
            t.effects.c.state == "pending",
        ]
        if to:
            mine.append(t.effects.c.ordering.endswith(f":{to}", autoescape=True))
        if not (await connection.execute(_WITHDRAWABLE, {"of": incident, "kind": kind})).first():
            continue
        begun = func.coalesce(t.effects.c.claimed_until > ledger.now, False)
        await connection.execute(
            update(t.effects).where(*mine, ~begun).values(state="withdrawn", settled_at=ledger.now)
        )
        await connection.execute(
            update(t.effects).where(*mine, begun).values(expires_at=ledger.now)
        )
    together.add(
        _NEW_EFFECTS,
        [
            (
                e.key, e.kind, e.destination, e.ordering, e.incident, e.version, dict(e.payload),
                "pending", ledger.now, e.due_at or ledger.now, e.expires_at,
            )
            for e in ledger.effects
        ],
    )  # fmt: skip


_NEW_EFFECTS: Final = Bulk(
    t.effects,
    (
        "key", "kind", "destination", "ordering", "incident", "version", "payload",
        "state", "queued_at", "due_at", "expires_at",
    ),
    INSERT_NEW,
)  # fmt: skip
