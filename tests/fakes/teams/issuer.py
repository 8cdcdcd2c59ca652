"""Who signs what the Connector sends: an RSA key of our own, published as Microsoft does.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
"""

from functools import cache
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tests.fakes.teams.state import Json

ISSUER: Final = "https://api.botframework.com"
HOUR: Final = 3600


@cache
def private_key(name: str) -> rsa.RSAPrivateKey:
    """Made once in a process, since it takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Issuer:
    """`key_ids` are published; `rotate` puts another one in their place."""

    def __init__(self) -> None:
        self.key_ids = ["key-1"]
        self.endorsements: list[str] | None = ["webchat", "msteams"]
        self.asked: list[str] = []
        self.dark = False

    def rotate(self, *kids: str) -> None:
        self.key_ids = list(kids)

    def metadata(self, url: str) -> Json:
        return {
            "issuer": ISSUER,
            "authorization_endpoint": "https://invalid.botframework.com",
            "jwks_uri": f"{url}/v1/.well-known/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        }

    def jwks(self) -> Json:
        return {"keys": [self._public(kid) for kid in self.key_ids]}

    def _public(self, kid: str) -> Json:
        public: Json = RSAAlgorithm.to_jwk(private_key(kid).public_key(), as_dict=True)
        named = {} if self.endorsements is None else {"endorsements": list(self.endorsements)}
        return {**public, "use": "sig", "kid": kid, "x5t": kid, **named}

    def claims(self, app_id: str, service_url: str, now: float) -> Json:
        return {
            "serviceurl": service_url,
            "nbf": int(now) - 300,
            "exp": int(now) + HOUR,
            "iss": ISSUER,
            "aud": app_id,
        }

    def sign(self, claims: Json, kid: str = "", *, by: str = "", **headers: Any) -> str:
        """`kid` is what the header says, `by` the key that signs, where it is another one."""
        kid = kid or self.key_ids[0]
        key = private_key(by or kid)
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": kid, **headers})
