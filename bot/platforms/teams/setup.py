"""What somebody types to make the bot in Azure: a single-tenant app and bot, filled in.

Multi-tenant bots cannot be made any more:
https://learn.microsoft.com/azure/bot-service/bot-service-quickstart-registration
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from bot.platforms.teams.graph import PERMISSIONS
from bot.platforms.teams.manifest import CONSENTS

ENDPOINT: Final = "/api/messages"
GRAPH_APP: Final = "00000003-0000-0000-c000-000000000000"
"""Microsoft Graph's own app id, the same in every tenant."""

ASKED: Final = '"$(az account show --query tenantId --output tsv)"'
"""The tenant's id, where only its domain is known."""

_COMMANDS: Final = """\
# 1. The app: one tenant, one secret.
az login --tenant {tenant}
APP_ID=$(az ad app create --display-name Muster --sign-in-audience AzureADMyOrg \\
  --query appId --output tsv)
az ad sp create --id "$APP_ID"
az ad app credential reset --id "$APP_ID" --display-name muster --years 1 \\
  --query password --output tsv

# 2. The bot, and Teams as its channel. Microsoft calls {endpoint}.
az group create --name {group} --location {location}
az bot create --resource-group {group} --name {bot} --appid "$APP_ID" \\
  --app-type SingleTenant --tenant-id {tenant_id} --sku F0 --endpoint {endpoint}
az bot msteams create --resource-group {group} --name {bot}

# 3. Only for what Graph does (the table below): permissions, and an admin's consent.
{permissions}
az ad app permission admin-consent --id "$APP_ID"

# 4. Tell Muster, and try it.
export MUSTER_TEAMS__APP_ID=$APP_ID
export MUSTER_TEAMS__TENANT_ID={tenant_id}
export MUSTER_TEAMS__APP_PASSWORD=...      # what step 1 printed last
muster teams manifest muster.zip           # upload it: Teams, Apps, Manage your apps
muster check --live
"""


def commands(*, tenant: str, public_url: str, group: str, location: str) -> str:
    """The commands; `public_url` is where Microsoft reaches Muster, by https."""
    host = urlsplit(public_url).hostname or "muster"
    permissions = "\n".join(
        f'az ad app permission add --id "$APP_ID" --api {GRAPH_APP} --api-permissions '
        f"$(az ad sp show --id {GRAPH_APP} --query \"appRoles[?value=='{name}'].id\" "
        "--output tsv)=Role"
        for name in PERMISSIONS
    )
    return _COMMANDS.format(
        tenant=tenant,
        tenant_id=ASKED if "." in tenant else tenant,
        endpoint=public_url.rstrip("/") + ENDPOINT,
        group=group,
        location=location,
        bot="muster-" + host.replace(".", "-")[:30],
        permissions=permissions,
    )


def losses() -> str:
    """What each permission is for, as a table; a test keeps docs/teams.md in step."""
    lines = ["| permission | kind | without it Muster cannot |", "|---|---|---|"]
    for kind, known in _KINDS.items():
        lines += [f"| `{name}` | {kind} | {known[name]} |" for name in sorted(known)]
    return "\n".join(lines)


_KINDS: Final[Mapping[str, Mapping[str, str]]] = {
    "of a team, when the app is added (RSC)": CONSENTS,
    "of the tenant, by an admin (Graph)": PERMISSIONS,
}
