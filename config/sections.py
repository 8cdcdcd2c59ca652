"""The sections of muster.yaml. docs/reference/settings.md is printed from them."""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ByteSize,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
)

from bot.domain.duration import Duration
from bot.domain.entry import EntryType


class Section(BaseModel):
    """Frozen, a typo is an error, and no error repeats a secret."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True
    )

    def unfinished(self) -> str:
        """What is missing where somebody began to fill this section, else nothing."""
        return ""


Span = Annotated[Duration, BeforeValidator(lambda said: timedelta(0) if said == "0" else said)]
"""A duration that may also be written `0`."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
"""Of a source or webhook: it stands in addresses and in names of variables."""


def _web_address(said: str) -> str:
    if said and not said.startswith(("http://", "https://")):
        raise ValueError("write an address that begins with http:// or https://")
    return said


Address = Annotated[str, AfterValidator(_web_address)]


def _names_the_number(said: str) -> str:
    if "{number}" not in said:
        raise ValueError("write {number} into it, so that every room has a name of its own")
    return said


class Slack(Section):
    bot_token: SecretStr | None = Field(None, description="`xoxb-…`")
    app_token: SecretStr | None = Field(None, description="`xapp-…`, for Socket Mode")
    signing_secret: SecretStr | None = Field(None, description="for HTTP at `/slack/events`")
    api_url: Address = Field("https://slack.com/api/", description="where the Slack API is")
    room_template: Annotated[str, AfterValidator(_names_the_number)] = Field(
        "inc-{number}-{slug}", description="what rooms are called; `{slug}` is the title"
    )
    digest_channel: str = Field(
        "", description="`#name` or id: where incidents stand that have no room (yet)"
    )
    announce_channel: str = Field(
        "", description="`#name` or id: one short post for each incident with a room"
    )
    archive_after: Duration = Field(
        timedelta(days=7), description="closed for so long: the room is archived"
    )

    @property
    def enabled(self) -> bool:
        return bool(self.bot_token and (self.app_token or self.signing_secret))

    def unfinished(self) -> str:
        begun = self.bot_token or self.app_token or self.signing_secret
        if not begun or self.enabled:
            return ""
        if not self.bot_token:
            return "bot_token is missing"
        return "app_token (for Socket Mode) or signing_secret (for HTTP) is missing"


class Teams(Section):
    app_id: str = Field("", description="the bot's Microsoft app id")
    app_password: SecretStr | None = Field(None, description="its client secret")
    tenant_id: str = Field("", description="its Entra tenant; people of other tenants are refused")
    incident_channel: str = Field(
        "", description="`19:…@thread.tacv2`: where incidents open their threads"
    )
    announce_channel: str = Field(
        "", description="`19:…@thread.tacv2`: one short post for each incident with a room"
    )
    rooms: Literal["thread", "channel"] = Field(
        "thread",
        description="a room is a thread in the incident channel, or a channel made through Graph",
    )
    graph: bool = Field(False, description="true: the permissions for Graph are granted")
    team_id: str = Field("", description="the team's group id in Entra; for channels as rooms")
    catalog_app_id: str = Field(
        "", description="the app's id in the catalog of the tenant; to install it for people"
    )
    room_template: Annotated[str, AfterValidator(_names_the_number)] = Field(
        "inc-{number}-{slug}", description="what channels are called; `{slug}` is the title"
    )
    service_url: Address = Field(
        "https://smba.trafficmanager.net/teams/",
        description="where the Bot Connector is, until Teams has told another address",
    )
    login_url: Address = Field(
        "https://login.microsoftonline.com", description="where tokens are given"
    )
    graph_url: Address = Field(
        "https://graph.microsoft.com/v1.0", description="where Microsoft Graph is"
    )
    openid_url: Address = Field(
        "https://login.botframework.com/v1/.well-known/openidconfiguration",
        description="what names the keys that sign the requests of Teams",
    )
    service_urls: tuple[Address, ...] = Field(
        ("https://smba.trafficmanager.net/",),
        description="what the addresses begin with that answers are sent to; nothing else is "
        "believed. Government clouds have their own",
        min_length=1,
    )

    @property
    def enabled(self) -> bool:
        return bool(self.app_id and self.app_password and self.tenant_id)

    def unfinished(self) -> str:
        if not (self.app_id or self.app_password):
            return ""
        needed = {
            "app_id": self.app_id,
            "app_password": self.app_password,
            "tenant_id": self.tenant_id,
        }
        if missing := [name for name, said in needed.items() if not said]:
            return f"{missing[0]} is missing"
        if "." in self.tenant_id:
            return "tenant_id is a domain, but Teams names a tenant by its directory id, a GUID"
        if self.rooms == "channel" and not (self.graph and self.team_id):
            return "graph and team_id are missing, which rooms that are channels need"
        return ""


