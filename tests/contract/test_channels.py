"""What every one-way channel keeps to, against a strict fake of the other side.

A new channel needs a line in CHANNELS and a rig here.
"""

import inspect
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import import_module
from typing import Any, Final, get_type_hints

import pytest

from bot.domain.card import Button, Buttons, Card, Fact, Facts, Foreign, Moment, Text, Warning
from bot.domain.effect import EffectKind
from bot.domain.errors import DeliveryError
from bot.domain.policy import Person
from bot.notify import CHANNELS
from bot.ports.channel import Channel, Job
from bot.ports.outside import Outside
from config.sections import Email, Webhook
from tests.fakes.outside import real_outside
from tests.fakes.smtp import smtp_server
from tests.fakes.webhook_receiver import SECRET, Fault, webhook_receiver

NASTY: Final = (
    "a\r\nBcc: eve@example.org\r\n\r\n.\r\n<b>\x00\u202e\ud800 \u00e9\u4e2d *x* `y` {z} %s"
)

CARD: Final = Card(
    "P0 payments: p99 over 2 s #42",
    (
        Warning("Nobody was reached."),
        Text("**All clear** by `ann`, see [runbook](https://runbook.example/a?b=c&d)."),
        Foreign(NASTY),
        Facts((Fact("Service", Foreign("payments")), Fact("State", "New", "Closed"))),
        Facts((Fact("Since", Moment(datetime(2026, 1, 5, 9, tzinfo=UTC))),)),
        Buttons((Button("Acknowledge", "ack #42"),)),
    ),
    emoji="🔴",
)

ENTRY: Final = {"event_type": "resolved", "seq": 3, "occurred_at": "2026-01-05T09:00:00Z"}

JOB: Final = Job(
    key="page:42:1:level1:person:ann:email",
    kind=EffectKind.PAGE,
    incident=42,
    card=CARD,
    line=CARD.title,
    loud=True,
    facts={"incident": {"id": "INC-20260105-00042", "number": 42, "status": "NEW"}},
)


@dataclass(frozen=True, kw_only=True)
class Rig:
    """A channel and its fake. `refuse(lasting)` makes the fake refuse, `mend()` ends that."""

    channel: Channel
    other_muster: Channel
    job: Job
    refuse: Callable[[bool], None]
    mend: Callable[[], None]
    seen: Counter[str]
    complaints: list[str]


def connect(name: str) -> Callable[[Any, Outside], Channel]:
    module, _, function = CHANNELS[name].partition(":")
    found: Callable[[Any, Outside], Channel] = getattr(import_module(module), function)
    return found


@asynccontextmanager
async def email() -> AsyncIterator[Rig]:
    ann = Person(name=f"Ann {NASTY}", email="ann@example.org")
    async with smtp_server() as server, real_outside() as outside:
        section = Email(host=server.host, port=server.port, sender="muster@example.org", tls="none")
        yield Rig(
            channel=connect("email")(section, outside),
            other_muster=connect("email")(
                section, replace(outside, public_url="https://b.example")
            ),
            job=replace(JOB, to="person:ann", person_id="ann", person=ann),
            refuse=lambda lasting: server.says.update(RCPT="550 no" if lasting else "451 later"),
            mend=server.says.clear,
            seen=server.seen,
            complaints=server.complaints,
        )


@asynccontextmanager
async def webhook() -> AsyncIterator[Rig]:
    async with webhook_receiver() as receiver, real_outside() as outside:
        section = {"ops": Webhook(url=receiver.url, secret=SECRET)}
        yield Rig(
            channel=connect("webhook")(section, outside),
            other_muster=connect("webhook")(
                section, replace(outside, public_url="https://b.example")
            ),
            job=replace(JOB, to=f"webhook:{receiver.url}"),
            refuse=lambda lasting: receiver.faults.append(Fault(400 if lasting else 503)),
            mend=receiver.faults.clear,
            seen=receiver.seen,
            complaints=receiver.complaints,
        )


RIGS: Final[Mapping[str, Callable[[], AbstractAsyncContextManager[Rig]]]] = {
    "email": email,
    "webhook": webhook,
}


@pytest.fixture(params=CHANNELS)
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    async with RIGS[request.param]() as made:
        yield made
        assert made.complaints == []


@pytest.mark.parametrize("name", CHANNELS)
def test_the_registry_names_a_typed_connect(name: str) -> None:
    made = connect(name)
    assert name in RIGS, f"give {name} a rig in this file"
    assert len(inspect.signature(made).parameters) == 2
    assert get_type_hints(made)["return"] is Channel
    assert get_type_hints(made)["outside"] is Outside


async def test_it_delivers_every_effect_it_says_it_can(rig: Rig) -> None:
    can = rig.channel.capabilities.effects
    assert can
    for kind in sorted(can):
        made = await rig.channel.perform(
            replace(rig.job, kind=kind, key=f"{kind}:1", facts={**rig.job.facts, "entry": ENTRY})
        )
        assert made == {}
    assert len(rig.seen) == len(can)


async def test_it_makes_no_rooms_and_hears_nobody(rig: Rig) -> None:
    assert not rig.channel.capabilities.rooms
    assert not rig.channel.capabilities.private_replies


@pytest.mark.parametrize("lasting", [True, False])
async def test_it_says_whether_a_failure_will_last(rig: Rig, lasting: bool) -> None:
    rig.refuse(lasting)
    with pytest.raises(DeliveryError) as refused:
        await rig.channel.perform(rig.job)
    assert refused.value.permanent is lasting
    assert str(refused.value)


async def test_a_repeat_carries_the_same_id(rig: Rig) -> None:
    await rig.channel.perform(rig.job)
    await rig.channel.perform(replace(rig.job, tries=1))
    assert list(rig.seen.values()) == [2]


async def test_what_was_refused_for_now_goes_through_once_that_is_mended(rig: Rig) -> None:
    rig.refuse(False)
    with pytest.raises(DeliveryError):
        await rig.channel.perform(rig.job)
    rig.mend()
    await rig.channel.perform(rig.job)
    assert len(rig.seen) == 1


async def test_two_jobs_and_two_musters_never_share_an_id(rig: Rig) -> None:
    await rig.channel.perform(rig.job)
    await rig.channel.perform(replace(rig.job, key="page:43:1:level1:person:ann:email"))
    await rig.other_muster.perform(rig.job)
    assert list(rig.seen.values()) == [1, 1, 1]


async def test_a_job_without_a_card_says_its_line(rig: Rig) -> None:
    await rig.channel.perform(replace(rig.job, card=None))
    assert list(rig.seen.values()) == [1]
