"""What policies may say, and how a mistake in them is named."""

from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from bot.domain.errors import ConfigError
from bot.domain.policy import Loudness, Policies
from bot.domain.severity import Severity
from config.loader import FILES, SAMPLE, SHIPPED, load_policies
from config.reference import policies_reference
from config.schema import policy_schemas
from config.settings import load_settings
from config.starter import ENV_FILE, SECRETS, Preset, starter_files

DOCS = Path(__file__).parents[2] / "docs" / "reference"

PEOPLE = "ann: {rights: admin}\nben: {}\n"


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def load(folder: Path, **files: str) -> Policies:
    return load_policies(write(folder, **files))


def refused(folder: Path, **files: str) -> list[str]:
    """The problems, without the folder."""
    with pytest.raises(ConfigError) as problems:
        load(folder, **files)
    return str(problems.value).replace(f"{folder}/", "").splitlines()


def test_the_shipped_policies_load() -> None:
    policies = load_policies(SHIPPED)
    assert policies.fallback_route == "default"
    assert policies.severities.keys() == set(Severity)
    assert not policies.people
    assert len(policies.version) == 12


def test_an_empty_folder_gets_what_muster_cannot_run_without(tmp_path: Path) -> None:
    policies = load_policies(tmp_path)
    assert policies.version == load_policies(SHIPPED).version
    assert load(tmp_path, escalations="{}", routes="# none\n{}").version == policies.version


