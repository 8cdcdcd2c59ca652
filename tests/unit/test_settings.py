"""What stops a start, what it is called, and what the variables may say."""

import base64
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.domain.entry import EntryType
from bot.domain.errors import ConfigError
from config.reference import settings_reference
from config.settings import Settings, load_settings

KEY = "k" * 40
DOCS = Path(__file__).parents[2] / "docs" / "reference"


@pytest.fixture
def yaml(tmp_path: Path) -> Path:
    return tmp_path / "muster.yaml"


def load(yaml: Path, text: str, **variables: str) -> Settings:
    yaml.write_text(text, encoding="utf-8")
    return load_settings({"MUSTER_CONFIG": str(yaml), **variables})


def refusal(environment: Mapping[str, str]) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        load_settings(environment)
    return str(refused.value).splitlines()


def refused(yaml: Path, text: str, **variables: str) -> list[str]:
    """The problems, without the folder the file is in."""
    yaml.write_text(text, encoding="utf-8")
    lines = refusal({"MUSTER_CONFIG": str(yaml), **variables})
    return [line.replace(f"{yaml.parent}/", "") for line in lines]


def test_nothing_said_is_production_on_sqlite_here() -> None:
    settings = load_settings({})
    assert (settings.env, settings.dev) == ("production", False)
    assert settings.database_url == "sqlite+aiosqlite:///var/muster.db"
    assert (settings.public_url, settings.log_format) == ("http://127.0.0.1:8080", "json")
    assert (settings.policies_folder / "routes.yaml").is_file()
    assert settings.events.limit_per_minute == 1_000
    assert not settings.slack.enabled | settings.teams.enabled | settings.email.enabled


def test_dev_has_no_limit_on_events_and_logs_to_the_console() -> None:
    settings = load_settings({"MUSTER_ENV": "dev"})
    assert (settings.events.limit_per_minute, settings.log_format) == (0, "console")
    assert settings.warnings == ()
    assert settings.missing() == []


def test_a_log_level_may_shout() -> None:
    assert load_settings({"MUSTER_LOG_LEVEL": "INFO"}).log_level == "info"


def test_a_limit_that_is_asked_for_holds_in_dev() -> None:
    settings = load_settings({"MUSTER_ENV": "dev", "MUSTER_EVENTS__LIMIT_PER_MINUTE": "5"})
    assert settings.events.limit_per_minute == 5


def test_a_variable_goes_before_the_file(yaml: Path) -> None:
    settings = load(
        yaml, "port: 9000\nintake: {settle: 5m, batch_alerts: 10}\n", MUSTER_INTAKE__SETTLE="0"
    )
    assert settings.port == 9000
    assert settings.intake.settle == timedelta(0)
    assert load_settings({"MUSTER_INTAKE__SETTLE": "5"}).intake.settle == timedelta(seconds=5)
    assert settings.intake.batch_alerts == 10


def test_an_empty_variable_and_a_section_without_lines_say_nothing(yaml: Path) -> None:
    settings = load(yaml, "slack:\n  # bot_token: x\nport:\n", MUSTER_PORT="")
    assert settings.port == 8080


def test_a_name_is_filled_in_and_a_dollar_stays_a_dollar(yaml: Path) -> None:
    settings = load(
        yaml, "email: {password: 'a#${PASSWORD}: $$x', host: '${HOST}'}", PASSWORD="#: &", HOST="h"
    )
    assert settings.email.password is not None
    assert settings.email.password.get_secret_value() == "a##: &: $x"
    assert settings.email.host == "h"


def test_a_name_that_is_not_set_stops_the_start(yaml: Path) -> None:
    assert refused(
        yaml, "# ${IN_A_COMMENT}\nslack:\n  bot_token: ${SLACK_TOKEN}\nhost: ${a b}"
    ) == [
        "muster.yaml:3: slack.bot_token: ${SLACK_TOKEN} is not set",
        "muster.yaml:4: host: ${a b} is no name of a variable",
    ]


def test_a_name_between_braces_needs_quotes(yaml: Path) -> None:
    (line,) = refused(yaml, "port: 1\nslack: {bot_token: ${TOKEN}}", TOKEN="t")
    assert line.startswith("muster.yaml:2: ")
    assert line.endswith('between braces, write "${NAME}" in quotes')


def test_a_variable_that_is_no_text_is_named(yaml: Path) -> None:
    assert refused(yaml, "host: ${HOST}", HOST="\udcff", MUSTER_SOURCES="\udcff") == [
        "muster.yaml:1: host: ${HOST} is no UTF-8",
        "MUSTER_SOURCES: is no UTF-8",
    ]


