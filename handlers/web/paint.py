"""The live pieces of one person's page: the same when it loads and when it changes."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final

from bot.cards.analysis import Suggested, suggestion_elements
from bot.cards.incident import card_facts, incident_card
from bot.cards.names import person_name
from bot.cards.tasks import STATES
from bot.domain.alert import AlertRecord
from bot.domain.card import Card
from bot.domain.entry import Entry
from bot.domain.incident import Incident
from bot.domain.task import tasks_of
from bot.platforms.web.entry import entry_html, entry_json
from bot.platforms.web.live import Panel
from bot.platforms.web.render import CardHtml, mark
from bot.ports.notices import Waiting
from handlers.web.pages import render
from handlers.web.shell import Shell
from handlers.web.visitor import Visitor

OUTCOMES: Final = {
    "pending": "on its way",
    "done": "went out",
    "failed": "failed",
    "expired": "given up: too late",
    "withdrawn": "not needed any more",
}
"""State of a page's effect → what came of it."""

ALERTS: Final = 100
PAGES: Final = 50


class Painter:
    """`room`: the incident whose page it is; None elsewhere."""

    def __init__(self, shell: Shell, visitor: Visitor, room: int | None = None) -> None:
        self.shell, self.visitor, self.room = shell, visitor, room
        self._facts: dict[str, str] | None = None
        self._before: dict[str, str] | None = None

    def entry(self, entry: Entry) -> dict[str, Any]:
        people = self.shell.policies().people
        return {"html": str(entry_html(entry, people)), "entry": entry_json(entry)}

    def card(self, incident: Incident, alerts: Sequence[AlertRecord]) -> Panel:
        """What changed since the card before is struck through. Alerts have their own panel."""
        policies = self.shell.policies()
        facts = card_facts(incident, policies)
        if facts != self._facts:
            self._before, self._facts = self._facts, facts
        card = incident_card(incident, policies, before=self._before)
        posting = self.shell.posting(self.visitor, self.room, seen=incident.version)
        level = incident.escalation_level  # an older Escalate asks first
        return Panel(mark(card, level), str(CardHtml(posting, heading=1).card(card, level)))

    async def aside(self, incident: Incident, alerts: Sequence[AlertRecord]) -> Panel:
        people = self.shell.policies().people
        pages = await self.shell.queries.pages_of(incident.number, self.visitor.viewer)
        html = render(
            "_aside.html",
            incident=incident,
            firing=sum(alert.firing for alert in alerts),
            total=len(alerts),
            alerts=sorted(alerts, key=_worst_first)[:ALERTS],
            pages=[self._page(page) for page in reversed(pages)][:PAGES],
            people=people,
            person_name=person_name,
        )
        steps = await self.shell.suggested(incident, self.visitor.actor(self.room))
        # buttons have keys of their own, so they say nothing
        told = html + repr(incident.tasks) + repr([one.id for one in steps])
        return Panel(_mark(told), self._suggested(steps) + self._tasks(incident) + html)

    def _suggested(self, steps: Sequence[Suggested]) -> str:
        if not (elements := suggestion_elements(steps)):
            return ""
        posting = self.shell.posting(self.visitor, self.room)
        return str(CardHtml(posting).card(Card("Suggested", tuple(elements))))

    def _tasks(self, incident: Incident) -> str:
        tasks = tasks_of(incident)
        return render(
            "_tasks.html",
            incident=incident,
            tasks=tasks,
            opened=[task for task in tasks if task.open],
            ended=[task for task in tasks if not task.open],
            states=STATES,
            posting=self.shell.posting(self.visitor, self.room),
            people=self.shell.policies().people,
            person_name=person_name,
        )

    def _page(self, page: Mapping[str, Any]) -> dict[str, Any]:
        to = str(page.get("to") or "")
        state = str(page.get("state"))
        people = self.shell.policies().people
        return {
            "to": person_name(people, to.removeprefix("person:")),
            "channel": page.get("channel"),
            "step": page.get("step"),
            "state": state,
            "outcome": OUTCOMES.get(state, state),
            "error": page.get("error") or "",
            "at": page.get("settled_at") or page.get("queued_at"),
        }

    def notices(self, waiting: Sequence[Waiting]) -> dict[str, Any]:
        return {
            "waiting": len(waiting),
            "ringing": any(one.rings for one in waiting),
            "html": str(self.shell.alarm(waiting, self.visitor)),
            "newest": [
                {
                    "id": one.notice.id,
                    "loud": one.rings,
                    "title": one.notice.title,
                    "incident": one.notice.incident,
                }
                for one in waiting[:5]
            ],
        }


def _mark(told: str) -> str:
    return blake2b(told.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _worst_first(alert: AlertRecord) -> tuple[bool, int, float]:
    return (not alert.firing, alert.severity.rank, -alert.last_seen_at.timestamp())
