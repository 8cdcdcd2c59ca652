"""From words to a command, the same for a slash command, a mention, a button, a form, the web."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import structlog

from bot.cards.incident import buttons_of
from bot.chat.call import Call, Reply
from bot.chat.command import Command, Takes
from bot.chat.grammar import nearest, read, split_verb
from bot.chat.inject import Handler, inject
from bot.chat.line import Line
from bot.domain.card import Button, Buttons, Card, Foreign, Style, Text, plain, say
from bot.domain.entry import EntryType
from bot.domain.errors import (
    DoorError,
    Forbidden,
    IllegalTransition,
    Invalid,
    NotFound,
    UnknownCommand,
    UserError,
    WhichIncident,
)
from bot.domain.form import Form, check
from bot.domain.ids import read_incident_id
from bot.domain.lifecycle import State
from bot.domain.people import SYSTEM, Actor, Right
from bot.engine.acts.base import sees
from bot.engine.authorise import authorise
from bot.engine.work import Work
from bot.ports.queries import MUSTER, IncidentFilter, Queries, Viewer
from bot.ports.store import AlreadyDone, Lane, Unit

log = structlog.get_logger()

PICK: Final = 8
RECENT: Final = timedelta(days=2)


class Router:
    """`services` are what handlers may ask for by type; an unknown one stops the start."""

    def __init__(
        self,
        commands: Iterable[Command],
        services: Mapping[type, object],
        work: Work,
        queries: Queries,
    ) -> None:
        self.commands = {command.verb: command for command in commands}
        self.words = {word: c for c in self.commands.values() for word in c.words}
        self.work, self.queries = work, queries
        everything = {**services, Router: self, Queries: queries}
        self._bound: dict[Handler, Handler] = {
            handler: inject(handler, everything)
            for command in self.commands.values()
            for handler in (command.handler, command.form, command.validate)
            if handler is not None
        }

    async def __call__(self, call: Call) -> Reply:
        """Never raises for what a person did; what broke is logged and apologised for."""
        try:
            return await self._answer(call)
        except AlreadyDone:
            return Reply(card=say("That is done already."))
        except Forbidden as no:
            await self._note_refusal(call, str(no))
            return _sorry(no)
        except (UserError, DoorError) as sorry:
            return _sorry(sorry)
        except Exception:
            reference = uuid4().hex[:8]
            log.exception("command_failed", verb=split_verb(call.text)[0], reference=reference)
            text = f"Something broke on our side. It is logged as {reference}; please try again."
            return Reply(card=Card("Something broke", (Text(text),)), ok=False, status=500)

    async def _answer(self, call: Call) -> Reply:
        if not call.actor.right.reaches(Right.VIEWER):
            raise Forbidden("I don't know you here. Ask an admin to add you to people.yaml.")
        word, rest = split_verb(call.text)
        if not word:
            return await self._buttons(call, call.room)
        if not rest and (number := read_incident_id(word, bare=False)) is not None:
            await self._must_exist(number, call.actor)
            return await self._buttons(call, number)
        command = self.words.get(word)
        if command is None:
            return self._unknown(call, word)
        try:
            return await self._carry_out(command, await self._line(call, command))
        except WhichIncident:
            return await self._pick(call, command)

    async def _carry_out(self, command: Command, line: Line) -> Reply:
        if command.form is not None:
            reply = await self._form(command, line)
            if reply is not None:
                return reply
        try:
            said = await self._bound[command.handler](line)
        except WhichIncident:
            raise
        except Invalid as wrong:
            return await self._mend(command, line, wrong)
        except IllegalTransition as late:
            return await self._too_late(line, late)
        return _as_reply(said, line, command)

    async def _line(self, call: Call, command: Command) -> Line:
        words = read(
            call.text,
            free_text=command.free_text,
            in_room=call.room is not None,
            flags=command.flags,
            takes_id=command.takes is not Takes.NOTHING,
        )
        command.refuse_more(words.words)
        number = words.number
        if number is None and command.takes is not Takes.NOTHING:
            number = call.room
        if number is None and command.takes is Takes.INCIDENT:
            raise WhichIncident
        if number is not None:
            await self._must_exist(number, call.actor)
        return Line(
            call=call,
            verb=words.verb,
            number=number,
            words=words.words,
            rest=words.rest,
            flags=words.flags,
        )

    async def _must_exist(self, number: int, actor: Actor) -> None:
        """What the asker may not see is not there, whatever they wanted of it."""
        viewer = MUSTER if actor.type is SYSTEM.type else Viewer(actor.id)
        incident = await self.queries.incident(number, viewer)
        if incident is None or not sees(actor, incident):
            raise NotFound(f"There is no incident #{number}.")

    async def _form(self, command: Command, line: Line) -> Reply | None:
        """Opens the form where nothing was given; checks the answers where one was filled in."""
        if command.form is None:
            return None
        if line.bare:
            authorise(line.actor, command.verb, await self._incident(line))
            form: Form | None = await self._bound[command.form](line)
            if form is None or not line.call.interactive:
                return None
            return Reply(form=form, incident=line.number)
        if line.answers is None:
            return None
        form = await self._bound[command.form](line)
        wrong = check(form, line.answers) if form is not None else {}
        if not wrong and command.validate is not None:
            wrong = dict(await self._bound[command.validate](line))
        if wrong:
            return Reply(form=form, wrong=wrong, incident=line.number, ok=False, status=422)
        return None

    async def _mend(self, command: Command, line: Line, wrong: Invalid) -> Reply:
        """The form again, where one of its fields is to blame for what only the act could see."""
        if command.form is None or line.answers is None:
            raise wrong
        form: Form | None = await self._bound[command.form](line)
        if form is None or wrong.field not in {field.name for field in form.fields}:
            raise wrong
        why = {wrong.field: str(wrong)}
        return replace(_sorry(wrong), form=form, wrong=why, incident=line.number)

    async def _too_late(self, line: Line, late: IllegalTransition) -> Reply:
        """An old button, or a slow hand: what can be done now, to be pressed."""
        refused, incident = _sorry(late), await self._incident(line)
        if refused.card is None or incident is None:
            return refused
        card = replace(refused.card, body=(*refused.card.body, Buttons(buttons_of(incident))))
        return replace(refused, card=card, incident=line.number, version=incident.version)

    async def _incident(self, line: Line) -> Any:
        if line.number is None:
            return None
        return await self.queries.incident(line.number, Viewer(line.actor.id))

    # answers of the router itself

    async def _buttons(self, call: Call, number: int | None) -> Reply:
        """Verb-less: what can be pressed here, or for the incident that was named."""
        if number is not None:
            incident = await self.queries.incident(number, Viewer(call.actor.id))
            if incident is not None:
                card = Card(
                    f"#{incident.number}: what now?",
                    (
                        Buttons(
                            (
                                *buttons_of(incident),
                                Button("Update", f"update #{incident.number}"),
                                Button("Summary", f"summary #{incident.number}"),
                            )
                        ),
                    ),
                )
                return Reply(card=card, incident=incident.number, version=incident.version)
        buttons = (
            Button("Declare an incident", "declare", Style.PRIMARY),
            Button("Open incidents", "list"),
            Button("Who is on call", "oncall"),
            Button("Help", "help"),
        )
        return Reply(card=Card("What can I do?", (Buttons(buttons),)))

    async def _pick(self, call: Call, command: Command) -> Reply:
        """No incident here: never silent, offer to say the same of those that could be meant."""
        verb, rest = split_verb(call.text)
        page = await self.queries.incidents(
            IncidentFilter(status=tuple(map(str, command.picks))),
            Viewer(call.actor.id),
            limit=PICK,
        )
        if not page.items:
            what = "open" if State.NEW in command.picks else "resolved"
            return Reply(card=say(f"No incident is {what}. Give me an id, as in #42."), ok=False)
        buttons = tuple(
            Button(
                f"#{i.number} {i.title}"[:70],
                f"{verb} #{i.number} {rest}".strip(),
            )
            for i in page.items
        )
        card = Card("Which incident?", (Buttons(buttons),))
        return Reply(card=card, ok=False, status=422)

    def _unknown(self, call: Call, word: str) -> Reply:
        """Offers the verb that was probably meant, to note what was said, or to declare it."""
        close = nearest(word, self.words)
        text = " ".join(call.text.split())
        offers = [Button("Declare it", f"declare {text}", Style.PRIMARY)]
        if call.room is not None:
            offers = [Button("Note it", f"note #{call.room} {text}", Style.PRIMARY), *offers]
        if close is not None:
            _, rest = split_verb(call.text)
            offers.insert(0, Button(f"{close} {rest}"[:70], f"{close} {rest}".strip()))
        meant = f"Did you mean **{plain(close)}**?" if close else "Try **help**."
        ask = "Or is this an incident?" if call.room is None else "Or is this a note?"
        card = Card(
            "I don't know that command",
            (Text(f"{meant} {ask}"), Foreign(text), Buttons(tuple(offers))),
        )
        return Reply(card=card, ok=False, status=UnknownCommand.status)

    async def _note_refusal(self, call: Call, why: str) -> None:
        """Who was refused what stands in the record, outside any incident."""

        async def note(unit: Unit) -> None:
            await unit.system_entry(
                call.actor, EntryType.REFUSED, why, verb=split_verb(call.text)[0]
            )

        await self.work(note, lane=Lane.COMMANDS)


def _as_reply(said: Any, line: Line, command: Command) -> Reply:
    if isinstance(said, Reply):
        return said
    return Reply(card=said, incident=line.number, private=not command.public)


def _sorry(error: UserError | DoorError) -> Reply:
    """The error's text is the reply; it may quote people, so it is shown as it is."""
    card = Card(error.title, (Foreign(str(error)),), fallback=str(error))
    return Reply(card=card, ok=False, status=error.status)