def test_a_folder_that_is_not_there_stops_production_only(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such folder"):
        load_policies(tmp_path / "policies")
    assert load_policies(tmp_path / "policies", dev=True).people


def test_dev_without_people_gets_three_of_them() -> None:
    policies = load_policies(SHIPPED, dev=True)
    assert policies.admins == ("ann",)
    assert policies.routes["default"].team == "everyone"
    assert policies.teams["everyone"].schedule in policies.schedules


def test_dev_with_people_gets_no_others(tmp_path: Path) -> None:
    policies = load_policies(write(tmp_path, people="zoe: {}"), dev=True)
    assert list(policies.people) == ["zoe"]
    assert not policies.teams


def test_sample_people_leave_ones_own_routes_alone(tmp_path: Path) -> None:
    write(tmp_path, routes="all: {fallback: true, default_severity: P4}", escalations=ESCALATIONS)
    policies = load_policies(tmp_path, dev=True)
    assert policies.routes["all"].team is None
    assert list(policies.people) == ["ann", "ben", "eva"]


ESCALATIONS = "gold: {levels: [{targets: [oncall]}]}"


def test_an_unknown_key_names_file_line_and_the_nearest(tmp_path: Path) -> None:
    routes = "default:\n  fallback: true\npayments:\n  match: {service: pay}\n  teem: payments\n"
    assert refused(tmp_path, routes=routes) == [
        'routes.yaml:5: routes.payments.teem: unknown key; did you mean "team"?'
    ]


@pytest.mark.parametrize(
    "routes",
    ["pay: {match: {service: pay}}\n", "pay: {fallback: true}\nrest: {fallback: true}\n"],
    ids=["none", "two"],
)
def test_without_one_fallback_route_nothing_is_loaded(tmp_path: Path, routes: str) -> None:
    """An alert that no route takes would be lost."""
    (problem,) = refused(tmp_path, routes=routes)
    assert problem.startswith("routes.yaml")
    assert "exactly one route must say `fallback: true`" in problem


def test_every_problem_of_every_file_is_listed(tmp_path: Path) -> None:
    lines = refused(
        tmp_path,
        people="ann:\n  zone: Europe/Nowhere\n  contact:\n  - {channel: web, after: soon}\n",
        escalations="gold:\n  levels:\n  - targets: [boss]\n",
        severities="P7: {}\n",
        schedules="primary:\n  people: []\n",
    )
    assert lines == [
        "people.yaml:2: people.ann.zone: 'Europe/Nowhere' is no time zone; "
        "write for example Europe/Copenhagen",
        "people.yaml:4: people.ann.contact.0.after: 'soon' is no duration; "
        "write for example 30m, 2h or 1h30m.",
        "escalations.yaml:3: escalations.gold.levels.0.targets.0: 'boss' is no target; "
        "it begins with one of oncall, user, team, manager, email, webhook",
        "schedules.yaml:2: schedules.primary.people: write at least one",
        "schedules.yaml:1: schedules.primary.starts: is missing",
        "severities.yaml:1: severities.P7: must be 'P0', 'P1', 'P2', 'P3' or 'P4'",
    ]


def test_what_points_nowhere_names_its_line(tmp_path: Path) -> None:
    lines = refused(tmp_path, people=PEOPLE, teams="pay:\n  members: [ann]\n\n  schedule: weekly\n")
    assert lines == ["teams.yaml:4: teams.pay.schedule: there is no schedule 'weekly'; known: none"]


def test_two_people_of_one_address_are_refused(tmp_path: Path) -> None:
    """Who writes from it would have the rights of whoever stands first."""
    lines = refused(
        tmp_path,
        people="ann: {email: a@x.org, slack: U1, rights: admin}\n"
        "ben: {email: A@X.org, teams: t}\ncara: {slack: U1, teams: T}\ndan: {}\neva: {}\n",
    )
    assert lines == [
        "people.yaml:2: people.ben.email: it is that of ann too; each person has their own",
        "people.yaml:3: people.cara.slack: it is that of ann too; each person has their own",
        "people.yaml:3: people.cara.teams: it is that of ben too; each person has their own",
    ]


def test_a_contact_rule_that_reaches_nobody_is_refused(tmp_path: Path) -> None:
    lines = refused(
        tmp_path, people="ann:\n  email: nobody\nben:\n  contact:\n    - {channel: pigeon}\n"
    )
    assert lines == ["people.yaml:2: people.ann.email: write an address such as ann@example.com"]
    lines = refused(tmp_path, people="ben:\n  contact:\n    - {channel: pigeon}\n")
    known = "web, slack, teams, email"
    assert lines == [
        f"people.yaml:2: people.ben.contact: there is no channel 'pigeon'; known: {known}"
    ]


def test_a_word_means_one_severity(tmp_path: Path) -> None:
    shipped = (SHIPPED / "severities.yaml").read_text(encoding="utf-8")
    twice = shipped.replace("words: [low]", "words: [low, Major]")
    (line,) = refused(tmp_path, severities=twice)
    assert line.endswith("severities.P3.words: 'Major' stands for P1 already")


@pytest.mark.parametrize(
    ("call", "why"),
    [
        ("javascript:alert(1)", "write an address that begins with https://"),
        ("https://meet.example/{nmber}", "between braces only {number} can be filled in"),
    ],
)
def test_a_call_is_a_link_that_can_be_filled_in(tmp_path: Path, call: str, why: str) -> None:
    route = f'default: {{fallback: true, call: "{call}"}}\n'
    assert refused(tmp_path, routes=route) == [f"routes.yaml:1: routes.default.call: {why}"]


@pytest.mark.parametrize(
    ("route", "key", "why"),
    [
        ("a: {match: {service: []}}", "a.match", "service names no value; write one, or leave"),
        ("a: {match: {x: y}, correlate: {by: []}}", "a.correlate.by", "write at least one"),
        (
            "a: {match: {x: y}, correlate: {by: [x], within: 99999w}}",
            "a.correlate.within",
            "'99999w' is too long; at most 36500d.",
        ),
    ],
)
def test_a_route_that_would_take_or_join_what_nobody_meant_is_refused(
    tmp_path: Path, route: str, key: str, why: str
) -> None:
    """`service: []` took whatever has no service, `by: []` joined everything to one incident."""
    (line,) = refused(tmp_path, routes=f"{route}\ndefault: {{fallback: true}}\n")
    assert line.startswith(f"routes.yaml:1: routes.{key}: {why}")


def test_a_fallback_that_says_what_it_matches_is_refused(tmp_path: Path) -> None:
    """It took everything all the same."""
    (line,) = refused(tmp_path, routes="default: {fallback: true, match: {team: a}}\n")
    why = "the fallback takes everything else; leave `match` out"
    assert line == f"routes.yaml:1: routes.default.match: {why}"


def test_a_clock_that_no_date_can_reach_is_refused(tmp_path: Path) -> None:
    """Each alert of that severity became a dead letter."""
    shipped = (SHIPPED / "severities.yaml").read_text(encoding="utf-8")
    endless = shipped.replace("acknowledge_within: 5m", "acknowledge_within: 9999999w")
    (line,) = refused(tmp_path, severities=endless)
    assert line.endswith(
        "severities.P0.acknowledge_within: '9999999w' is too long; at most 36500d."
    )


def test_a_broken_file_does_not_make_others_point_nowhere(tmp_path: Path) -> None:
    lines = refused(tmp_path, people="ann: [}", teams="pay: {members: [ann], zone: x}")
    assert [line.split(" ")[0] for line in lines] == ["people.yaml:1:", "teams.yaml:1:"]


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    lines = refused(tmp_path, people="ann:\n  name: A\n  name: B\nben: {}\nann: {}\n")
    assert lines == [
        "people.yaml:3: ann.name: stands twice; the first time in line 2",
        "people.yaml:5: ann: stands twice; the first time in line 1",
    ]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "people.yaml:1: is empty; write {} if it says nothing"),
        (b"# only a comment\n", "people.yaml:1: is empty; write {} if it says nothing"),
        (b"- ann\n", "people.yaml:1: write a mapping by id, `payments: {…}`"),
        (b"ann\n", "people.yaml:1: write a mapping by id"),
        (b"ann:\n\tname: A\n", "people.yaml:2: a tab stands here; YAML is indented with spaces"),
        (b"ann:\n  name: \xff\n", "people.yaml:2: byte 0xff is no UTF-8"),
        (b"ann: {}\nben: \x00\n", "people.yaml:2: unacceptable character #x0000"),
        (b"ann: {}\nben: [\n", "people.yaml:"),
        (b"ann: {}\n---\nben: {}\n", "people.yaml:2: a second document begins"),
        (
            b"ann: !!python/object:os.system {}\n",
            "people.yaml:1: the tag tag:yaml.org,2002:python/object:os.system is",
        ),
        (b"ann: !secret x\n", "people.yaml:1: the tag !secret is not understood"),
        (b"ann: *ben\n", "people.yaml:1: *ben points at nothing above it"),
        (b"ann: &ann {name: *ann}\n", "people.yaml:1: *ann points at nothing above it"),
        (b"? [ann]\n: {}\n", "people.yaml:1: a key must be plain text"),
        (b"<<: ann\n", "people.yaml:1: `<<` takes a mapping"),
        (b"ann: {}\n" + b"#" * 1_000_000, "people.yaml: is larger than 1,000,000 bytes"),
        (b"ann: " + b"[" * 900_000, "people.yaml:1: is nested deeper than 32"),
        (b"ann:\n" + b"- " * 400_000, "people.yaml:2: is nested deeper than 32"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, raw: bytes, said: str) -> None:
    (tmp_path / "people.yaml").write_bytes(raw)
    (line,) = refused(tmp_path)
    assert line.startswith(said)


