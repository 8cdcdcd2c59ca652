"""Whoever is in the workspace and in no file is a person all the same, with the default rights."""

import pytest

from bot.domain.people import Right
from bot.engine.newcomers import Newcomers
from bot.engine.people import People
from bot.engine.rules import Rules
from bot.ports.newcomers import Newcomer
from storage.newcomers import SqlNewcomers
from storage.store import SqlStore
from tests.fakes.policies import PEOPLE, company

NEW = Newcomer(
    platform="slack", user="U0NEW", name="Nia Newman", email="nia@example.com", zone="Asia/Tokyo"
)


@pytest.fixture
def rules() -> Rules:
    return Rules(company())


def newcomers(store: SqlStore, rules: Rules) -> Newcomers:
    return Newcomers(rules, SqlNewcomers(store), Right.RESPONDER)


async def test_a_newcomer_is_a_person_with_the_default_rights(
    store: SqlStore, rules: Rules
) -> None:
    id = await newcomers(store, rules).welcome(NEW)
    actor = People(rules).actor(id)
    assert actor is not None
    assert (id, actor.name, actor.zone) == ("slack:U0NEW", "Nia Newman", "Asia/Tokyo")
    assert actor.right is Right.RESPONDER


async def test_another_process_knows_them_too(store: SqlStore, rules: Rules) -> None:
    await newcomers(store, Rules(company())).welcome(NEW)
    await newcomers(store, rules).load()
    assert rules.policies.people[NEW.id].name == "Nia Newman"


async def test_they_stay_when_the_files_are_read_again(store: SqlStore, rules: Rules) -> None:
    await newcomers(store, rules).welcome(NEW)
    rules.swap(company())
    assert NEW.id in rules.policies.people


@pytest.mark.parametrize("same", [{"slack": "U0NEW"}, {"email": "Nia@Example.com"}])
async def test_who_is_listed_by_then_is_not_there_twice(
    store: SqlStore, rules: Rules, same: dict[str, str]
) -> None:
    await newcomers(store, rules).welcome(NEW)
    rules.swap(company(people={**PEOPLE, "nia": {"name": "Nia", "rights": "viewer", **same}}))
    assert NEW.id not in rules.policies.people


async def test_a_new_name_is_taken_over(store: SqlStore, rules: Rules) -> None:
    met = newcomers(store, rules)
    await met.welcome(NEW)
    await met.welcome(Newcomer(platform="slack", user="U0NEW", name="Nia Holm"))
    assert rules.policies.people[NEW.id].name == "Nia Holm"
    (kept,) = await SqlNewcomers(store).all()
    assert kept.name == "Nia Holm"
