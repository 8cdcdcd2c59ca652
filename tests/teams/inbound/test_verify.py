"""Only Teams is listened to: by its token, for this bot, in this tenant, at an address of Teams."""

import random
from dataclasses import replace
from typing import Any

import orjson
import pytest

from bot.domain.errors import Overloaded, Unauthentic
from bot.platforms.teams.endpoint import Endpoint
from bot.platforms.teams.heard import OK, Answer
from bot.platforms.teams.keys import Keys
from bot.platforms.teams.verify import Verifier
from tests.fakes.clock import FakeClock
from tests.fakes.teams import Teams, activities
from tests.fakes.teams.faults import HALF_BODY, broken
from tests.teams.inbound.forged import forged
from tests.teams.inbound.office import Office

JSON = {"Content-Type": "application/json"}


def command(office: Office, text: str = "declare by force") -> dict[str, Any]:
    """A message of Ann's in her own chat, not sent."""
    ann = office.ann
    said = office.teams.post(ann.personal, ann.id, {"type": "message", "text": text})
    return activities.message(office.teams, said, ann.user, ann.personal)


async def test_forty_forged_tokens(office: Office) -> None:
    body = orjson.dumps(command(office))
    tokens = forged(office.teams)
    assert len(tokens) >= 40
    for what, header in tokens.items():
        ack = await office.teams.outward.post(body, {**JSON, "Authorization": header})
        assert ack.status == 401, what
    assert await office.kept() == []


async def test_without_any_header(office: Office) -> None:
    ack = await office.teams.outward.post(orjson.dumps(command(office)), JSON)
    assert ack.status == 401
    assert ack.body["title"] == "Not authentic"


async def test_a_thousand_mutated_requests(office: Office) -> None:
    """One to three letters of the token are others, by a fixed die; the body is mutated as well."""
    die = random.Random(17)  # a test's
    good, activity = office.teams.outward.headers(), command(office)
    for _ in range(1_000):
        token = bytearray(good["Authorization"].encode())
        for _ in range(die.randint(1, 3)):
            place = die.randrange(len(token))
            token[place] = die.choice([b for b in range(0x21, 0x7F) if b != token[place]])
        headers = {**good, "Authorization": token.decode()}
        body = orjson.dumps(activity) if die.random() < 0.5 else mutated(activity, die)
        assert (await office.teams.outward.post(body, headers)).status == 401, token
    assert await office.kept() == []


async def test_whatever_the_body_is_made_of_nothing_breaks(office: Office) -> None:
    """With a good token: taken or refused, and by nobody else than the token allows."""
    die = random.Random(18)  # a test's
    headers, activity = office.teams.outward.headers(), command(office)
    answered = set()
    for _ in range(500):
        ack = await office.teams.outward.post(mutated(activity, die), headers)
        answered.add(ack.status)
    await office.done()
    assert answered <= {200, 400, 401, 403, 413, 501}
    assert office.teams.said_in(office.room) == []


def mutated(activity: dict[str, Any], die: random.Random) -> bytes:
    """A value somewhere is another one, or gone, or the bytes themselves are broken."""
    said = orjson.loads(orjson.dumps(activity))
    holder, name = said, ""
    while True:
        name = die.choice(list(holder))
        if not isinstance(holder[name], dict) or not holder[name] or die.random() < 0.3:
            break
        holder = holder[name]
    odd = (None, 7, -1.5, True, [], {}, [[]], "", "\0", "é" * 50, "28:x", {"id": 7}, "a" * 5_000)
    if die.random() < 0.2:
        del holder[name]
    else:
        holder[name] = die.choice(odd)
    body = bytearray(orjson.dumps(said))
    if die.random() < 0.3:
        body[die.randrange(len(body))] = die.randrange(256)
    if die.random() < 0.1:
        del body[die.randrange(len(body)) :]
    return bytes(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{",
        b"7",
        b"null",
        b"[" * 100_000,
        b'{"a":' * 70 + b"1" + b"}" * 70,
        b'{"type": "message", "x": NaN}',
    ],
)
async def test_a_body_that_is_no_activity_is_refused(office: Office, body: bytes) -> None:
    ack = await office.teams.outward.post(body, office.teams.outward.headers())
    assert ack.status == 400


async def test_a_body_over_the_cap_is_refused(office: Office) -> None:
    body = orjson.dumps({**command(office), "padding": "x" * 600_000})
    assert (await office.teams.outward.post(body, office.teams.outward.headers())).status == 413


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"serviceUrl": "https://evil.example/"}, 401),
        ({"serviceUrl": None}, 401),
        ({"channelId": "webchat"}, 401),
        ({"channelId": None}, 401),
        ({"channelData": {"tenant": {"id": "another"}}}, 403),
        ({"channelData": {}, "conversation": {"id": "a:1"}}, 403),
        ({"channelData": {"tenant": {"id": ["x"]}}}, 403),
        ({"from": {}}, 400),
        ({"conversation": "a:1"}, 400),
        ({"from": {"id": "29:ann\u0000"}}, 400),
    ],
)
async def test_what_the_activity_says_must_fit_the_token_and_the_tenant(
    office: Office, changed: dict[str, Any], status: int
) -> None:
    body = orjson.dumps({**command(office), **changed})
    ack = await office.teams.outward.post(body, office.teams.outward.headers())
    assert ack.status == status, ack
    assert await office.kept() == []