def test_a_bomb_of_aliases_is_refused(tmp_path: Path) -> None:
    floors = [f"f{n}: &f{n} [{', '.join([f'*f{n - 1}'] * 10)}]" for n in range(1, 10)]
    (line,) = refused(tmp_path, people="\n".join(["f0: &f0 [lol]", *floors]))
    assert line == "people.yaml:6: holds more than 200,000 values"


def test_an_alias_and_a_merge_say_it_once(tmp_path: Path) -> None:
    policies = load(
        tmp_path,
        people="ann: &ann {zone: Europe/Copenhagen, rights: admin}\n"
        "ben: {<<: *ann, rights: viewer}\nbea: *ann\n",
    )
    assert [person.zone for person in policies.people.values()] == ["Europe/Copenhagen"] * 3
    assert policies.people["ben"].rights == "viewer"


def test_words_that_yaml_would_twist_stay_words(tmp_path: Path) -> None:
    policies = load(
        tmp_path,
        people="no: {phone: +4512345678}\n",
        routes="dk: {match: {country: no, version: 1.10}}\nrest: {fallback: true}\n",
    )
    assert policies.people["no"].phone == "+4512345678"
    assert policies.route_for({"country": "no", "version": "1.10"}) == "dk"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("team.yaml", 'unknown file; did you mean "teams.yaml"; known are people.yaml, teams.yaml'),
        ("routes.yml", 'unknown file; did you mean "routes.yaml"; known are'),
        ("zzz.yaml", "unknown file; known are people.yaml"),
    ],
)
def test_an_unknown_file_is_a_typo(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / name).write_text("{}")
    (line,) = refused(tmp_path)
    assert line.startswith(f"{name}: {said}")


