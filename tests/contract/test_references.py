"""Where somebody can be written to is kept, replaced and forgotten."""

from dataclasses import replace

from bot.ports.references import Reference
from storage.references import SqlReferences
from storage.store import SqlStore

ANN = Reference(
    platform="teams",
    about="0b1c",
    conversation="a:1",
    service="https://smba.example/emea/",
    member="29:ann",
)


async def test_the_newest_reference_counts(store: SqlStore) -> None:
    references = SqlReferences(store)
    assert await references.find("teams", "0b1c") is None
    await references.keep(ANN)
    moved = replace(ANN, service="https://smba.example/amer/")
    await references.keep(moved)
    assert await references.find("teams", "0b1c") == moved
    assert await references.find("slack", "0b1c") is None


async def test_whoever_removed_muster_is_forgotten(store: SqlStore) -> None:
    references = SqlReferences(store)
    await references.keep(ANN)
    await references.keep(replace(ANN, about="other"))
    await references.forget("teams", "0b1c")
    assert await references.find("teams", "0b1c") is None
    assert await references.find("teams", "other") is not None