def test_an_unknown_key_names_its_line_and_the_nearest(yaml: Path) -> None:
    text = "port: 80\n\nslack:\n  bot_tokn: x\nsaurces: {}\nwarnings: [a]\n"
    assert sorted(refused(yaml, text)) == [
        'muster.yaml:4: slack.bot_tokn: unknown key; did you mean "bot_token"?',
        'muster.yaml:5: saurces: unknown key; did you mean "sources"?',
        "muster.yaml:6: warnings: unknown key",
    ]


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("MUSTER_SLACK__BOT_TOKN", "MUSTER_SLACK__BOT_TOKEN"),
        ("MUSTER_SLACK_BOT_TOKEN", "MUSTER_SLACK__BOT_TOKEN"),
        ("MUSTER_DATABSE_URL", "MUSTER_DATABASE_URL"),
        ("MUSTER_SOURCES__GRAFANA__TOKN", "MUSTER_SOURCES__GRAFANA__TOKEN"),
        ("MUSTER_WARNINGS", ""),
        ("MUSTER_QQQQQQ", ""),
        ("MUSTER_SOURCES__", ""),
    ],
)
def test_an_unknown_variable_stops_the_start(variable: str, meant: str) -> None:
    (line,) = refusal({variable: "x"})
    assert line.startswith(f"{variable}: unknown setting")
    assert (f'"{meant}"' in line) is bool(meant)


def test_a_wrong_value_names_the_variable_and_never_the_value() -> None:
    lines = refusal({"MUSTER_PORT": "hunter2", "MUSTER_ENV": "prod", "MUSTER_INTAKE__SETTLE": "x"})
    assert sorted(lines) == [
        "MUSTER_ENV: must be 'dev' or 'production'",
        "MUSTER_INTAKE__SETTLE: 'x' is no duration; write for example 30m, 2h or 1h30m.",
        "MUSTER_PORT: write a whole number",
    ]
    database = "postgres://muster:hunter2@db/muster"
    assert "hunter2" not in "\n".join(refusal({"MUSTER_DATABASE_URL": database}))


def test_a_wrong_value_of_the_file_names_its_line(yaml: Path) -> None:
    text = "sources:\n  shop:\n    limit_per_minute: -1\n  Shop!: {}\nemail: [a]\nport: 99999\n"
    assert sorted(refused(yaml, text)) == [
        "muster.yaml:3: sources.shop.limit_per_minute: must be greater than or equal to 0",
        "muster.yaml:4: sources.Shop!: String should match pattern '^[a-z0-9][a-z0-9_-]{0,62}$'",
        "muster.yaml:5: email: write a mapping, `key: value`",
        "muster.yaml:6: port: must be less than or equal to 65535",
    ]


def test_links_of_containers_are_ignored_with_a_warning() -> None:
    settings = load_settings(
        {
            "MUSTER_ENV": "dev",
            "MUSTER_PORT": "tcp://10.0.0.1:8080",
            "MUSTER_PORT_8080_TCP": "tcp://10.0.0.1:8080",
            "MUSTER_PORT_8080_TCP_PROTO": "tcp",
            "MUSTER_SERVICE_HOST": "10.0.0.1",
            "MUSTER_DB_SERVICE_PORT": "5432",
            "MUSTER_DB_PORT": "tcp://10.0.0.2:5432",
        }
    )
    assert settings.port == 8080
    (warning,) = settings.warnings
    assert "MUSTER_PORT," in warning
    assert "MUSTER_DB_PORT" in warning


def test_variables_of_tests_and_of_others_are_nobodys_business() -> None:
    load_settings({"MUSTER_TEST_POSTGRES_URL": "x", "PATH": "/bin", "MUSTERED": "1"})


def test_failpoints_work_in_dev_only() -> None:
    assert load_settings({"MUSTER_ENV": "dev", "MUSTER_FAILPOINTS": "a:1:kill"}).failpoints
    assert refusal({"MUSTER_FAILPOINTS": "a:1:kill"}) == [
        "MUSTER_FAILPOINTS: failpoints work in dev only; take them away"
    ]


def test_a_source_is_of_the_kind_of_its_name() -> None:
    settings = load_settings(
        {
            "MUSTER_SOURCES__ALERTMANAGER__TOKEN": "t",
            "MUSTER_SOURCES__SHOP": '{"kind": "generic", "mapping": {"title": "$.name"}}',
            "MUSTER_SOURCES__SHOP__LIMIT_PER_MINUTE": "0",
        }
    )
    assert settings.sources["alertmanager"].kind == "alertmanager"
    shop = settings.sources["shop"]
    assert (shop.kind, shop.mapping, shop.limit_per_minute) == ("generic", {"title": "$.name"}, 0)


def test_a_variable_reaches_a_source_with_a_hyphen(yaml: Path) -> None:
    settings = load(
        yaml, "sources: {grafana-prod: {kind: grafana}}", MUSTER_SOURCES__GRAFANA_PROD__TOKEN="t"
    )
    assert list(settings.sources) == ["grafana-prod"]
    assert settings.sources["grafana-prod"].token is not None


def test_a_webhook_is_told_of_everything_unless_it_chooses() -> None:
    secret = "whsec_" + base64.b64encode(b"s" * 24).decode()
    environment = {
        "MUSTER_WEBHOOKS__A__URL": "https://a.example",
        "MUSTER_WEBHOOKS__A__SECRET": secret,
    }
    assert load_settings(environment).webhooks["a"].events == tuple(EntryType)
    chosen = load_settings({**environment, "MUSTER_WEBHOOKS__A__EVENTS": "[resolved, closed]"})
    assert chosen.webhooks["a"].events == (EntryType.RESOLVED, EntryType.CLOSED)