class Served(Section):
    """A model, and where it is served."""

    model: str = Field("", description="langchain's name of a model, `anthropic:claude-…`")
    base_url: Address = Field("", description="where it is served, if not at the vendor's")
    api_key: SecretStr | None = Field(
        None, description="left out: what the vendor's own variable says, as in OPENAI_API_KEY"
    )
    api_version: str = Field("", description="of Azure's API")
    structured: Literal["", "json_schema", "function_calling", "json_mode"] = Field(
        "", description="how a shape is asked for, where the server cannot do the vendor's own way"
    )


class Price(Section):
    """Of a million tokens."""

    input: float = Field(ge=0, description="of what is read")
    output: float = Field(ge=0, description="of what is written")


class Budget(Section):
    """What may be used up in a day; 0 is nothing at all."""

    money: float | None = Field(None, ge=0, description="left out: no limit of its own")
    tokens: int | None = Field(None, ge=0, description="left out: no limit of its own")


Host = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")]


class Llm(Served):
    fallbacks: tuple[Served, ...] = Field(
        (), description="models that are asked one after the other where this one fails"
    )
    timeout: Duration = Field(timedelta(seconds=30), description="for one answer, retries included")
    day_money: float = Field(
        10, ge=0, description="what may be spent in a day (UTC), in the money of `prices`"
    )
    day_tokens: int = Field(2_000_000, ge=0, description="tokens that may be used up in a day")
    incident_money: float = Field(2, ge=0, description="what one incident may cost in all")
    incident_tokens: int = Field(300_000, ge=0, description="tokens that one incident may use up")
    kinds: Mapping[Name, Budget] = Field(
        {}, description="budgets of a day by kind of analysis: `root_cause: {money: 1}`"
    )
    ask_above: float = Field(
        0.5, ge=0, description="a run that may cost more is asked about before it begins"
    )
    thinking: int = Field(
        2_000,
        ge=0,
        le=5_000,
        description="tokens that a model may think before its answer; models that do not use none",
    )
    prices: Mapping[str, Price] = Field(
        {},
        description="by model, `gpt-x: {input: 2.5, output: 10}` for a million tokens; without "
        "one, its money is not counted",
    )
    private: bool = Field(
        True, description="a model may read a private incident, when one of its members asks"
    )
    link_hosts: tuple[Host, ...] = Field(
        (), description="hosts that a model's words may link to, besides Muster's own"
    )

    @property
    def enabled(self) -> bool:
        return bool(self.model)

    def unfinished(self) -> str:
        if not self.model and (self.api_key or self.fallbacks):
            return "model is missing"
        if any(not one.model for one in self.fallbacks):
            return "fallbacks has one without a model"
        return ""


class Knowledge(Section):
    embedding: str = Field(
        "auto", description="`auto`, `none`, `hash`, `local`, or langchain's name of an embedding"
    )
    model_dir: str = Field("", description="the folder of the weights for `local`")
    vectors_dir: str = Field(
        "",
        description="the folder of the vector index, of one process only; a cache",
        json_schema_extra={"shown": "`vectors` beside the SQLite file, else `var/vectors`"},
    )


