"""Webhooks against a real server: what arrives, and what each answer means."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from bot.domain.effect import EffectKind
from bot.domain.errors import DeliveryError
from bot.notify.webhook import Webhooks
from bot.ports.channel import Job
from bot.ports.outside import Outside
from config.sections import Webhook
from tests.contract.test_channels import ENTRY, JOB
from tests.fakes.outside import real_outside
from tests.fakes.webhook_receiver import (
    HANG,
    RESET,
    SECRET,
    Deed,
    Fault,
    WebhookReceiver,
    webhook_receiver,
)

TOLD = replace(
    JOB,
    key="hook:ops:e-1",
    kind=EffectKind.WEBHOOK,
    payload={"hook": "ops", "seq": 3},
    facts={**JOB.facts, "entry": ENTRY},
)


@pytest.fixture
async def outside() -> AsyncIterator[Outside]:
    async with real_outside() as made:
        yield made


@pytest.fixture
async def receiver() -> AsyncIterator[WebhookReceiver]:
    async with webhook_receiver() as made:
        yield made
        assert made.elsewhere == 0


@pytest.fixture
def channel(receiver: WebhookReceiver, outside: Outside) -> Webhooks:
    return hooks(receiver.url, outside)


def hooks(url: str, outside: Outside, **said: Any) -> Webhooks:
    hook = Webhook.model_validate({"url": url, "secret": SECRET})
    return Webhooks({"ops": hook}, outside, **said)


async def refused(channel: Webhooks, job: Job = TOLD) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await channel.perform(job)
    return caught.value


async def test_an_entry_arrives_signed_with_its_facts(
    channel: Webhooks, receiver: WebhookReceiver
) -> None:
    await channel.perform(TOLD)
    (body,) = receiver.taken.values()
    assert receiver.complaints == []
    assert body["type"] == "incident.resolved"
    assert body["timestamp"] == "2026-01-05T09:00:00Z"
    assert body["data"]["incident"]["number"] == 42
    assert body["data"]["line"] == "P0 payments: p99 over 2 s #42"
    assert "Service: payments" in body["data"]["text"]


@pytest.mark.parametrize(
    ("kind", "type"), [(EffectKind.PAGE, "page"), (EffectKind.NOTIFY, "notice")]
)
async def test_a_target_is_signed_as_the_hook_with_its_address(
    channel: Webhooks, receiver: WebhookReceiver, kind: EffectKind, type: str
) -> None:
    await channel.perform(replace(JOB, kind=kind, to=f"webhook:{receiver.url}"))
    (body,) = receiver.taken.values()
    assert body["type"] == type


async def test_a_target_without_a_key_gets_nothing_and_names_the_setting(
    channel: Webhooks, receiver: WebhookReceiver
) -> None:
    error = await refused(channel, replace(JOB, to=f"webhook:{receiver.url}?token=secret"))
    assert error.permanent
    assert "webhooks.<name>.secret" in str(error)
    assert "token" not in str(error)
    assert not receiver.seen


async def test_a_hook_that_left_the_settings_is_refused_for_good(channel: Webhooks) -> None:
    error = await refused(channel, replace(TOLD, payload={"hook": "gone"}))
    assert error.permanent
    assert "webhooks.gone" in str(error)


async def test_another_key_is_noticed_by_the_receiver(
    channel: Webhooks, receiver: WebhookReceiver
) -> None:
    receiver.secret = "whsec_c29tZXRoaW5nIGVsc2U="
    assert (await refused(channel)).permanent
    assert receiver.complaints


@pytest.mark.parametrize(
    ("status", "permanent"),
    [
        *((status, True) for status in (301, 308, 400, 401, 403, 404, 410, 413, 422)),
        *((status, False) for status in (302, 303, 307, 408, 425, 429, 500, 502, 503, 504)),
    ],
)
async def test_the_status_decides_and_no_redirect_is_followed(
    channel: Webhooks, receiver: WebhookReceiver, status: int, permanent: bool
) -> None:
    receiver.faults.append(Fault(status, {"Location": "/elsewhere"}))
    error = await refused(channel)
    assert error.permanent is permanent
    assert "webhooks.ops" in str(error)
    assert len(receiver.seen) == 1


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("7", 7), ("0", 0), ("-1", None), ("soon", None), ("99999999", 3600), (None, None)],
)
@pytest.mark.parametrize("status", [429, 503])
async def test_the_receiver_says_how_long_to_wait(
    channel: Webhooks, receiver: WebhookReceiver, status: int, said: str | None, seconds: int | None
) -> None:
    receiver.faults.append(Fault(status, {} if said is None else {"Retry-After": said}))
    assert (await refused(channel)).retry_after == seconds


async def test_the_receiver_may_name_a_date(
    channel: Webhooks, receiver: WebhookReceiver, outside: Outside
) -> None:
    at = outside.clock.wall().replace(microsecond=0) + timedelta(seconds=60)
    receiver.faults.append(Fault(503, {"Retry-After": format_datetime(at, usegmt=True)}))
    wait = (await refused(channel)).retry_after
    assert wait is not None
    assert 59 <= wait <= 60


async def test_a_receiver_that_hangs_is_given_up_in_time(
    receiver: WebhookReceiver, outside: Outside
) -> None:
    receiver.faults.append(HANG)
    error = await refused(hooks(receiver.url, outside, timeout=0.2))
    assert not error.permanent
    assert "within 0.2 s" in str(error)


async def test_a_lost_answer_is_tried_again_under_the_same_id(
    channel: Webhooks, receiver: WebhookReceiver
) -> None:
    receiver.faults.append(RESET)
    assert not (await refused(channel)).permanent
    await channel.perform(replace(TOLD, tries=1))
    assert len(receiver.repeated) == 1
    assert len(receiver.taken) == 1


async def test_a_status_counts_though_the_body_breaks_off(
    channel: Webhooks, receiver: WebhookReceiver
) -> None:
    receiver.faults.append(Fault(200, deed=Deed.HALF_BODY))
    assert await channel.perform(TOLD) == {}


async def test_nobody_at_the_port_is_a_matter_of_time(outside: Outside) -> None:
    async with webhook_receiver() as gone:
        pass
    error = await refused(hooks(f"{gone.url}?token=secret", outside))
    assert not error.permanent
    assert "token" not in str(error)


@pytest.mark.parametrize("url", ["http://", "http://[::1/x?token=secret", "http://a:99999999/x"])
async def test_what_is_no_address_is_refused_for_good(outside: Outside, url: str) -> None:
    error = await refused(hooks(url, outside))
    assert error.permanent
    assert "webhooks.ops.url" in str(error)
    assert "token" not in str(error)
