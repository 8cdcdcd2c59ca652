"""`muster check`: everything that is to be mended, at once."""

import asyncio
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import AsyncIterator, Mapping

import orjson

from bot.cli.opened import opened
from bot.domain.errors import ConfigError, NotFound
from bot.domain.policy import Policies
from bot.engine.analysis.spending import ALL, Spending, Spent
from bot.llm.chat import missing
from bot.ports.outside import Outside
from config.loader import load_policies
from config.settings import Settings, load_settings
from handlers.doors.directory import Directory
from storage.analyses import SqlAnalyses
from storage.clock import SystemClock


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--schema", action="store_true", help="print the JSON Schema of each policy file instead"
    )
    parser.add_argument(
        "--live",
        action="store_true",
        help="also try what is configured: Slack, Teams, e-mail, models, embeddings",
    )


def run(options: Namespace, environment: Mapping[str, str]) -> int:
    if options.schema:
        from config.schema import policy_schemas  # noqa: PLC0415 - takes a while

        print(orjson.dumps(policy_schemas(), option=orjson.OPT_INDENT_2).decode())
        return 0
    settings, policies = checked(environment)
    counted = (
        (len(policies.people), "person", "people"),
        (len(policies.teams), "team", "teams"),
        (len(policies.routes), "route", "routes"),
        (len(policies.escalations), "escalation", "escalations"),
    )
    said = ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in counted)
    print(f"{settings.config} and {settings.policies_folder} are fine: {said}.")
    return asyncio.run(_live(settings, policies)) if options.live else 0


async def _live(settings: Settings, policies: Policies) -> int:
    """Tries it, and prints a line for each thing; 1 where one is to be mended."""
    well = True
    for name, tried in (
        ("Slack", _slack(settings)),
        ("Teams", _teams(settings, policies)),
        ("E-mail", _email(settings)),
        ("Model", _models(settings)),
        ("Answers", _answers(settings)),
    ):
        if tried is None:
            print(f"{name} is not configured.")
            continue
        async for good, said in tried:
            well = well and good
            print(f"{name}: {said}.", file=sys.stdout if good else sys.stderr)
    return 0 if well else 1


def _slack(settings: Settings) -> AsyncIterator[tuple[bool, str]] | None:
    if not settings.slack.enabled:
        return None
    from bot.platforms.slack.live import look  # noqa: PLC0415 - an extra

    return look(settings.slack)


def _teams(settings: Settings, policies: Policies) -> AsyncIterator[tuple[bool, str]] | None:
    if not settings.teams.enabled:
        return None
    from bot.platforms.teams.live import look  # noqa: PLC0415 - an extra

    return look(settings.teams, policies, SystemClock())


def _email(settings: Settings) -> AsyncIterator[tuple[bool, str]] | None:
    return _mailed(settings) if settings.email.enabled else None


async def _mailed(settings: Settings) -> AsyncIterator[tuple[bool, str]]:
    from aiohttp import ClientSession  # noqa: PLC0415 - takes a while

    from bot.notify.email import look  # noqa: PLC0415 - takes a while

    async with ClientSession() as session:
        outside = Outside(session, SystemClock(), settings.public_url)
        async for told in look(settings.email, outside):
            yield told


def _models(settings: Settings) -> AsyncIterator[tuple[bool, str]] | None:
    return _asked(settings) if settings.llm.enabled else None


async def _answers(settings: Settings) -> AsyncIterator[tuple[bool, str]]:
    from storage.vectors.live import look  # noqa: PLC0415 - an extra

    yield await asyncio.to_thread(look, settings)


async def _asked(settings: Settings) -> AsyncIterator[tuple[bool, str]]:
    """Each model, then what they have cost today."""
    from bot.llm.live import look  # noqa: PLC0415 - an extra

    async for told in look(settings.llm):
        yield told
    try:
        async with opened(settings) as store:
            spent = await Spending(SqlAnalyses(store), settings.llm, store.clock).today()
    except ConfigError:
        return  # there is no database yet
    for one in spent:
        yield True, spent_words(one)


def spent_words(one: Spent) -> str:
    """`today: 1.20 of 10 spent, 34,000 of 2,000,000 tokens`"""
    money = f"{one.money:.2f}" + (f" of {one.money_limit:g}" if one.money_limit is not None else "")
    limit = f" of {one.tokens_limit:,}" if one.tokens_limit is not None else ""
    name = "today" if one.kind == ALL else f"{one.kind} today"
    return f"{name}: {money} spent, {one.tokens:,}{limit} tokens"


def checked(environment: Mapping[str, str]) -> tuple[Settings, Policies]:
    """Settings and policies that a server may start with; warnings go to stderr.

    Raises:
        ConfigError: every problem on a line of its own.
    """
    settings = load_settings(environment)
    for warning in (*settings.warnings, *missing(settings.llm)):
        print(f"Warning: {warning}", file=sys.stderr)
    problems = settings.missing()
    try:
        policies = load_policies(settings.policies_folder, dev=settings.dev)
    except ConfigError as wrong:
        raise ConfigError("\n".join([*problems, str(wrong)])) from wrong
    try:
        Directory.of(settings.sources, place=settings.place)
    except ConfigError as wrong:
        problems.append(str(wrong))
    if problems:
        raise ConfigError("\n".join(problems))
    return settings, policies


def must_know(policies: Policies, person: str) -> None:
    """
    Raises:
        NotFound: nobody of people.yaml has this id; says who has.
    """
    if person not in policies.people:
        known = ", ".join(policies.people) or "nobody"
        raise NotFound(f"There is no person {person!r}; people.yaml knows {known}.")
