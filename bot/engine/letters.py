"""Dead letters: what could not be processed, kept, and tried again when somebody asks."""

from collections.abc import Callable, Sequence
from typing import Final

from bot.domain.alert import Alert
from bot.domain.errors import DoorError
from bot.engine.pipeline import Pipeline
from bot.ports.store import DueTimer, Unit

TRIES: Final = 3
"""How often a letter that is being replayed is processed before it is left as it is."""

Parse = Callable[[str, bytes], Sequence[Alert]]
"""The source's own reading of a body; raises DoorError where it cannot be read."""


class Letters:
    def __init__(self, pipeline: Pipeline, parse: Parse) -> None:
        self.pipeline, self.parse = pipeline, parse

    async def replay(self, unit: Unit, timer: DueTimer) -> None:
        """Processes the letter of `dead_letter:<id>` as if it had just come.

        What still cannot be read stays a dead letter, with the new reason; and so does what fails
        every time.
        """
        id = timer.subject.removeprefix("dead_letter:")
        letter = await unit.letter(id)
        if letter is None:
            return
        if timer.tries >= TRIES:
            await unit.letter_failed(id, "processing failed again; the log says why")
            return
        source, body = letter
        try:
            alerts = self.parse(source, body)
        except DoorError as wrong:
            await unit.letter_failed(id, str(wrong))
            return
        await self.pipeline.decide(unit, alerts)
        await unit.letter_done(id)
