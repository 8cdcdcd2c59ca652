"""Everything a process must be told before it starts: muster.yaml, and `MUSTER_…` over it.

The environment comes in as an argument; a composition root passes `os.environ`.
"""

from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import (
    BeforeValidator,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from bot.domain.errors import ConfigError
from bot.domain.people import Right
from config.document import Where
from config.said import Said, gather
from config.sections import (
    Address,
    Email,
    Events,
    Intake,
    Knowledge,
    Llm,
    Name,
    Retention,
    Section,
    Slack,
    Source,
    Teams,
    Webhook,
)
from config.shape import complaints
from config.variables import CONFIG

SHIPPED: Final = Path(__file__).parent / "muster.yaml"
SHORT_KEY: Final = 32
"""Characters; a shorter secret key is worth a warning."""

_EVERYWHERE: Final = {"0.0.0.0": "localhost", "::": "localhost"}

_ANY_CASE: Final = BeforeValidator(lambda said: said.lower() if isinstance(said, str) else said)


class Settings(Section):
    """What muster.yaml and the environment say. `warnings` is for the log at the start."""

    env: Literal["dev", "production"] = "production"
    database_url: str = Field(
        "sqlite+aiosqlite:///var/muster.db",
        repr=False,
        description="`sqlite+aiosqlite:///file` or `postgresql+asyncpg://user@host/name`",
    )
    host: str = Field("127.0.0.1", description="where to listen")
    port: int = Field(8080, ge=0, le=65_535, description="0: any free one")
    public_url: Address = Field(
        "",
        validate_default=True,
        description="how people reach it; links in messages begin with it",
        json_schema_extra={"shown": "`http://<host>:<port>`"},
    )
    secret_key: SecretStr | None = Field(
        None, description="signs sessions and links; needed outside dev"
    )
    default_rights: Right = Field(
        Right.RESPONDER,
        description="of full members of the workspace whom people.yaml does not name",
    )
    log_level: Annotated[Literal["debug", "info", "warning", "error"], _ANY_CASE] = "info"
    log_format: Literal["", "json", "console"] = Field(
        "", validate_default=True, json_schema_extra={"shown": "json, in dev console"}
    )
    failpoints: str = Field("", description="`name:n:kill`, for tests; dev only")

    slack: Slack = Slack()
    teams: Teams = Teams()
    llm: Llm = Llm()
    knowledge: Knowledge = Knowledge()
    email: Email = Email()
    webhooks: Mapping[Name, Webhook] = {}
    intake: Intake = Intake()
    sources: Mapping[Name, Source] = {}
    retention: Retention = Retention()
    events: Events = Field(Events(), validate_default=True)

    config: Path = Field(SHIPPED, exclude=True)
    warnings: tuple[str, ...] = Field((), exclude=True)
    _said: Said | None = PrivateAttr(None)

    @property
    def dev(self) -> bool:
        return self.env == "dev"

    @property
    def policies_folder(self) -> Path:
        """`policies/` beside muster.yaml."""
        return self.config.parent / "policies"

    @property
    def vectors_folder(self) -> Path:
        """Where the vector index is; absolute."""
        beside = self.database_path or Path("var/nothing")
        return Path(self.knowledge.vectors_dir or beside.with_name("vectors")).absolute()

    @property
    def wants_analyst(self) -> bool:
        """Whether there is a model or an embedding that a second process could serve."""
        embedding = self.knowledge.embedding
        if self.llm.enabled or embedding not in {"auto", "none"}:
            return True
        return embedding == "auto" and find_spec("chromadb") is not None

    @property
    def database_path(self) -> Path | None:
        """SQLite's file, absolute; None in memory and for another database."""
        scheme, _, rest = self.database_url.partition("://")
        name = rest.removeprefix("/").partition("?")[0].removeprefix("file:")
        if not scheme.startswith("sqlite") or name in {"", ":memory:"}:
            return None
        return Path(name).absolute()

    def place(self, where: Where) -> str:
        """Who said what stands there: `file:line` or a variable; nothing where nobody did."""
        return self._said.problem(where, "").place if self._said else ""

    def missing(self) -> list[str]:
        """What must be mended before `serve` may start; one sentence each."""
        sentences = []
        if not self.dev and not self.secret_key:
            sentences.append(
                "MUSTER_SECRET_KEY is not set; `muster init` writes one, "
                "or set at least 32 random characters."
            )
        for name in type(self).model_fields:
            section = getattr(self, name)
            if isinstance(section, Section) and (said := section.unfinished()):
                sentences.append(f"{name}.{said}; fill it in, or empty the section {name}.")
        return sentences

    @field_validator("database_url")
    @classmethod
    def _async_driver(cls, value: str) -> str:
        if not value.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")):
            raise ValueError("begin with sqlite+aiosqlite:/// or postgresql+asyncpg://")
        return value

    @field_validator("public_url")
    @classmethod
    def _own_address(cls, value: str, info: ValidationInfo) -> str:
        host = info.data.get("host", "")
        host = _EVERYWHERE.get(host, f"[{host}]" if ":" in host else host)
        return value.rstrip("/") or f"http://{host}:{info.data.get('port')}"

    @field_validator("log_format")
    @classmethod
    def _readable_in_dev(cls, value: str, info: ValidationInfo) -> str:
        return value or ("console" if info.data.get("env") == "dev" else "json")

    @field_validator("failpoints")
    @classmethod
    def _only_in_dev(cls, value: str, info: ValidationInfo) -> str:
        if value and info.data.get("env") != "dev":
            raise ValueError("failpoints work in dev only; take them away")
        return value

    @field_validator("sources")
    @classmethod
    def _kind_is_the_name(cls, value: Mapping[str, Source]) -> Mapping[str, Source]:
        return {
            name: source if source.kind else source.model_copy(update={"kind": name})
            for name, source in value.items()
        }

    @field_validator("events")
    @classmethod
    def _no_limit_in_dev(cls, value: Events, info: ValidationInfo) -> Events:
        if info.data.get("env") != "dev" or "limit_per_minute" in value.model_fields_set:
            return value
        return value.model_copy(update={"limit_per_minute": 0})


def load_settings(environment: Mapping[str, str]) -> Settings:
    """Settings from the file `MUSTER_CONFIG` names, with the `MUSTER_…` variables over it.

    Raises:
        ConfigError: every problem on a line of its own, with file and line or the variable's name.
    """
    path = Path(environment.get(CONFIG) or SHIPPED)
    said = gather(path, environment, Settings)
    problems = list(said.problems)
    try:
        settings = Settings.model_validate(said.tree)
    except ValidationError as error:
        if said.readable:
            problems += [said.problem(*one) for one in complaints(error, Settings)]
    if problems:
        raise ConfigError("\n".join(map(str, problems)))
    warnings = tuple(_warnings(settings, said))
    settings = settings.model_copy(update={"config": path.absolute(), "warnings": warnings})
    settings._said = said
    return settings


def _warnings(settings: Settings, said: Said) -> Iterator[str]:
    if said.ignored:
        names = ", ".join(said.ignored)
        yield f"Ignored, because containers set them for services they are linked to: {names}."
    if settings.dev:
        return
    key = settings.secret_key
    if key and len(key.get_secret_value()) < SHORT_KEY:
        yield f"MUSTER_SECRET_KEY has fewer than {SHORT_KEY} characters and may be guessed."
    if "public_url" not in said.tree:
        yield f"public_url is not set; links in messages begin with {settings.public_url}."
