"""What each of the other verbs prints, and by which number it says how it went."""

from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from bot.cli import hold, token
from bot.domain.effect import Effect, EffectKind
from bot.engine.hold import FRESH as HOLD_FRESH
from bot.ports.store import Lane, Unit
from storage import tables as t
from storage.clock import SystemClock
from storage.instance import lock_database
from storage.store import SqlStore
from storage.tokens import FRESH
from tests.cli.running import Run, do, execute
from tests.records import enter, open_incident


def test_replay_and_audit_say_by_their_number_whether_all_is_well(
    made: Mapping[str, str], run: Run
) -> None:
    url = made["MUSTER_DATABASE_URL"]

    async def make(store: SqlStore) -> None:
        await enter(store, await open_incident(store), text="Hm.")

    do(url, make)
    assert run("replay", **made) == (0, "0 differences, 0 that cannot be proved.\n", "")
    assert run("replay", "--incident", "#1", **made)[0] == 0
    assert run("replay", "--incident", "9", **made)[::2] == (1, "There is no incident #9.\n")
    assert run("replay", "--incident", "x", **made)[0] == 1
    code, out, _ = run("audit", "verify", **made)
    assert (code, "0 findings" in out) == (0, True)

    execute(url, update(t.incidents).values(title="Nothing happened"))
    execute(url, update(t.entries).where(t.entries.c.seq == 2).values(actor_id="ben"))
    code, out, _ = run("replay", **made)
    assert (code, out.count("\n")) == (1, 2)
    assert "#1 title: the row says 'Nothing happened'" in out
    code, out, _ = run("audit", "verify", **made)
    assert code == 1
    assert "incident:1 entry 2: its envelope (who, when, which type) was changed" in out


def test_a_revoked_token_opens_nothing_when_the_command_returns(tmp_path: Path, run: Run) -> None:
    """A server remembers a token for an instant; the command waits until it has forgotten."""
    file = tmp_path / "muster.db"
    made = {"MUSTER_ENV": "dev", "MUSTER_DATABASE_URL": f"sqlite+aiosqlite:///{file}"}
    assert run("db", "upgrade", **made)[0] == 0
    for name in ("grafana", "prom"):
        run("token", "create", name, "--scope", "source:*", **made)
    waited: list[float] = []

    assert token.run(Namespace(verb="revoke", token="grafana"), made, waited.append) == 0
    assert waited == [], "nobody serves it"

    with lock_database(file):
        assert token.run(Namespace(verb="revoke", token="prom"), made, waited.append) == 0
    assert waited == [FRESH.total_seconds()]


def test_a_token_is_made_listed_rotated_and_revoked(made: Mapping[str, str], run: Run) -> None:
    code, out, err = run("token", "create", "grafana", "--scope", "source:grafana", **made)
    assert (code, err) == (0, "")
    first = out.splitlines()[-1]
    assert first.startswith("mst_")
    _, out, _ = run("token", "create", "ci", "--scope", "api", "--right", "responder", **made)
    listed = run("token", "list", **made)[1]
    assert "grafana: source:grafana, nothing, in use" in listed
    assert "ci: api, responder, in use" in listed
    assert "mst_" not in listed
    code, out, _ = run("token", "rotate", "grafana", **made)
    assert code == 0
    assert out.splitlines()[-1] != first
    assert run("token", "revoke", "grafana", **made)[:2] == (
        0,
        "grafana opens nothing any more.\n",
    )
    code, _, err = run("token", "revoke", "grafana", **made)
    assert (code, err) == (1, "There is no token 'grafana' in use.\n")
    assert "revoked" in run("token", "list", **made)[1]


def test_a_token_for_a_source_that_is_not_there_says_so(made: Mapping[str, str], run: Run) -> None:
    """`source:granfana` opened nothing, and nobody was told why."""
    code, out, err = run("token", "create", "g", "--scope", "source:granfana", **made)
    assert (code, out.splitlines()[-1][:4]) == (0, "mst_"), "it may be configured later"
    assert err.startswith("Warning: there is no source 'granfana' yet; there are alertmanager, ")
    assert run("token", "create", "all", "--scope", "source:*", **made)[2] == ""


def test_no_token_acts_as_somebody_nobody_knows(made: Mapping[str, str], run: Run) -> None:
    code, _, err = run("token", "create", "x", "--scope", "api", "--person", "zoe", **made)
    assert (code, err) == (1, "There is no person 'zoe'; people.yaml knows ann, ben, eva.\n")
    assert run("token", "create", "x", "--scope", "api", "--person", "ben", **made)[0] == 0


