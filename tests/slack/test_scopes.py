"""The manifest asks for the scopes that are used and for no other, and an app lives on these."""

from bot.domain.card import say
from bot.domain.effect import EffectKind
from bot.platforms.slack.manifest import SCOPES
from bot.ports.channel import Job
from storage.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.slack import Slack
from tests.fakes.slack.faults import broken
from tests.slack.office import Office, install, opened
from tests.slack.test_life import opens, stands
from tests.slack.test_whole_life import alert, alertmanager_tells, policies


async def test_every_scope_of_the_manifest_is_needed_and_none_is_missing(
    slack: Slack, sqlite_store: SqlStore, clock: FakeClock
) -> None:
    install(slack, public=True)
    slack.add_channel("war-room", "U0ANN")
    slack.add_channel("announcements", "U0ANN")
    slack.add_group("payments", slack.add_user("cara").id)
    async with opened(
        slack,
        sqlite_store,
        clock,
        by_http=True,
        delivers=True,
        policies=policies(),
        configured={"ANNOUNCE_CHANNEL": "#announcements"},
    ) as office:
        await _an_alert_is_handled(office)
        await _a_private_incident_is_handled(office)
        await _effects(office)
    assert slack.app.scopes - slack.used_scopes == set(), "asked for, and not used"
    assert slack.used_scopes == SCOPES.keys()
    assert [code for _, code in slack.refused if code == "missing_scope"] == []


async def _an_alert_is_handled(office: Office) -> None:
    office.slack.faults.add("chat.postMessage", broken(), broken())
    await alertmanager_tells(office, alert("Latency"))
    room = await opens(office, "inc-1-latency")
    card = await stands(office, room, "Latency")
    await office.ben.join(room)
    await office.ben.mention("ack", room)
    await office.ben.tell("status")
    await office.ben.react("memo", await office.ann.say("it began at noon", room))
    await office.ben.pin(await office.ann.say("it is the cache", room))
    await office.delivered(lambda: "Ben Ito" in card.text)
    await office.delivered(office.slack.room("announcements").top_level)


async def _a_private_incident_is_handled(office: Office) -> None:
    await office.ann.command("/incident declare leak --private --anyway", office.general)

    room = await opens(office, "inc-2")
    await stands(office, room, "leak")
    await office.delivered(lambda: office.ann.id in room.members)
    await office.ann.react("memo", await office.ann.say("found in the logs", room))
    await office.done()
    assert len(await office.notes(2)) == 1


async def _effects(office: Office) -> None:
    """What no act of people queues in this story."""
    room = office.slack.room("inc-1-latency")
    incident = {
        "id": "INC-20260105-00001",
        "severity": "P1",
        "title": "Latency",
        "url": "http://x/1",
    }
    card = {"channel": room.id, "ts": room.top_level()[-1].ts, "name": "memo"}
    for kind, payload in (
        (EffectKind.REACT, card),
        (EffectKind.UPLOAD, {"name": "a.md", "text": "# Draft"}),
        (EffectKind.ADOPT_ROOM, {"channel": "#war-room"}),
    ):
        job = Job(
            key=str(kind),
            kind=kind,
            incident=1,
            facts={"incident": incident},
            places={"room": {"id": room.id}},
            payload=payload,
        )
        await office.muster.delivery.channels["slack"].perform(job)
    office.slack.add_channel("payments", "U0ANN")
    elsewhere = Job(
        key="quiet", kind=EffectKind.POST, incident=9, card=say("Quiet"), home="#payments"
    )
    await office.muster.delivery.channels["slack"].perform(elsewhere)
