"""help: what can be said, and how."""

from bot.chat.command import Command, Says
from bot.chat.line import Line
from bot.chat.router import Router
from bot.domain.card import Card, Fact, Facts, Text
from bot.domain.errors import Invalid
from bot.domain.rights import VERB_RIGHTS


async def help(line: Line, router: Router) -> Card:
    if line.words:
        return _one(router, line.words[0])
    facts = tuple(Fact(c.usage, c.help) for c in router.commands.values())
    note = Text("An id is `#42`; inside an incident's room it may be left out.")
    return Card("What you can say", (note, Facts(facts)))


def _one(router: Router, word: str) -> Card:
    command = router.words.get(word.lower())
    if command is None:
        raise Invalid(f"I don't know {word!r}. Try help.")
    facts = [Fact("Usage", command.usage), Fact("Needs", str(VERB_RIGHTS[command.verb]))]
    if command.aliases:
        facts.append(Fact("Also", ", ".join(command.aliases)))
    return Card(command.verb, (Text(command.help), Facts(tuple(facts))))


command = Command(
    verb="help",
    usage="help [verb]",
    help="This list, or more about one verb.",
    says=(Says.VERB,),
    handler=help,
)
