"""`muster check`: everything that is to be mended, at once."""

import asyncio
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping

import orjson

from bot.domain.errors import ConfigError
from bot.domain.policy import Policies
from config.loader import load_policies
from config.settings import Settings, load_settings
from handlers.doors.directory import Directory


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--schema", action="store_true", help="print the JSON Schema of each policy file instead"
    )
    parser.add_argument(
        "--live", action="store_true", help="also try what is configured: Slack's tokens and socket"
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
    return asyncio.run(_live(settings)) if options.live else 0


async def _live(settings: Settings) -> int:
    """Tries it, and prints a line for each thing; 1 where one is to be mended."""
    if not settings.slack.enabled:
        print("Slack is not configured.")
        return 0
    from bot.platforms.slack.live import look  # noqa: PLC0415 - an extra

    well = True
    async for good, said in look(settings.slack):
        well = well and good
        print(f"Slack: {said}.", file=sys.stdout if good else sys.stderr)
    return 0 if well else 1


def checked(environment: Mapping[str, str]) -> tuple[Settings, Policies]:
    """Settings and policies that a server may start with; warnings go to stderr.

    Raises:
        ConfigError: every problem on a line of its own.
    """
    settings = load_settings(environment)
    for warning in settings.warnings:
        print(f"Warning: {warning}", file=sys.stderr)
    problems = settings.missing()
    try:
        policies = load_policies(settings.policies_folder, dev=settings.dev)
    except ConfigError as wrong:
        raise ConfigError("\n".join([*problems, str(wrong)])) from wrong
    try:
        Directory.of(settings.sources)
    except ConfigError as wrong:
        problems.append(str(wrong))
    if problems:
        raise ConfigError("\n".join(problems))
    return settings, policies
