"""What one can do on the page: one line for each deed."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

from tests.fakes.slack.person import Person, Shown
from tests.fakes.slack.refusal import Refusal
from tests.fakes.slack.state import Json, Message

if TYPE_CHECKING:
    from tests.fakes.slack.server import Slack


async def do(slack: "Slack", said: Json) -> Json:
    """Carries it out; what Slack would say about it, and a form's errors by block_id."""
    person = slack.person(said["person"])
    try:
        shown = await DEEDS[said["act"]](person, said)
    except (LookupError, ValueError, Refusal) as wrong:
        return {"trouble": str(wrong), "errors": {}}
    if not isinstance(shown, Shown):
        return {"trouble": "", "errors": {}}
    return {"trouble": shown.trouble, "errors": dict(shown.errors)}


async def _say(person: Person, said: Json) -> Any:
    text, channel = said["text"], said["channel"]
    if text.startswith("/"):
        return await person.command(text, channel)
    thread = _message(person, said) if said.get("ts") else None
    app = person.slack.app
    return await person.say(text.replace(f"@{app.name}", f"<@{app.bot_user}>"), channel, thread)


async def _press(person: Person, said: Json) -> Shown:
    home = person.home if said.get("home") else None
    where = _message(person, said) if said.get("ts") else home
    return await person.press(said["what"], where, said.get("choice"))


async def _shortcut(person: Person, said: Json) -> Shown:
    message = _message(person, said) if said.get("ts") else None
    return await person.shortcut(said["what"], message)


def _message(person: Person, said: Json) -> Message:
    messages = person.slack.workspace.channels[said["channel"]].messages
    found = messages.get(said["ts"]) or next(
        (whisper for whisper in person.whispers if whisper.ts == said["ts"]), None
    )
    if found is None:
        raise LookupError("That message is gone.")
    return found


DEEDS: Final[dict[str, Callable[[Person, Json], Awaitable[Any]]]] = {
    "say": _say,
    "press": _press,
    "shortcut": _shortcut,
    "submit": lambda person, said: person.submit(said["values"]),
    "close": lambda person, said: person.close(),
    "join": lambda person, said: person.join(said["channel"]),
    "archive": lambda person, said: person.archive(said["channel"]),
    "react": lambda person, said: person.react(said["what"], _message(person, said)),
    "pin": lambda person, said: person.pin(_message(person, said)),
    "home": lambda person, said: person.open_home(),
    "topic": lambda person, said: person.set_topic(said["text"], said["channel"]),
}
