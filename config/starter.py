"""What `muster init` writes: settings, policies with the first admin in them, and the secrets.

What the shipped policies say already (severities, escalations, the examples of the others) is
copied from them, comments and all, so that a person can change it.
"""

import re
from collections.abc import Mapping
from json import dumps
from string import Template
from typing import Final, Literal

from bot.domain.errors import ConfigError
from config.loader import SHIPPED as POLICIES

Preset = Literal["small", "standard"]

ENV_FILE: Final = "muster.env"
SECRETS: Final = ("MUSTER_SECRET_KEY",)
"""What the caller must bring, as variables and their values; more is written, too."""

_ID: Final = re.compile(r"(?!null$)[a-z0-9][a-z0-9._-]*")

_MUSTER: Final = """\
# Muster's settings. Each can also be said by a variable: MUSTER_PORT, MUSTER_SLACK__BOT_TOKEN.
# $${NAME} is filled from the environment, $$$$ is a dollar. The secrets are in muster.env; tokens
# of sources are made by `muster token create`. All keys: docs/reference/settings.md.

public_url: $public_url

# database_url: sqlite+aiosqlite:///var/muster.db
# host: 127.0.0.1
# port: 8080

# slack:
#   bot_token: $${SLACK_BOT_TOKEN}
#   app_token: $${SLACK_APP_TOKEN}

# email:
#   host: smtp.example.com
#   sender: muster@example.com
#   username: muster
#   password: $${SMTP_PASSWORD}
"""

_PEOPLE: Final = """\
# Everybody who may be paged or has rights here.
$id:
  name: $name
  email: $email
  zone: UTC                # Europe/Copenhagen
  rights: admin            # viewer, responder, commander, manager, admin
  contact:                 # how a page reaches this person, step by step
    - {channel: web}
    - {channel: email, after: 60s}
# ben: {name: Ben Olsen, email: ben@example.com, zone: Europe/Copenhagen, rights: responder}
"""

_TEAMS: Final = """\
# Who looks after what: the routes and services name a team, its schedule says who is on call.
everyone:
  name: Everyone
  members: [$id]
  manager: $id
  schedule: primary
  policy: standard         # in escalations.yaml
"""

_SCHEDULES: Final = """\
# People take turns of `every`, the first one from `starts`, in the local time of `zone`.
primary: {zone: UTC, people: [$id], starts: 2026-01-05T09:00, every: 1w}
"""

_ROUTES: Final = """\
# The first route whose `match` holds takes the alert; the fallback takes the rest.
# payments: {match: {service: [payments, checkout]}, team: everyone, service: payments}
default: {fallback: true, team: everyone}
"""

_WRITTEN: Final = {
    "muster.yaml": _MUSTER,
    "policies/people.yaml": _PEOPLE,
    "policies/teams.yaml": _TEAMS,
    "policies/schedules.yaml": _SCHEDULES,
    "policies/routes.yaml": _ROUTES,
}
_COPIED: Final = ("services", "escalations", "severities", "inhibitions")


def starter_files(
    preset: Preset,
    *,
    admin_id: str,
    admin_name: str,
    admin_email: str,
    public_url: str,
    secrets: Mapping[str, str],
    folder: str = "/etc/muster",
) -> dict[str, str]:
    """Path below `folder` → content. The caller writes muster.env with mode 0600.

    `small` talks in threads and reminds nobody. `secrets` are lines of muster.env; `folder` is
    where the files will be, for MUSTER_CONFIG.

    Raises:
        ConfigError: a secret is missing, or a value cannot stand where it has to.
    """
    if not _ID.fullmatch(admin_id):
        raise ConfigError(f"{admin_id!r} is no id; write for example ann, in a-z 0-9 . _ -")
    words = {
        "id": admin_id,
        "name": _quoted(admin_name),
        "email": _quoted(admin_email),
        "public_url": _quoted(public_url.replace("$", "$$")),
    }
    files = {name: Template(text).substitute(words) for name, text in _WRITTEN.items()}
    for name in _COPIED:
        text = (POLICIES / f"{name}.yaml").read_text(encoding="utf-8")
        files[f"policies/{name}.yaml"] = _calmer(text) if preset == "small" else text
    return {**files, ENV_FILE: _env_file(folder, secrets)}


def _calmer(policy: str) -> str:
    """Threads in place of rooms, and no reminders."""
    return re.sub(r"\n  update_every: .*", "", policy.replace("loudness: room", "loudness: thread"))


def _quoted(text: str) -> str:
    """A YAML scalar; a JSON string is one."""
    if not text.isprintable():
        raise ConfigError(f"{text!r} holds characters that cannot be printed.")
    return dumps(text, ensure_ascii=False)


def _env_file(folder: str, secrets: Mapping[str, str]) -> str:
    missing = [name for name in SECRETS if not secrets.get(name)]
    if missing:
        raise ConfigError(f"No value for {', '.join(missing)}.")
    variables = {
        "MUSTER_ENV": "production",
        "MUSTER_CONFIG": f"{folder.rstrip('/')}/muster.yaml",
        **secrets,
    }
    for name, value in variables.items():
        if not value.isprintable():
            raise ConfigError(f"{name} must fit on one line of {ENV_FILE}.")
    lines = (f"{name}={value}\n" for name, value in variables.items())
    return "# Secrets: for Muster's own eyes only.\n" + "".join(lines)
