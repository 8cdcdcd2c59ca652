"""`muster audit verify`: is the record what was written?"""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping

from bot.cli.opened import with_store
from config.settings import load_settings
from storage.audit import verify
from storage.checkpoints import checkpoint_key
from storage.store import SqlStore


def arguments(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs.add_parser("verify", help="walk every chain, compare rows and checkpoints")


def run(options: Namespace, environment: Mapping[str, str]) -> int:
    secret = load_settings(environment).secret_key
    key = checkpoint_key(secret.get_secret_value() if secret else "")
    return with_store(environment, lambda store: _verify(store, key))


async def _verify(store: SqlStore, key: bytes) -> int:
    audit = await verify(store.database, key)
    for finding in audit.findings:
        print(finding)
    if audit.found > len(audit.findings):
        print(f"… and {audit.found - len(audit.findings)} more")
    print("\n".join(audit.words()))
    return 0 if audit.good else 1
