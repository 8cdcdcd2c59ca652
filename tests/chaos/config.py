"""A Muster of its own for chaos: clocks of seconds, and people whose pages never meet.

Every team has somebody else on every level, so a page waits for no other page to the same person.
"""

from pathlib import Path
from typing import Any, Final

import yaml

SECRET: Final = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TEAMS: Final = 24
PUBLIC_URL: Final = "http://muster.test"
RECORD: Final = "record"
"""The hook that is told of every entry; the others are told of pages only."""

CLOCKS: Final = {
    "P0": ("1s", "2s", "3s", "2s", "3s"),
    "P1": ("1s", "3s", None, "2s", "3s"),
    "P2": ("2s", "3s", None, "3s", "4s"),
    "P3": ("1s", None, None, "2s", "4s"),
    "P4": (None, None, None, "1d", "7d"),
}
"""Severity → acknowledge, resolve, manager; targets for acknowledging and resolving."""

TELLS: Final = {"P0": "ring", "P1": "ring", "P2": "quiet", "P3": "ring", "P4": "nobody"}
WORDS: Final = {"P0": "critical", "P1": "high", "P2": "warning", "P3": "low", "P4": "info"}


def team_of(group: int) -> str:
    return f"t{group % TEAMS:02}"


def write_config(folder: Path, hooks: str) -> Path:
    """muster.yaml and its policies in `folder`; `hooks`: where the receiver listens."""
    policies = folder / "policies"
    policies.mkdir(parents=True)
    teams = [team_of(number) for number in range(TEAMS)]
    levels = [f"{team}-{level}" for team in teams for level in (1, 2, 3)]
    people = [*levels, *(f"{team}-m" for team in teams)]
    _write(
        folder / "muster.yaml",
        {
            "public_url": PUBLIC_URL,
            "intake": {"settle": "1s"},
            "webhooks": {
                RECORD: {"url": f"{hooks}/{RECORD}", "secret": SECRET},
                **{
                    level: {"url": f"{hooks}/{level}", "secret": SECRET, "events": ["undone"]}
                    for level in levels
                },
            },
        },
    )
    files: dict[str, Any] = {
        "people": {
            **{id: {"name": id, "contact": [{"channel": "web"}]} for id in people},
            "ann": {"name": "Ann", "rights": "admin", "contact": [{"channel": "web"}]},
        },
        "teams": {
            team: {"members": [f"{team}-1"], "manager": f"{team}-m", "policy": team}
            for team in teams
        },
        "escalations": {team: _escalation(team, hooks) for team in teams},
        "routes": {
            **{team: {"match": {"team": team}, "team": team} for team in teams},
            "rest": {"fallback": True, "team": teams[0]},
        },
        "severities": {severity: _severity(severity) for severity in CLOCKS},
    }
    for name, tree in files.items():
        _write(policies / f"{name}.yaml", tree)
    return folder / "muster.yaml"


def _escalation(team: str, hooks: str) -> dict[str, Any]:
    return {
        "levels": [
            {"targets": [f"user:{team}-{level}", f"webhook:{hooks}/{team}-{level}"]}
            for level in (1, 2, 3)
        ],
        "manager": {"targets": [f"user:{team}-m"]},
    }


def _severity(severity: str) -> dict[str, Any]:
    acknowledge, resolve, manager, sla_acknowledge, sla_resolve = CLOCKS[severity]
    said = {
        "acknowledge_within": acknowledge,
        "resolve_within": resolve,
        "page_manager_after": manager,
    }
    return {
        "words": [WORDS[severity]],
        **{name: span for name, span in said.items() if span},
        "sla": {"acknowledge": sla_acknowledge, "resolve": sla_resolve},
        "loudness": "quiet",
        "tells": TELLS[severity],
    }


def _write(path: Path, tree: Any) -> None:
    path.write_text(yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")
