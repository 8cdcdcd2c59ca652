"""What each verb needs. The one table that `authorise` reads and the docs print."""

from typing import Final

from bot.domain.people import Right

EDIT_POSTMORTEM: Final = "edit postmortem"
PUBLISH_POSTMORTEM: Final = "publish postmortem"
ANALYSE: Final = "analyse"

VERB_RIGHTS: Final[dict[str, Right]] = {
    **dict.fromkeys(
        ("list", "status", "oncall", "similar", "ask", "summary", "postmortem", "help"),
        Right.VIEWER,
    ),
    **dict.fromkeys(
        (
            "declare",
            "ack",
            "start",
            "assign",
            "role",
            "severity",
            "update",
            "escalate",
            "deescalate",
            "release",
            "resolve",
            "reopen",
            "note",
            "task",
            "followup",
            "mitigated",
            "page",
            "silence",
            "rename",
            "room",
            "link",
            "undo",
        ),
        Right.RESPONDER,
    ),
    "close": Right.COMMANDER,
    "noise": Right.COMMANDER,
}

FURTHER: Final[dict[str, Right]] = {
    ANALYSE: Right.RESPONDER,
    EDIT_POSTMORTEM: Right.COMMANDER,
    PUBLISH_POSTMORTEM: Right.MANAGER,
}
"""What needs more than reading what the verb shows."""

NEEDED: Final = {**VERB_RIGHTS, **FURTHER}

LONG_SILENCE: Final = Right.COMMANDER
"""What a silence of more than four hours needs."""

LEAD_GIVES: Final = Right.COMMANDER
"""The incident role `lead` gives this right in that incident."""


def as_markdown() -> str:
    """The table for the docs; a test keeps the page in step."""
    lines = [
        "# Rights",
        "",
        "Each right includes the ones before it. Printed from `bot/domain/rights.py`.",
        "",
        "| right | verbs it adds |",
        "|---|---|",
    ]
    for right in Right:
        verbs = [f"`{verb}`" for verb, needed in NEEDED.items() if needed is right]
        if verbs:
            lines.append(f"| {right} | {' '.join(verbs)} |")
    lines += [
        "",
        "A silence of more than four hours needs *commander*. The lead of an incident has "
        "commander rights in it. A private incident exists only for its members: everybody else, "
        "whatever their rights, gets the answer that there is no such incident.",
        "",
    ]
    return "\n".join(lines)