def test_tokens_of_one_name_are_told_apart_by_id(made: Mapping[str, str], run: Run) -> None:
    for _ in range(2):
        run("token", "create", "x", "--scope", "source:*", **made)
    assert "say which by its id" in run("token", "revoke", "x", **made)[2]
    id = run("token", "list", **made)[1].split()[0]
    assert run("token", "revoke", id, **made)[0] == 0
    assert run("token", "revoke", "x", **made)[0] == 0


def test_a_link_is_made_for_people_that_are_known(made: Mapping[str, str], run: Run) -> None:
    code, out, _ = run("login-link", "ben", **made, MUSTER_PUBLIC_URL="https://m.example.com")
    assert code == 0
    assert out.startswith("https://m.example.com/login/")
    code, _, err = run("login-link", "zoe", **made)
    assert (code, err) == (
        1,
        "There is no person 'zoe'; people.yaml knows ann, ben, eva.\n",
    )


@pytest.mark.parametrize(("how", "state"), [("--drop", "withdrawn"), ("--send", "pending")])
def test_the_end_of_a_hold_lists_what_waits_and_sends_or_drops_it(
    made: Mapping[str, str], run: Run, how: str, state: str
) -> None:
    url = made["MUSTER_DATABASE_URL"]

    async def wait(store: SqlStore) -> None:
        number = await open_incident(store)

        async def queue(unit: Unit) -> None:
            for key in ("a", "b"):
                unit.ledger.queue(
                    Effect(
                        key=key,
                        kind=EffectKind.PAGE,
                        destination="email",
                        ordering="email:person:ann",
                        payload={"to": "person:ann"},
                        incident=number,
                        due_at=unit.now,
                    )
                )
            unit.ledger.queue(
                Effect(
                    key="room",
                    kind=EffectKind.OPEN_ROOM,
                    destination="slack",
                    ordering="slack:1",
                    payload={},
                    incident=number,
                    due_at=unit.now,
                )
            )

        await store.transact(queue, lane=Lane.COMMANDS)

    run("hold", "on", **made)
    do(url, wait)
    assert "Waiting:\n  Page to ann by email: #1 (2)\n" in run("hold", "status", **made)[1]

    code, out, _ = run("hold", "off", how, **made)
    assert (code, "Page to ann by email: #1 (2)" in out) == (0, True)
    assert out.endswith("Not on hold.\n")
    states = execute(url, select(t.effects.c.key, t.effects.c.state).order_by(t.effects.c.key))
    assert [tuple(row) for row in states] == [("a", state), ("b", state), ("room", "pending")]


def test_hold_goes_on_and_off(made: Mapping[str, str], run: Run) -> None:
    assert run("hold", "status", **made) == (0, "Not on hold.\n", "")
    code, out, _ = run("hold", "on", "--why", "moving house", **made)
    assert code == 0
    assert ": moving house. Nobody is paged." in out
    assert "moving house" in run("hold", "status", **made)[1]
    assert run("hold", "off", **made) == (0, "Not on hold.\n", "")


def test_when_the_command_returns_every_server_knows_of_the_hold(
    home: Mapping[str, str], tmp_path: Path
) -> None:
    """A server believes for an instant what it read of the hold; the command outlasts that."""
    waited: list[float] = []

    async def pause(seconds: float) -> None:
        waited.append(seconds)

    asked = Namespace(wanted="on", why="", send=False, drop=False)
    assert hold.run(asked, home, pause) == 0
    assert waited == [], "nobody serves it"
    with lock_database(tmp_path / "var" / "muster.db"):
        assert hold.run(asked, home, pause) == 0
        for wanted in ("status", "off"):
            assert hold.run(Namespace(**{**vars(asked), "wanted": wanted}), home, pause) == 0
    assert waited == [HOLD_FRESH.total_seconds()] * 2


def test_a_dead_letter_is_shown_and_asked_for_again(made: Mapping[str, str], run: Run) -> None:
    url = made["MUSTER_DATABASE_URL"]
    assert run("dead-letters", "list", **made)[1] == "None.\n"
    letter = {"id": "abc", "source": "grafana", "reason": "no title", "body": b'{"a": 1}'}
    execute(url, insert(t.dead_letters).values(**letter, received_at=SystemClock().now()))
    listed = run("dead-letters", "list", **made)[1]
    assert listed.startswith("abc  ")
    assert "grafana, 8 bytes, tried 0 times: no title" in listed
    assert run("dead-letters", "show", "abc", **made)[1] == '{"a": 1}\n'
    code, out, _ = run("dead-letters", "replay", "abc", **made)
    assert (code, out) == (0, "Asked for 1; the server tries them as soon as it runs.\n")
    (timer,) = execute(url, select(t.timers.c.subject, t.timers.c.kind, t.timers.c.state))
    assert timer == ("dead_letter:abc", "replay", "pending")