class Email(Section):
    host: str = Field("", description="the SMTP server")
    port: int = Field(587, ge=1, le=65_535)
    username: str = ""
    password: SecretStr | None = None
    sender: str = Field("", description="the From address")
    tls: Literal["starttls", "tls", "none"] = "starttls"
    timeout: Duration = Field(timedelta(seconds=10), description="for one letter")

    @property
    def enabled(self) -> bool:
        return bool(self.host and self.sender)

    def unfinished(self) -> str:
        if bool(self.host) is not bool(self.sender):
            return "sender is missing" if self.host else "host is missing"
        if bool(self.username) is not bool(self.password):
            return "password is missing" if self.username else "username is missing"
        return ""


def _signing_key(said: SecretStr) -> SecretStr:
    text = said.get_secret_value()
    try:
        good = text.startswith("whsec_") and b64decode(text.removeprefix("whsec_"), validate=True)
    except (NotBase64, ValueError):
        good = False
    if not good:
        raise ValueError("write whsec_ and a key in base64")
    return said


class Webhook(Section):
    """Told of entries, signed as https://www.standardwebhooks.com says."""

    url: Annotated[Address, StringConstraints(min_length=1)] = Field(description="where to post")
    secret: Annotated[SecretStr, AfterValidator(_signing_key)] = Field(
        description="`whsec_` and a key in base64"
    )
    events: tuple[EntryType, ...] = Field(
        tuple(EntryType), description="types of entries", json_schema_extra={"shown": "all"}
    )
    private: bool = Field(False, description="true: private incidents too")


class Source(Section):
    """Who posts alerts to `/webhooks/<name>`."""

    kind: str = Field("", description="its format; left out: the same as the name")
    token: SecretStr | None = Field(None, description="what the sender shows")
    secret: SecretStr | None = Field(None, description="what the sender signs with (HMAC)")
    mapping: Mapping[str, Any] = Field({}, description="for `kind: generic`: field by field")
    limit_per_minute: int | None = Field(
        None, ge=0, description="requests; 0: no limit; left out: the limit of its door"
    )


class Intake(Section):
    settle: Span = Field(
        timedelta(seconds=60), description="clear for so long: the incident resolves itself"
    )
    batch_alerts: int = Field(500, ge=1, description="alerts that share a transaction")
    batch_wait_ms: int = Field(10, ge=0, le=1_000, description="milliseconds a batch waits")
    queue_limit: int = Field(20_000, ge=1, description="alerts waiting; above, the door says 503")
    still_firing_after: Duration = Field(
        timedelta(minutes=15),
        description="resolved by a person, firing for so long: it refires",
    )
    refire_within: Span = Field(
        timedelta(minutes=30), description="firing again so soon after its end: the same incident"
    )
    duplicate_window: Span = Field(
        timedelta(seconds=300), description="seen again so soon: counted, and nothing else"
    )
    strict_events: bool = Field(False, description="true: refuse events with unknown fields")


class Retention(Section):
    raw_days: int = Field(7, ge=0, description="bodies as they were sent")
    raw_bytes: ByteSize = Field(
        ByteSize(10_000_000_000),
        description="of them, at most",
        json_schema_extra={"shown": "10GB"},
    )
    settled_days: int = Field(30, ge=0, description="finished rows of inbox and outbox")
    resolved_alert_days: int = Field(90, ge=0)
    talk_days: int = Field(
        90,
        ge=0,
        description="what people say in rooms whose route captures or mirrors it; and, once an "
        "incident is closed, which messages its notes follow",
    )


EVENTS_PER_MINUTE: Final = 1_000


class Events(Section):
    limit_per_minute: int = Field(
        EVENTS_PER_MINUTE, ge=0, description="requests of one source; 0: no limit, as in dev"
    )
