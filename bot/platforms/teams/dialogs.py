"""A reply inside a dialog: a form to fill in, a card with its buttons, or words.

https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/task-modules/task-modules-bots
"""

from collections.abc import Mapping
from typing import Any, Final

from bot.cards.clean import cut
from bot.cards.inputs import Choices
from bot.cards.plain_text import plain_text
from bot.chat.call import Reply
from bot.domain.card import Buttons, say
from bot.platforms.teams import forms, render

WORDS: Final = 1_000
"""Characters of a message in a dialog; more than that is a card."""

DONE: Final = say("Done.")


def dialog(
    reply: Reply, *, people: Choices = (), given: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """What the asker sees next. `given` fills in the form; what is wrong stands in it.

    `people` are offered by fields that ask for a person.
    """
    if reply.form is not None:
        started = {field.name: field.value for field in reply.form.fields} | dict(given or {})
        return forms.task(reply.form, started, reply.wrong, people=people)
    card = reply.card or DONE
    words = plain_text(card)
    if any(isinstance(element, Buttons) for element in card.body) or len(words) > WORDS:
        return forms.shown(card.title, submitted(render.adaptive(card)))
    return message(words)


def message(words: str) -> dict[str, Any]:
    return {"task": {"type": "message", "value": cut(words, WORDS) or "Done."}}


def submitted(content: Any) -> Any:
    """The card with every button as an `Action.Submit`: a dialog knows no `Action.Execute`. One
    that has none at all is given one, by which it is closed."""
    made = _submits(content)
    if not _has_submit(made):
        made["actions"] = [{"type": "Action.Submit", "title": "Close"}]
    return made


def _submits(part: Any) -> Any:
    if isinstance(part, list):
        return [_submits(one) for one in part]
    if not isinstance(part, dict):
        return part
    made = {name: _submits(one) for name, one in part.items() if name != "refresh"}
    if made.get("type") == "Action.Execute":
        made["type"] = "Action.Submit"
        made.pop("verb", None)
    return made


def _has_submit(part: Any) -> bool:
    if isinstance(part, list):
        return any(_has_submit(one) for one in part)
    if not isinstance(part, dict):
        return False
    return part.get("type") == "Action.Submit" or any(_has_submit(one) for one in part.values())
