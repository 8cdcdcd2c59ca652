"""noise: how much Muster says in the channel it is said in."""

from bot.cards.names import NOISES
from bot.chat.adoption import place_of
from bot.chat.command import Command, Takes
from bot.chat.line import Line
from bot.domain.card import Button, Buttons, Card, Text, say
from bot.domain.errors import Invalid
from bot.domain.noise import Noise
from bot.engine.noises import Noises
from bot.ports.queries import Queries, Viewer

BACK = "default"


async def noise(line: Line, noises: Noises, queries: Queries) -> Card:
    platform, channel = place_of(line.actor.origin)
    if not channel:
        raise Invalid("Say that in the channel that is meant.")
    chosen = await queries.noise_at(platform, channel)
    word = line.text.lower()
    if not word:
        return _choices(chosen)
    if word not in (*Noise, BACK):
        raise Invalid(f"Choose one of {', '.join(Noise)}, or {BACK}.")
    wanted = None if word == BACK else Noise(word)
    incident = None
    if line.number is not None:
        incident = await queries.incident(line.number, Viewer(line.actor.id))
    await noises.choose(line.ask, platform, channel, wanted, incident=incident)
    return say(f"From now on here: {NOISES[wanted] if wanted else 'what the policies say'}.")


def _choices(chosen: Noise | None) -> Card:
    now = f"Now: **{chosen}**." if chosen else "Now: what the policies say."
    buttons = tuple(Button(str(one).capitalize(), f"noise {one}") for one in Noise)
    words = [f"**{one}**: {meaning}" for one, meaning in NOISES.items()]
    body = (Text("\n".join([now, *words])), Buttons((*buttons, Button("Default", f"noise {BACK}"))))
    return Card("How much do I say here?", body)


command = Command(
    verb="noise",
    usage="noise [all|highlights|status|none|default]",
    help="How much is said in this channel.",
    takes=Takes.OPTIONAL,
    handler=noise,
)
