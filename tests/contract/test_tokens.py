"""Tokens and sign-ins: only hashes are kept, and what was taken back opens nothing."""

import pytest
from sqlalchemy import event, select
from sqlalchemy.engine import Engine

from bot.domain.errors import Invalid, NotFound
from bot.domain.people import Right
from bot.ports.tokens import Token, Tokens
from storage import tables as t
from storage.logins import Logins
from storage.store import SqlStore
from storage.tokens import SqlTokens
from tests.fakes.clock import FakeClock


@pytest.fixture
def tokens(store: SqlStore) -> SqlTokens:
    return SqlTokens(store)


@pytest.fixture
def logins(store: SqlStore) -> Logins:
    return Logins(store)


async def make(tokens: Tokens, name: str = "grafana") -> tuple[Token, str]:
    return await tokens.create(name, scopes=["source:grafana"], right=Right.NOTHING)


async def used_at(tokens: Tokens) -> object:
    (token,) = await tokens.list()
    return token.last_used_at


async def test_a_token_is_found_by_its_secret_alone(tokens: SqlTokens) -> None:
    token, secret = await tokens.create(
        "deploys", scopes=["api", "source:*"], right=Right.RESPONDER, person="ann"
    )
    assert secret.startswith("mst_")
    found = await tokens.find(secret)
    assert found is not None
    assert (found.id, found.name, found.right, found.person) == (
        token.id,
        "deploys",
        Right.RESPONDER,
        "ann",
    )
    assert found.opens_api
    assert found.opens_source("anything")
    assert await tokens.find("mst_wrong") is None
    assert await tokens.find("mst_" + "é" * 10) is None


async def test_the_database_holds_no_secret(tokens: SqlTokens, store: SqlStore) -> None:
    _, secret = await make(tokens)
    async with store.reading() as connection:
        (row,) = (await connection.execute(select(t.tokens))).all()
    assert secret not in repr(row)
    assert secret.removeprefix("mst_") not in repr(row)


async def test_making_and_revoking_is_on_the_record(tokens: SqlTokens, store: SqlStore) -> None:
    token, _ = await make(tokens)
    await tokens.rotate(token.id)
    await tokens.revoke(token.id)
    async with store.reading() as connection:
        bodies = (await connection.execute(select(t.entry_bodies.c.body))).scalars().all()
    assert [b"Made the token grafana." in body for body in bodies] == [True, False, False]
    assert b"Revoked the token grafana." in bodies[-1]


@pytest.mark.parametrize("scopes", [[], ["everything"], ["source:"], ["api", "source:A b"]])
async def test_a_scope_nobody_knows_is_refused(tokens: SqlTokens, scopes: list[str]) -> None:
    with pytest.raises(Invalid, match="A token's scopes are"):
        await tokens.create("x", scopes=scopes, right=Right.NOTHING)


async def test_a_token_needs_a_name(tokens: SqlTokens) -> None:
    with pytest.raises(Invalid, match="needs a name"):
        await tokens.create(" ", scopes=["api"], right=Right.VIEWER)


async def test_a_revoked_token_opens_nothing_at_once(tokens: SqlTokens) -> None:
    token, secret = await make(tokens)
    assert await tokens.find(secret) is not None
    await tokens.revoke(token.id)
    assert await tokens.find(secret) is None
    (kept,) = await tokens.list()
    assert kept.revoked_at is not None
    for change in (tokens.revoke, tokens.rotate):
        with pytest.raises(NotFound, match="in use"):
            await change(token.id)


async def test_what_another_process_revoked_opens_nothing_after_two_seconds(
    tokens: SqlTokens, store: SqlStore, clock: FakeClock
) -> None:
    token, secret = await make(tokens)
    assert await tokens.find(secret) is not None
    await SqlTokens(store).revoke(token.id)
    clock.forward(seconds=2)
    assert await tokens.find(secret) is None


async def test_rotation_keeps_the_token_and_changes_the_secret(tokens: SqlTokens) -> None:
    token, old = await make(tokens)
    assert await tokens.find(old) is not None
    new = await tokens.rotate(token.id)
    assert await tokens.find(old) is None
    found = await tokens.find(new)
    assert found is not None
    assert found.id == token.id


async def test_a_hot_webhook_reads_the_database_every_two_seconds(
    tokens: SqlTokens, store: SqlStore, clock: FakeClock
) -> None:
    _, secret = await make(tokens)
    await tokens.find(secret)
    asked: list[str] = []

    def count(connection: object, cursor: object, statement: str, *more: object) -> None:
        if statement.startswith("SELECT"):
            asked.append(statement)

    engine: Engine = store.database.reader.sync_engine
    event.listen(engine, "before_cursor_execute", count)
    for _ in range(100):
        await tokens.find(secret)
    assert asked == []
    clock.forward(seconds=2)
    await tokens.find(secret)
    event.remove(engine, "before_cursor_execute", count)
    assert len(asked) == 1


async def test_its_use_is_noted_once_a_minute(tokens: SqlTokens, clock: FakeClock) -> None:
    _, secret = await make(tokens)
    assert await used_at(tokens) is None
    await tokens.find(secret)
    first = clock.now()
    assert await used_at(tokens) == first
    clock.forward(seconds=30)
    await tokens.find(secret)
    assert await used_at(tokens) == first
    clock.forward(seconds=30)
    await tokens.find(secret)
    assert await used_at(tokens) == clock.now()


# sign-ins


async def test_a_link_opens_one_session(logins: Logins) -> None:
    link = await logins.make_link("ann")
    session = await logins.open_link(link)
    assert session is not None
    assert await logins.session(session) == "ann"
    assert await logins.open_link(link) is None


async def test_secrets_open_only_what_they_are_for(logins: Logins) -> None:
    link = await logins.make_link("ann")
    assert await logins.session(link) is None
    session = await logins.open_link(link)
    assert session is not None
    assert await logins.open_link(session) is None
    assert await logins.session("no such session") is None


async def test_a_link_holds_for_fifteen_minutes(logins: Logins, clock: FakeClock) -> None:
    early, late = await logins.make_link("ann"), await logins.make_link("ann")
    clock.forward(minutes=14, seconds=59)
    assert await logins.open_link(early) is not None
    clock.forward(seconds=1)
    assert await logins.open_link(late) is None


async def test_a_session_in_use_goes_on_and_an_idle_one_ends(
    logins: Logins, clock: FakeClock
) -> None:
    session = await logins.open_session("ann")
    for _ in range(3):
        clock.forward(hours=11)
        assert await logins.session(session) == "ann"
    clock.forward(hours=12)
    assert await logins.session(session) is None


async def test_signing_out_ends_the_session(logins: Logins) -> None:
    session = await logins.open_session("ann")
    await logins.end(session)
    assert await logins.session(session) is None


async def test_the_database_holds_no_link(logins: Logins, store: SqlStore) -> None:
    secret = await logins.make_link("ann")
    async with store.reading() as connection:
        rows = (await connection.execute(select(t.logins))).all()
    assert secret not in repr(rows)