async def test_an_address_that_is_not_allowed_is_refused_though_the_token_names_it(
    office: Office,
) -> None:
    for url in (
        "https://evil.example/",
        office.teams.url + "0/emea/",
        office.teams.url.replace("http://", "http://x@"),
    ):
        body = orjson.dumps({**command(office), "serviceUrl": url})
        headers = office.teams.outward.headers(serviceurl=url)
        assert (await office.teams.outward.post(body, headers)).status == 401, url


async def test_no_empty_setting_opens_the_door(clock: FakeClock) -> None:
    keys = Keys("https://x.example", None, clock.now)  # type: ignore[arg-type,return-value]
    for app, urls in (("", ["https://x.example/"]), ("app", [])):
        with pytest.raises(ValueError, match="nobody can be believed"):
            Verifier(app, urls, keys)

    async def hears(activity: Any) -> Answer:
        return OK

    with pytest.raises(ValueError, match="everybody"):
        Endpoint(Verifier("app", ["https://x.example/"], keys), "", clock, hears)


# keys


async def test_a_new_key_is_read_once_when_it_comes(office: Office, clock: FakeClock) -> None:
    await office.ann.tell("list")
    asked = len(office.teams.issuer.asked)
    office.teams.issuer.rotate("key-2")
    clock.forward(minutes=6)
    await office.ann.tell("list")
    await office.ann.tell("list")
    assert office.teams.troubles == []
    assert len(office.teams.issuer.asked) == asked + 2  # the document, and the keys


async def test_made_up_names_of_keys_make_nobody_ask_microsoft(office: Office) -> None:
    await office.ann.tell("list")
    asked = len(office.teams.issuer.asked)
    for number in range(20):
        token = office.teams.issuer.sign(office.teams.claims(), f"made-up-{number}", by="key-1")
        ack = await office.teams.outward.post(b"{}", {"Authorization": f"Bearer {token}"})
        assert ack.status == 401
    assert len(office.teams.issuer.asked) == asked + 2, "once, for all of them"


async def test_a_key_that_comes_right_after_the_others_were_read_is_known_at_once(
    office: Office, clock: FakeClock
) -> None:
    await office.ann.tell("list")
    for kid in ("key-2", "key-3"):
        office.teams.issuer.rotate(kid)
        await office.ann.tell("list")
        clock.forward(seconds=61)
    assert office.teams.troubles == []


async def test_a_key_of_which_nothing_is_said_may_sign(office: Office, clock: FakeClock) -> None:
    office.teams.issuer.endorsements = None
    clock.forward(hours=25)
    await office.ann.tell("list")
    assert office.teams.troubles == []
    office.teams.issuer.endorsements = []
    clock.forward(hours=25)
    await office.ann.tell("list")
    assert office.teams.troubles == [("message", 401)]


async def test_letters_that_mean_the_same_are_the_same(office: Office) -> None:
    """The host's, the tenant's and those of the claim that says where answers go."""
    said = command(office, "list")
    tenant = office.teams.tenant.upper()
    loud = office.teams.service_url.replace("http://", "HTTP://")
    said |= {"serviceUrl": loud, "channelData": {"tenant": {"id": tenant}}}
    said["conversation"] = {**said["conversation"], "tenantId": tenant}
    claims = {n: v for n, v in office.teams.claims().items() if n != "serviceurl"}
    for name in ("serviceurl", "serviceUrl"):
        token = office.teams.issuer.sign({**claims, name: loud})
        headers = {**JSON, "Authorization": f"Bearer {token}"}
        assert (await office.teams.outward.post(orjson.dumps(said), headers)).status == 200
    await office.done()


async def test_a_key_that_may_not_sign_for_teams(office: Office, clock: FakeClock) -> None:
    office.teams.issuer.endorsements = ["webchat"]
    clock.forward(hours=25)
    await office.ann.tell("list")
    assert office.teams.troubles == [("message", 401)]


async def test_while_the_keys_cannot_be_read_it_is_asked_to_come_again(
    teams: Teams, office: Office, clock: FakeClock
) -> None:
    keys = Keys(teams.openid_url, office.muster.session, clock.now)
    for fault in (broken(500), HALF_BODY, broken(404)):
        teams.faults.add("openid", fault)
        with pytest.raises(Overloaded):
            await keys.key("key-1")
        clock.forward(seconds=6)
    assert (await keys.key("key-1")).may_sign_for("msteams")


async def test_old_keys_are_good_until_new_ones_can_be_read(
    teams: Teams, office: Office, clock: FakeClock
) -> None:
    keys = Keys(teams.openid_url, office.muster.session, clock.now)
    await keys.key("key-1")
    clock.forward(hours=30)
    teams.faults.always["openid"] = broken(500)
    await keys.key("key-1")
    with pytest.raises(Unauthentic):
        await keys.key("key-2")


async def test_a_private_key_or_no_key_at_all_is_no_key(
    teams: Teams, office: Office, clock: FakeClock
) -> None:
    document = replace(broken(200), body='{"keys": [{"kty": "RSA", "kid": "x"}]}')
    teams.faults.add("keys", document)
    keys = Keys(teams.openid_url, office.muster.session, clock.now)
    with pytest.raises(Overloaded):
        await keys.key("x")
