"""Microsoft's login: tokens for the Connector and for Graph, by client credentials.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
"""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import orjson

from tests.fakes.teams.refusal import Refusal
from tests.fakes.teams.state import TENANT, Json, guid

CONNECTOR: Final = "https://api.botframework.com/.default"
GRAPH: Final = "https://graph.microsoft.com/.default"
LASTS: Final = 3599


@dataclass
class Login:
    """The one app of the tenant. `given` are the tokens: text → (scope, until); `roles` is what an
    admin consented to, as tokens for Graph name it."""

    now: Callable[[], float]
    app_id: str = guid("muster.example")
    secret: str = "s3cr3t~of-the-bot"  # nobody's secret
    tenant: str = TENANT
    given: dict[str, tuple[str, float]] = field(default_factory=dict)
    roles: tuple[str, ...] = ()

    def token(self, tenant: str, said: Json) -> Json:
        """Raises Refusal, as Entra words it."""
        if tenant != self.tenant:
            raise self._no("invalid_request", f"AADSTS90002: Tenant '{tenant}' not found.", 400)
        if said.get("grant_type") != "client_credentials":
            raise self._no("unsupported_grant_type", "AADSTS70003", 400)
        if said.get("client_id") != self.app_id:
            raise self._no("unauthorized_client", "AADSTS700016: Application not found.", 400)
        if said.get("client_secret") != self.secret:
            raise self._no("invalid_client", "AADSTS7000215: Invalid client secret.", 401)
        if said.get("scope") not in (CONNECTOR, GRAPH):
            raise self._no("invalid_scope", "AADSTS70011: The scope is not valid.", 400)
        text = self._text(str(said["scope"]))
        self.given[text] = (str(said["scope"]), self.now() + LASTS)
        return {"token_type": "Bearer", "expires_in": LASTS, "access_token": text}

    def _text(self, scope: str) -> str:
        """A token for Graph is a JWT that one can look into."""
        name = f"token-{len(self.given) + 1}"
        if scope != GRAPH:
            return name
        claims = orjson.dumps({"roles": self.roles, "uti": name})
        return f"e30.{urlsafe_b64encode(claims).decode().rstrip('=')}.signed"

    def check(self, header: str, scope: str) -> None:
        """Raises Refusal: no token, another's, or an old one."""
        kind, _, text = header.partition(" ")
        known = self.given.get(text.strip())
        if kind != "Bearer" or known is None or known[0] != scope:
            raise Refusal(401, "Unauthorized", "Authorization has been denied for this request.")
        if known[1] <= self.now():
            raise Refusal(401, "TokenExpired", "Lifetime validation failed, the token is expired.")

    def discovery(self, url: str) -> Json:
        """For msal: https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc"""
        base = f"{url}/{self.tenant}"
        return {
            "issuer": f"{base}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "jwks_uri": f"{base}/discovery/v2.0/keys",
        }

    @staticmethod
    def _no(error: str, description: str, status: int) -> Refusal:
        refusal = Refusal(status, error, description)
        refusal.body = lambda: {  # type: ignore[method-assign]  # Entra has a shape of its own
            "error": error,
            "error_description": description,
        }
        return refusal
