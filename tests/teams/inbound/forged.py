"""Forty tokens that are not good, each for one reason."""

import base64
import hmac
import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.fakes.teams import Teams
from tests.fakes.teams.issuer import private_key

Json = dict[str, Any]


def part(said: Any) -> str:
    raw = said if isinstance(said, bytes) else json.dumps(said).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def forged(teams: Teams) -> dict[str, str]:
    """What is wrong → the whole Authorization header."""
    good = teams.claims()
    now = teams.now()
    sign = teams.issuer.sign

    def with_claims(**changed: Any) -> str:
        claims = {k: v for k, v in (good | changed).items() if v is not None}
        return f"Bearer {sign(claims)}"

    def unsigned(header: Json, signature: bytes = b"") -> str:
        return f"Bearer {part(header)}.{part(good)}.{part(signature)}"

    token = sign(good)
    head, body, signature = token.split(".")
    kid = teams.issuer.key_ids[0]
    public = private_key(kid).public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    as_secret = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': kid})}.{part(good)}"
    by_secret = part(hmac.new(pem, as_secret.encode(), sha256).digest())
    flipped = signature[:20] + ("A" if signature[20] != "A" else "B") + signature[21:]
    loose = signature[:-1] + _same_bits(signature[-1])
    inner = f'{{"alg":"RS256","kid":"{kid}"}}'.encode()
    return {
        "nothing": "",
        "only the word": "Bearer",
        "an empty token": "Bearer ",
        "garbage": "Bearer abc",
        "dots": "Bearer ..",
        "another scheme": f"Basic {token}",
        "no scheme": token,
        "small letters": f"bearer {token}",
        "two spaces": f"Bearer  {token}",
        "something behind it": f"Bearer {token} x",
        "two tokens": f"Bearer {token},{token}",
        "half of it": f"Bearer {token[: len(token) // 2]}",
        "too long": "Bearer " + "a" * 7_000 + ".b.c",
        "not ASCII": "Bearer é.é.é",
        "no signature": f"Bearer {head}.{body}.",
        "another signature": f"Bearer {head}.{body}.{flipped}",
        "the same signature written otherwise": f"Bearer {head}.{body}.{loose}",
        "padding": f"Bearer {head}.{body}.{signature}==",
        "claims of another": f"Bearer {head}.{part(good | {'aud': 'x'})}.{signature}",
        "alg none": unsigned({"alg": "none", "typ": "JWT", "kid": kid}),
        "alg None": unsigned({"alg": "None", "typ": "JWT", "kid": kid}),
        "the public key as a secret": f"Bearer {as_secret}.{by_secret}",
        "another algorithm": f"Bearer {_signed_as('RS512', good, kid)}",
        "no alg": unsigned({"typ": "JWT", "kid": kid}, b"x" * 256),
        "no kid": "Bearer " + jwt.encode(good, private_key(kid), "RS256"),
        "kid a number": unsigned({"alg": "RS256", "kid": 7}, b"x" * 256),
        "kid a path": f"Bearer {sign(good, '../../etc/passwd', by=kid)}",
        "an unknown kid": f"Bearer {sign(good, 'key-9')}",
        "another key under our kid": f"Bearer {sign(good, kid, by='key-of-eve')}",
        "a header that is no JSON": f"Bearer {part(b'{')}.{body}.{signature}",
        "a header that is a list": f"Bearer {part([inner.decode()])}.{body}.{signature}",
        "claims that are no JSON": _over(head, b"{", kid),
        "claims that are a list": _over(head, b"[]", kid),
        "over": with_claims(exp=int(now) - 301),
        "never over": with_claims(exp=None),
        "over when it says so": with_claims(exp="soon"),
        "not begun": with_claims(nbf=int(now) + 301),
        "for another bot": with_claims(aud="28e2f7cc-0000-4000-8000-000000000000"),
        "for nobody": with_claims(aud=None),
        "for several": with_claims(aud=[good["aud"], "other"]),
        "by another issuer": with_claims(iss="https://sts.windows.net/evil/"),
        "by nobody": with_claims(iss=None),
        "for another service": with_claims(serviceurl="https://evil.example/"),
        "for no service": with_claims(serviceurl=None),
    }


def _same_bits(last: str) -> str:
    """Another letter for the same bytes: the last one of a signature has four bits to spare."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return alphabet[alphabet.index(last) ^ 1]


def _signed_as(algorithm: str, claims: Json, kid: str) -> str:
    return jwt.encode(claims, private_key(kid), algorithm, headers={"kid": kid})


def _over(head: str, claims: bytes, kid: str) -> str:
    """Signed well, over something that is no claims."""
    signing: Callable[..., bytes] = jwt.algorithms.RSAAlgorithm(
        jwt.algorithms.RSAAlgorithm.SHA256
    ).sign
    said = f"{head}.{part(claims)}"
    return f"Bearer {said}.{part(signing(said.encode(), private_key(kid)))}"
