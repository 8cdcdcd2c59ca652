"""One file per verb. Add yours to COMMANDS; help, completion, pages and parity follow."""

from typing import Final

COMMANDS: Final[dict[str, str]] = {
    "declare": "handlers.commands.declare:command",
    "list": "handlers.commands.list:command",
    "status": "handlers.commands.status:command",
    "ack": "handlers.commands.ack:command",
    "start": "handlers.commands.start:command",
    "assign": "handlers.commands.assign:command",
    "role": "handlers.commands.role:command",
    "severity": "handlers.commands.severity:command",
    "update": "handlers.commands.update:command",
    "escalate": "handlers.commands.escalate:command",
    "deescalate": "handlers.commands.deescalate:command",
    "release": "handlers.commands.release:command",
    "resolve": "handlers.commands.resolve:command",
    "reopen": "handlers.commands.reopen:command",
    "close": "handlers.commands.close:command",
    "note": "handlers.commands.note:command",
    "task": "handlers.commands.task:command",
    "followup": "handlers.commands.followup:command",
    "mitigated": "handlers.commands.mitigated:command",
    "postmortem": "handlers.commands.postmortem:command",
    "oncall": "handlers.commands.oncall:command",
    "page": "handlers.commands.page:command",
    "silence": "handlers.commands.silence:command",
    "summary": "handlers.commands.summary:command",
    "similar": "handlers.commands.similar:command",
    "ask": "handlers.commands.ask:command",
    "rename": "handlers.commands.rename:command",
    "room": "handlers.commands.room:command",
    "noise": "handlers.commands.noise:command",
    "link": "handlers.commands.link:command",
    "undo": "handlers.commands.undo:command",
    "help": "handlers.commands.help:command",
}
"""Verb → where its Command stands."""
