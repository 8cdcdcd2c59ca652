"""`/api/v1/silences`: made, listed, ended."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.domain.errors import Invalid, NotFound
from bot.domain.matcher import Matcher
from bot.domain.silence import DEFAULT_LENGTH, Silence
from bot.engine.silences import Silences
from bot.ports.queries import Queries
from handlers.api.bodies import NewSilence
from handlers.api.finding import Finder
from handlers.api.operation import PREFIX, Asked, Operation, Reply
from handlers.api.params import Kind, Param
from handlers.api.shown.silence import SilenceShown, SilencesShown, show_silence

PATH: Final = f"{PREFIX}/silences"
_ID: Final = re.compile(r"\d{1,15}", re.ASCII)


class SilenceSubject:
    """`now` is the store's time."""

    def __init__(
        self,
        queries: Queries,
        finder: Finder,
        silences: Silences,
        now: Callable[[], datetime],
    ) -> None:
        self.queries, self.finder = queries, finder
        self.silences, self.now = silences, now

    def operations(self) -> Iterable[Operation]:
        return (
            Operation(
                method="POST",
                path=PATH,
                name="add_silence",
                about="Hides alerts that match, or those of an incident, until a time.",
                do=self.add,
                again=self.added,
                body=NewSilence,
                examples=(
                    {"matchers": ['service="batch"']},
                    {"matchers": ["alertname=~Disk.*"], "duration": 600, "comment": "new disks"},
                ),
                shows=SilenceShown,
                status=201,
                refuses=(404,),
            ),
            Operation(
                method="GET",
                path=PATH,
                name="list_silences",
                about="Lists silences in force and to come, newest first.",
                do=self.list,
                verb="list",
                params=(
                    Param(
                        name="past",
                        about="Those that have ended, in place of the others.",
                        kind=Kind.CHOICE,
                        choices=("true", "false"),
                        default="false",
                    ),
                ),
                shows=SilencesShown,
            ),
            Operation(
                method="GET",
                path=f"{PATH}/{{silence}}",
                name="show_silence",
                about="Shows one silence.",
                do=self.show,
                verb="list",
                shows=SilenceShown,
                refuses=(404,),
            ),
            Operation(
                method="DELETE",
                path=f"{PATH}/{{silence}}",
                name="end_silence",
                about="Ends a silence now; what still fires is looked at once more.",
                do=self.end,
                status=204,
                refuses=(404,),
            ),
        )

    async def add(self, asked: Asked) -> Reply:
        body: NewSilence = asked.body
        ends_at = self._end(body)
        if body.incident_id is None:
            made = await self.silences.add(
                asked.ask(),
                _matchers(body.matchers),
                starts_at=body.starts_at,
                ends_at=ends_at,
                comment=body.comment or "",
            )
        else:
            made = await self._of_incident(asked, body, ends_at)
        return await self._show(made, asked, status=201)

    def _end(self, body: NewSilence) -> datetime | None:
        if body.duration is None:
            return body.ends_at
        if body.ends_at is not None:
            raise Invalid("Give `ends_at` or `duration`, not both.", field="duration")
        return (body.starts_at or self.now()) + timedelta(seconds=body.duration)

    async def _of_incident(
        self, asked: Asked, body: NewSilence, ends_at: datetime | None
    ) -> Silence:
        if body.matchers or body.starts_at is not None:
            raise Invalid(
                "A silence of an incident covers its groups from now on; "
                "leave `matchers` and `starts_at` out.",
                field="incident_id",
            )
        incident = await self.finder.named(body.incident_id or "", asked.viewer)
        return await self.silences.of_incident(
            incident.number,
            asked.ask(),
            length=ends_at - self.now() if ends_at else DEFAULT_LENGTH,
            comment=body.comment or "",
        )

    async def added(self, asked: Asked, moment: datetime) -> Reply:
        """The newest one in force that the asker made with these words."""
        body: NewSilence = asked.body
        for silence in await self.queries.silences(asked.viewer):
            mine = silence.created_by == asked.actor.id
            if mine and silence.comment == (body.comment or ""):
                return await self._show(silence, asked, status=201)
        raise NotFound("The silence that this made has ended.")

    async def list(self, asked: Asked) -> Reply:
        found = await self.queries.silences(asked.viewer, past=asked.query["past"] == "true")
        ids = await self.queries.ids(
            {one.incident for one in found if one.incident is not None}, asked.viewer
        )
        now = self.now()
        shown: SilencesShown = {
            "items": [show_silence(silence, ids, now) for silence in found],
            "next_cursor": None,
        }
        return Reply(data=shown)

    async def show(self, asked: Asked) -> Reply:
        return await self._show(await self._named(asked), asked)

    async def end(self, asked: Asked) -> Reply:
        silence = await self._named(asked)
        await self.silences.end(silence.id, asked.ask())
        return Reply(status=204)

    async def _named(self, asked: Asked) -> Silence:
        said = asked.path["silence"]
        found = None
        if _ID.fullmatch(said):
            found = await self.queries.silence(int(said), asked.viewer)
        if found is None:
            raise NotFound(f"There is no silence {said[:40]}.")
        return found

    async def _show(self, silence: Silence, asked: Asked, *, status: int = 200) -> Reply:
        numbers = {silence.incident} if silence.incident is not None else set()
        ids = await self.queries.ids(numbers, asked.viewer)
        headers = {"Location": f"{PATH}/{silence.id}"} if status == 201 else {}
        return Reply(data=show_silence(silence, ids, self.now()), status=status, headers=headers)


def _matchers(texts: Sequence[str]) -> list[Matcher]:
    try:
        return [Matcher.parse(text) for text in texts]
    except ValueError as wrong:
        raise Invalid(str(wrong), field="matchers") from None
