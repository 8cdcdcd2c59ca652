"""What secrets look like, so that none is logged, indexed or quoted.

One table of formats. Each has a word that must stand in the text before its pattern is tried, which
keeps long texts cheap. The formats are the issuers' own, as they and the secret scanners of GitHub
(https://docs.github.com/code-security/secret-scanning) and gitleaks describe them.
"""

import re
from functools import cache
from typing import Final, NamedTuple

HIDDEN: Final = "[redacted]"


class Format(NamedTuple):
    """`hints`: one of these stands in every text that holds such a secret, in any case."""

    name: str
    hints: tuple[str, ...]
    expression: str

    @property
    def pattern(self) -> re.Pattern[str]:
        """Matches what is hidden; where it has a group, only that. Compiled when first asked for:
        most never are, and sixty take their time."""
        return _compiled(self.expression)


_compiled: Final = cache(re.compile)


def _format(name: str, hints: str, pattern: str) -> Format:
    return Format(name, tuple(hints.lower().split()), pattern)


_KEY: Final = r"[\w-]*(?:api[_-]?key|secret|token|passw(?:or)?d|pwd|credential|private[_-]?key)"

FORMATS: Final = (
    _format("Muster token", "mst_", r"\bmst_[A-Za-z0-9_-]{8,}"),
    _format("AWS access key", "akia asia abia acca", r"\b(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}\b"),
    _format(
        "AWS secret key",
        "aws",
        r"(?i)aws.{0,30}?(?:secret|key)[^\n]{0,20}?[=:\s\"']([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])",
    ),
    _format("AWS Bedrock key", "ABSK", r"\bABSK[A-Za-z0-9+/]{40,}={0,2}"),
    _format("Google API key", "AIza", r"\bAIza[\w-]{35}"),
    _format("Google OAuth secret", "GOCSPX-", r"\bGOCSPX-[\w-]{20,}"),
    _format("Google OAuth token", "ya29.", r"\bya29\.[\w-]{20,}"),
    _format("Google refresh token", "1//0", r"\b1//0[\w-]{40,}"),
    _format("Azure storage key", "AccountKey", r"(?i)AccountKey=([A-Za-z0-9+/]{40,}={0,2})"),
    _format("Azure shared access", "sig=", r"(?i)[?&;]sig=([\w%+/=-]{20,})"),
    _format("Azure Service Bus key", "SharedAccessKey", r"(?i)SharedAccessKey=([\w+/=]{20,})"),
    _format("Azure client secret", "Q~", r"\b[\w~.-]{3}\dQ~[\w~.-]{31,34}"),
    _format("GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", r"\bgh[pousr]_\w{20,}"),
    _format("GitHub fine-grained token", "github_pat_", r"\bgithub_pat_\w{20,}"),
    _format(
        "GitLab token",
        "glpat- glptt- gldt- glrt- glsoat-",
        r"\bgl(?:pat|ptt|dt|rt|soat)-[\w-]{16,}",
    ),
    _format("Bitbucket token", "ATBB ATCTT3", r"\b(?:ATBB|ATCTT3)[\w=-]{20,}"),
    _format("Atlassian token", "ATATT3", r"\bATATT3[\w=-]{20,}"),
    _format("Slack token", "xox xapp-", r"\b(?:xox[abeoprs]-[\w-]+|xapp-[\w-]+)"),
    _format(
        "Slack webhook", "hooks.slack.com", r"hooks\.slack\.com/(?:services|workflows)/([\w/]+)"
    ),
    _format("Teams webhook", "webhook.office.com", r"webhook\.office\.com/([\w@/-]+)"),
    _format("Discord webhook", "/api/webhooks/", r"discord(?:app)?\.com/api/webhooks/([\w/-]+)"),
    _format("Discord token", ".", r"\b[MNO][\w-]{23,25}\.[\w-]{6}\.[\w-]{27,}"),
    _format("Telegram token", ":AA", r"\b\d{8,10}:AA[\w-]{33}"),
    _format("Standard Webhooks key", "whsec_", r"\bwhsec_[\w+/=]+"),
    _format("OpenAI key", "sk-", r"\bsk-[\w-]{16,}"),
    _format("Hugging Face token", "hf_", r"\bhf_[A-Za-z]{30,}"),
    _format("Replicate token", "r8_", r"\br8_[A-Za-z0-9]{30,}"),
    _format("Groq key", "gsk_", r"\bgsk_[A-Za-z0-9]{40,}"),
    _format("Stripe key", "sk_live_ sk_test_ rk_", r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{10,}"),
    _format("Square token", "EAAA sq0", r"\b(?:EAAA[\w-]{60}|sq0(?:atp|csp)-[\w-]{22,})"),
    _format(
        "Shopify token", "shpat_ shpca_ shppa_ shpss_", r"\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"
    ),
    _format("Braintree token", "access_token$", r"access_token\$\w+\$\w{16}\$[a-f0-9]{32}"),
    _format("Twilio key", "sk", r"\bSK[0-9a-f]{32}\b"),
    _format("SendGrid key", "SG.", r"\bSG\.[\w-]{16,}\.[\w-]{16,}"),
    _format("Mailgun key", "key-", r"\bkey-[0-9a-f]{32}\b"),
    _format("Mailchimp key", "-us", r"\b[0-9a-f]{32}-us\d{1,2}\b"),
    _format("Brevo key", "xkeysib-", r"\bxkeysib-[a-f0-9]{40,}-\w+"),
    _format("npm token", "npm_", r"\bnpm_[A-Za-z0-9]{30,}"),
    _format("PyPI token", "pypi-", r"\bpypi-[\w-]{50,}"),
    _format("RubyGems key", "rubygems_", r"\brubygems_[a-f0-9]{40,}"),
    _format("crates.io token", "cio", r"\bcio[A-Za-z0-9]{32}\b"),
    _format("Docker token", "dckr_", r"\bdckr_(?:pat|oat)_[\w-]{20,}"),
    _format("DigitalOcean token", "dop_v1_ doo_v1_ dor_v1_", r"\bdo[opr]_v1_[a-f0-9]{40,}"),
    _format("Heroku key", "HRKU-", r"\bHRKU-[\w-]{30,}"),
    _format("Fly.io token", "fo1_ fm2_", r"\b(?:fo1_[\w-]{40,}|fm2_[\w+/=]{40,})"),
    _format("Netlify token", "nfp_", r"\bnfp_\w{30,}"),
    _format("HashiCorp Vault token", "hvs. hvb. hvr.", r"\bhv[sbr]\.[\w-]{20,}"),
    _format("Terraform Cloud token", ".atlasv1.", r"\b\w{14}\.atlasv1\.[\w-]{50,}"),
    _format("Databricks token", "dapi", r"\bdapi[a-f0-9]{32}(?:-\d)?\b"),
    _format("Snowflake or Fernet key", "gAAAA", r"\bgAAAA[\w=-]{60,}"),
    _format(
        "Grafana token",
        "glc_ glsa_ eyJrIjoi",
        r"\b(?:glc_[\w+/=]{30,}|glsa_\w{30,}|eyJrIjoi[\w+/=]{30,})",
    ),
    _format("New Relic key", "NRAK- NRJS- NRAL", r"\bNR(?:AK-|JS-|AL)[A-Za-z0-9-]{16,}"),
    _format("Dynatrace token", "dt0", r"\bdt0[a-z]\d{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}"),
    _format("Sentry token", "sntrys_ sntryu_", r"\bsntry[su]_[\w+/=-]{40,}"),
    _format("Sentry DSN", "ingest. @sentry", r"://([0-9a-f]{32}(?::[0-9a-f]{32})?)@[\w.-]*sentry"),
    _format("PagerDuty key", "pagerduty", r"(?i)pagerduty.{0,40}?[=:\s\"']([\w+-]{20,32})\b"),
    _format("PostHog key", "phx_ phc_", r"\bph[xc]_\w{30,}"),
    _format("Linear key", "lin_api_", r"\blin_api_\w{30,}"),
    _format("Notion token", "ntn_ secret_", r"\b(?:ntn_\w{40,}|secret_[A-Za-z0-9]{43})"),
    _format("Airtable token", "pat", r"\bpat\w{14}\.[a-f0-9]{64}"),
    _format("Figma token", "figd_", r"\bfigd_[\w-]{30,}"),
    _format("Postman key", "PMAK-", r"\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}"),
    _format("Doppler token", "dp.", r"\bdp\.(?:pt|st|ct|sa|scim|audit)\.[\w.-]{30,}"),
    _format("Pulumi token", "pul-", r"\bpul-[a-f0-9]{40}"),
    _format("age key", "AGE-SECRET-KEY-", r"AGE-SECRET-KEY-1[0-9A-Z]{50,}"),
    _format("JSON Web Token", "eyJ", r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"),
    _format(
        "private key",
        "PRIVATE",
        r"-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----"
        r"(?:[\s\S]*?-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----"
        r"|(?:(?:\\[nr]|\s)*[A-Za-z0-9+/=]{16,})*)",  # cut off before its end
    ),
    _format("HTTP credentials", "bearer basic", r"(?i)\b(?:bearer|basic)\s+[\w.~+/=-]{8,}"),
    _format("password in an address", "://", r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"),
    _format(
        "token in an address",
        "token= key= secret=",
        r"(?<=[?&])(?:[\w-]*(?:token|key|secret))=([^&\s#\"']+)",
    ),
    _format("page link", "/page/", r"(?<=/page/)[\w.-]{16,}"),
    _format("sign-in link", "/login/", r"(?<=/login/)[\w-]{16,}"),
    _format(
        "assignment",
        "key secret token passw pwd credential",
        rf"(?i){_KEY}[\"']?\s*(?:=|:=?|=>)\s*[\"']?"
        r"((?=[^\s\"',;]*\d)(?=[^\s\"',;]*[A-Za-z])[^\s\"',;&<>(){}\[\]$*]{8,})",
    ),
)


def hide(text: str) -> str:
    """The text with every secret in it replaced."""
    lowered = text.lower()
    for one in FORMATS:
        if any(hint in lowered for hint in one.hints):
            text = one.pattern.sub(_hidden, text)
    return text


def _hidden(found: re.Match[str]) -> str:
    if not found.re.groups:
        return HIDDEN
    begin, end = found.start(1) - found.start(), found.end(1) - found.start()
    return f"{found[0][:begin]}{HIDDEN}{found[0][end:]}"
