"""A card as HTML. One function per kind of element; a test renders every kind there is."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import singledispatchmethod
from hashlib import blake2b
from typing import Final

from markupsafe import Markup

from bot.cards.plain_text import visible
from bot.domain.card import (
    Button,
    Buttons,
    Card,
    Element,
    Fact,
    Facts,
    Foreign,
    Item,
    Items,
    Moment,
    Ref,
    Text,
    Value,
    Warning,
)
from bot.platforms.web.text import foreign, link, markdown, moment

_NUMBER: Final = re.compile(r"#(\d{1,15})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Posting:
    """Where the buttons of a page post to, and what shows that the page is ours.

    `new_key` makes an invocation's key: one per button, so that a press heard twice acts once.
    `seen` is the version of the incident that the buttons are shown at.
    """

    action: str
    csrf: str
    new_key: Callable[[], str]
    seen: int | None = None

    def hidden(self) -> Markup:
        made = Markup(
            '<input type="hidden" name="csrf" value="{}">'
            '<input type="hidden" name="key" value="{}">'
        ).format(self.csrf, self.new_key())
        if self.seen is None:
            return made
        return made + Markup('<input type="hidden" name="seen" value="{}">').format(self.seen)


class CardHtml:
    """`heading` is the level of the card's title on the page; `titled` False leaves it out."""

    def __init__(self, posting: Posting, *, heading: int = 2, titled: bool = True) -> None:
        self.posting, self.heading, self.titled = posting, heading, titled

    def card(self, card: Card, about: object = None) -> Markup:
        """`about`: see `mark`."""
        return Markup('<article class="card tone-{}" data-mark="{}">{}{}</article>').format(
            card.tone,
            mark(card, about),
            self._title(card) if self.titled else "",
            Markup("").join(self.element(element) for element in card.body),
        )

    def _title(self, card: Card) -> Markup:
        emoji = (
            Markup('<span class="emoji" aria-hidden="true">{}</span> ').format(visible(card.emoji))
            if card.emoji
            else ""
        )
        return Markup('<h{0} class="card-title">{1}{2}</h{0}>').format(
            self.heading, emoji, foreign(card.title)
        )

    @singledispatchmethod
    def element(self, element: Element) -> Markup:
        raise TypeError(f"no HTML for {type(element).__name__}")

    @element.register
    def _text(self, element: Text) -> Markup:
        return Markup('<p class="words">{}</p>').format(markdown(element.markdown))

    @element.register
    def _foreign(self, element: Foreign) -> Markup:
        return Markup('<p class="words foreign">{}</p>').format(foreign(element.text))

    @element.register
    def _warning(self, element: Warning) -> Markup:
        return Markup('<p class="warning"><strong>Warning:</strong> {}</p>').format(
            visible(element.text)
        )

    @element.register
    def _facts(self, element: Facts) -> Markup:
        rows = Markup("").join(self._fact(fact) for fact in element.facts)
        return Markup('<dl class="facts">{}</dl>').format(rows)

    def _fact(self, fact: Fact) -> Markup:
        old = (
            Markup(
                '<del><span class="unseen">was </span>{}</del> <span class="unseen">now </span>'
            ).format(visible(fact.old))
            if fact.old is not None
            else ""
        )
        return Markup("<div><dt>{}</dt><dd>{}{}</dd></div>").format(
            visible(fact.name), old, value(fact.value)
        )

    @element.register
    def _items(self, element: Items) -> Markup:
        heading = (
            Markup('<h{0} class="items-title">{1}</h{0}>').format(
                min(self.heading + 1, 6), visible(element.heading)
            )
            if element.heading
            else ""
        )
        rows = Markup("").join(self._item(item) for item in element.items)
        return Markup('{}<ul class="items">{}</ul>').format(heading, rows)

    def _item(self, item: Item) -> Markup:
        about = Markup(' <span class="about">{}</span>').format(visible(item.about))
        return Markup("<li>{}{}{}</li>").format(
            value(item.value), about if item.about else "", _when(item.at)
        )

    @element.register
    def _buttons(self, element: Buttons) -> Markup:
        forms = Markup("").join(self.button(button) for button in element.buttons)
        return Markup('<div class="buttons">{}</div>').format(forms)

    def button(self, button: Button) -> Markup:
        """A form of its own. What cannot be undone unfolds first, which needs no JavaScript."""
        press = Markup(
            '<form method="post" action="{}" data-command>{}'
            '<button name="text" value="{}" class="{}">{}</button></form>'
        ).format(
            self.posting.action,
            self.posting.hidden(),
            visible(button.command),
            button.style,
            visible("Yes, do it" if button.confirm else button.label),
        )
        if not button.confirm:
            return press
        return Markup(
            '<details class="confirm"><summary class="{}">{}</summary>'
            "<div><p>{}</p>{}</div></details>"
        ).format(button.style, visible(button.label), visible(button.confirm), press)


def value(said: Value) -> Markup:
    """What a fact or an item holds."""
    match said:
        case Foreign(text):
            return foreign(text)
        case Moment(at):
            return moment(at)
        case Ref(label, url):
            return link(label, url)
        case _:
            number = _NUMBER.fullmatch(said)
            return link(said, f"/incidents/{number[1]}") if number else Markup.escape(visible(said))


def _when(at: datetime | None) -> Markup:
    return Markup(" ") + moment(at) if at else Markup("")


def mark(card: Card, about: object = None) -> str:
    """Equal for equal cards: a page that shows this one already need not show it again.

    `about` is what its buttons go by besides what it shows.
    """
    told = repr((card, about))
    return blake2b(told.encode("utf-8", "replace"), digest_size=8).hexdigest()