@pytest.mark.parametrize("limit", ["0", "-1", "x", "10001", "9" * 20])
def test_a_limit_that_no_list_has_is_refused(
    made: Mapping[str, str], run: Run, limit: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A negative one was a traceback on PostgreSQL, a large one on both."""
    with pytest.raises(SystemExit) as refused:
        run("dead-letters", "list", f"--limit={limit}", **made)
    assert refused.value.code == 2
    assert f"write a number from 1 to 10000, not {limit!r}" in capsys.readouterr().err


def test_of_several_dead_letters_none_is_tried_where_one_is_not_there(
    made: Mapping[str, str], run: Run
) -> None:
    """It named the mistyped one, and had asked for those before it."""
    url = made["MUSTER_DATABASE_URL"]
    assert run("dead-letters", "list", **made)[0] == 0
    for id in ("abc", "abd"):
        letter = {"id": id, "source": "grafana", "reason": "no title", "body": b"{}"}
        execute(url, insert(t.dead_letters).values(**letter, received_at=SystemClock().now()))
    code, out, err = run("dead-letters", "replay", "abc", "zzz", "abd", **made)
    assert (code, out, err) == (1, "", "There is no dead letter zzz.\n")
    assert execute(url, select(t.timers.c.subject)) == []
    said = run("dead-letters", "replay", "abc", "abd", "abc", **made)[1]
    assert said == "Asked for 2; the server tries them as soon as it runs.\n"


def test_a_dead_letter_moves_no_terminal(
    made: Mapping[str, str], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = '{"\x9b2J": "\x7f"}'
    letter = {"id": "abc", "source": "muster", "reason": "Unknown: \x9b2J.", "body": body.encode()}
    execute(
        made["MUSTER_DATABASE_URL"],
        insert(t.dead_letters).values(**letter, received_at=SystemClock().now()),
    )
    assert run("dead-letters", "list", **made)[1].endswith(": Unknown: \ufffd2J.\n")
    assert run("dead-letters", "show", "abc", **made)[1] == f"{body}\n", "as it came, in a file"
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert run("dead-letters", "show", "abc", **made)[1] == '{"\ufffd2J": "\ufffd"}\n'


SETTINGS = """
sources:
  jobs:
    kind: generic
    mapping:
      title: job.name
      titel: job.title
      status: {path: job.state, map: {ok: resolvd}}
"""


def test_check_says_in_which_line_a_mapping_is_wrong(tmp_path: Path, run: Run) -> None:
    file = tmp_path / "muster.yaml"
    file.write_text(SETTINGS)
    code, _, err = run("check", MUSTER_ENV="dev", MUSTER_CONFIG=str(file))
    assert (code, err.splitlines()) == (
        2,
        [
            f"{file}:8: sources.jobs.mapping.status: 'resolvd' is no status; "
            "write firing, resolved or nothing",
            f'{file}:7: sources.jobs.mapping.titel: unknown key; did you mean "title"?',
        ],
    )
    said = {"MUSTER_SOURCES__SHOP__KIND": "grafanna"}
    code, _, err = run("check", MUSTER_ENV="dev", **said)
    assert err.startswith("MUSTER_SOURCES__SHOP__KIND: sources.shop.kind: 'grafanna' is unknown")


def test_what_was_added_is_counted_and_nothing_is_no_success(
    made: Mapping[str, str], run: Run, tmp_path: Path
) -> None:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    (shelf / "photo.png").write_bytes(b"\x89PNG\0\0")
    code, out, err = run("knowledge", "add", str(shelf), **made)
    assert (code, out) == (1, "")
    assert err == "Nothing was added: there is no Markdown, HTML or JSON lines to read.\n"

    (shelf / "redis.md").write_text("# Redis is full\n\nFlush the sessions.\n")
    said = (0, "1 document added; it can be asked about now.\n", "")
    assert run("knowledge", "add", str(shelf), **made) == said
    (shelf / "kafka.md").write_text("# Kafka lags\n\nAdd a consumer.\n")
    assert run("knowledge", "add", str(shelf), **made)[1].startswith("2 documents added; they can")
