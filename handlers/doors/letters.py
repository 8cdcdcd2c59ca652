"""An authentic request that cannot be read is not lost: it is kept as a dead letter."""

from collections.abc import Sequence

from bot.domain.alert import Alert
from bot.domain.errors import WrongShape
from handlers.doors.directory import Entrance
from handlers.doors.needs import Intaking


class Buried(WrongShape):
    """`dead_letter` is its id; `errors` says field by field what is wrong, where that is known."""

    def __init__(self, text: str, *, dead_letter: str, errors: Sequence[str] = ()) -> None:
        super().__init__(text)
        self.dead_letter = dead_letter
        self.errors = tuple(errors)


async def read_or_bury(
    entrance: Entrance, payload: object, body: bytes, intake: Intaking
) -> list[Alert]:
    """The alerts of an authentic payload.

    Raises:
        Buried: they cannot be read; the body is kept.
        Overloaded: and it could not be kept either.
    """
    try:
        return entrance.parse(payload, entrance.source)
    except WrongShape as wrong:
        letter = await intake.bury(entrance.source.name, body, str(wrong))
        raise Buried(str(wrong), dead_letter=letter) from wrong