def test_a_webhook_without_address_or_with_a_made_up_secret_is_refused() -> None:
    assert sorted(refusal({"MUSTER_WEBHOOKS__A__SECRET": "hunter2"})) == [
        "MUSTER_WEBHOOKS__A__SECRET: write whsec_ and a key in base64",
        "MUSTER_WEBHOOKS__A__URL: is missing",
    ]


def test_a_list_that_is_no_yaml_names_the_variable() -> None:
    (line,) = refusal({"MUSTER_SOURCES": "{a: "})
    assert line.startswith("MUSTER_SOURCES: ")


@pytest.mark.parametrize(
    ("variables", "enabled"),
    [
        ({"MUSTER_SLACK__API_URL": "http://localhost:1"}, False),
        ({"MUSTER_SLACK__BOT_TOKEN": "b"}, False),
        ({"MUSTER_SLACK__BOT_TOKEN": "b", "MUSTER_SLACK__APP_TOKEN": "a"}, True),
        ({"MUSTER_SLACK__BOT_TOKEN": "b", "MUSTER_SLACK__SIGNING_SECRET": "s"}, True),
    ],
)
def test_slack_is_enabled_by_its_credentials(variables: dict[str, str], enabled: bool) -> None:
    assert load_settings(variables).slack.enabled is enabled


def test_a_section_begun_but_not_finished_is_missing_something() -> None:
    settings = load_settings(
        {
            "MUSTER_ENV": "dev",
            "MUSTER_SLACK__BOT_TOKEN": "b",
            "MUSTER_TEAMS__APP_ID": "i",
            "MUSTER_EMAIL__HOST": "h",
            "MUSTER_EMAIL__SENDER": "s",
            "MUSTER_EMAIL__USERNAME": "u",
        }
    )
    assert [sentence.split(" ")[0] for sentence in settings.missing()] == [
        "slack.app_token",
        "teams.app_password",
        "email.password",
    ]


def test_production_needs_a_secret_key() -> None:
    (sentence,) = load_settings({}).missing()
    assert "MUSTER_SECRET_KEY" in sentence
    assert "muster init" in sentence
    assert load_settings({"MUSTER_SECRET_KEY": KEY}).missing() == []


def test_production_warns_of_a_short_key_and_a_local_address() -> None:
    assert len(load_settings({"MUSTER_SECRET_KEY": "short"}).warnings) == 2
    address = "https://muster.example.com/"
    settings = load_settings({"MUSTER_SECRET_KEY": KEY, "MUSTER_PUBLIC_URL": address})
    assert settings.warnings == ()
    assert settings.public_url == "https://muster.example.com"


@pytest.mark.parametrize(
    ("host", "address"),
    [("0.0.0.0", "http://localhost:1"), ("::1", "http://[::1]:1"), ("box", "http://box:1")],
)
def test_the_public_address_is_where_it_listens(host: str, address: str) -> None:
    assert load_settings({"MUSTER_HOST": host, "MUSTER_PORT": "1"}).public_url == address


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite+aiosqlite:///var/muster.db", Path.cwd() / "var/muster.db"),
        ("sqlite+aiosqlite:////data/muster.db?timeout=5", Path("/data/muster.db")),
        ("sqlite+aiosqlite:///file:/data/muster.db?uri=true", Path("/data/muster.db")),
        ("sqlite+aiosqlite:///:memory:", None),
        ("sqlite+aiosqlite:///", None),
        ("postgresql+asyncpg://muster@db/muster", None),
    ],
)
def test_the_path_of_the_database_is_absolute(url: str, path: Path | None) -> None:
    settings = load_settings({"MUSTER_DATABASE_URL": url})
    assert (settings.database_url, settings.database_path) == (url, path)


def test_a_secret_is_never_shown() -> None:
    settings = load_settings(
        {
            "MUSTER_SECRET_KEY": "hunter2",
            "MUSTER_SOURCES__A__TOKEN": "hunter2",
            "MUSTER_DATABASE_URL": "postgresql+asyncpg://muster:hunter2@db/muster",
        }
    )
    assert "hunter2" not in repr(settings)


def test_settings_cannot_be_changed() -> None:
    settings = load_settings({})
    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert refusal({"MUSTER_CONFIG": str(tmp_path / "no.yaml")}) == [
        f"{tmp_path / 'no.yaml'}: cannot be read: No such file or directory"
    ]
    assert refusal({"MUSTER_CONFIG": str(tmp_path)}) == [
        f"{tmp_path}: cannot be read: Is a directory"
    ]


def test_a_list_is_no_settings(yaml: Path) -> None:
    assert refused(yaml, "- a\n") == ["muster.yaml:1: write a mapping, `key: value`"]


def test_policies_are_beside_the_file(yaml: Path) -> None:
    settings = load(yaml, "")
    assert (settings.config, settings.policies_folder) == (yaml, yaml.parent / "policies")


def test_the_printed_settings_are_in_step() -> None:
    printed = (DOCS / "settings.md").read_text(encoding="utf-8")
    assert printed == settings_reference(), "run: python -m config.reference"
