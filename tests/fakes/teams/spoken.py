"""What a reader sees of a message, and how an activity names a person."""

from tests.fakes.teams.cards import words_of
from tests.fakes.teams.state import Json, Message, User


def account(user: User) -> Json:
    return {"id": user.id, "name": user.name}


def spoken(message: Message) -> str:
    """All that a reader sees of it."""
    return "\n".join([message.text, *(words_of(card) for card in message.cards)]).strip()