def test_files_of_others_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Policies")
    load_policies(tmp_path)


def test_the_version_is_of_the_content_and_not_of_its_writing(tmp_path: Path) -> None:
    plain = load(tmp_path, people="ann: {name: Ann, zone: UTC}\n").version
    written = load(tmp_path, people="# people\nann:\n  zone: UTC\n  name: 'Ann'\n").version
    other = load(tmp_path, people="ann: {name: Anna}\n").version
    assert plain == written != other


def test_the_version_knows_the_order_of_routes(tmp_path: Path) -> None:
    one, two = "a: {match: {x: y}}\n", "b: {match: {x: z}}\n"
    rest = "rest: {fallback: true}\n"
    forth, back = (
        load(tmp_path, routes=text).version for text in (one + two + rest, two + one + rest)
    )
    assert forth != back


@pytest.mark.parametrize(
    "path",
    [*sorted(SHIPPED.glob("*.yaml")), *sorted(SAMPLE.glob("*.yaml"))],
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
def test_the_shipped_yaml_fits_its_schema(path: Path) -> None:
    schema = policy_schemas()[path.stem]
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def test_a_schema_refuses_a_typo() -> None:
    schema = Draft202012Validator(policy_schemas()["routes"])
    assert schema.is_valid({"a": {"match": {"service": ["x"]}, "correlate": {"by": ["dc"]}}})
    assert not schema.is_valid({"a": {"teem": "x"}})


@pytest.mark.parametrize("preset", ["small", "standard"])
def test_what_init_writes_starts_in_production(tmp_path: Path, preset: Preset) -> None:
    files = starter_files(
        preset,
        admin_id="ann",
        admin_name='Ann "the $boss" Ø',
        admin_email="ann@example.com",
        public_url="https://muster.example.com",
        secrets=dict.fromkeys(SECRETS, "s" * 43),
        folder=str(tmp_path),
    )
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    lines = (tmp_path / ENV_FILE).read_text(encoding="utf-8").splitlines()
    settings = load_settings(dict(line.split("=", 1) for line in lines if line[0] != "#"))
    policies = load_policies(settings.policies_folder)
    assert (settings.env, settings.missing(), settings.warnings) == ("production", [], ())
    assert policies.people["ann"].name == 'Ann "the $boss" Ø'
    assert policies.admins == ("ann",)
    assert policies.routes[policies.fallback_route].team == "everyone"
    rooms = {policy.loudness for policy in policies.severities.values()}
    assert (Loudness.ROOM in rooms) is (preset == "standard")
    assert any(policy.update_every for policy in policies.severities.values()) is (
        preset == "standard"
    )
    assert {f"policies/{name}.yaml" for name in FILES} | {"muster.yaml", ENV_FILE} == files.keys()


@pytest.mark.parametrize(
    "wrong",
    [
        {"admin_id": "Ann Olsen"},
        {"admin_id": "null"},
        {"admin_name": "a\x7f"},
        {"folder": "/a\nb"},
        {"secrets": {}},
    ],
)
def test_init_refuses_what_cannot_stand_in_a_file(wrong: dict[str, object]) -> None:
    said: dict[str, object] = {
        "admin_id": "ann",
        "admin_name": "Ann",
        "admin_email": "",
        "public_url": "http://x",
        "secrets": dict.fromkeys(SECRETS, "s"),
    }
    with pytest.raises(ConfigError):
        starter_files("small", **{**said, **wrong})  # type: ignore[arg-type]


def test_the_printed_policies_are_in_step() -> None:
    printed = (DOCS / "policies.md").read_text(encoding="utf-8")
    assert printed == policies_reference(), "run: python -m config.reference"
