"""Every format of secret is hidden, and what is none is left alone."""

import pytest

from bot.domain.secrets import FORMATS, HIDDEN, hide

A40 = "Ab1" * 14
HEX = "0123456789abcdef" * 4

SAMPLES = {
    "Muster token": "mst_abcdef123456",
    "AWS access key": "AKIAIOSFODNN7EXAMPLE",
    "AWS secret key": "aws_secret_access_key = " + "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "AWS Bedrock key": "ABSK" + A40,
    "Google API key": "AIza" + "a" * 35,
    "Google OAuth secret": "GOCSPX-" + "a" * 24,
    "Google OAuth token": "ya29." + "a" * 30,
    "Google refresh token": "1//0" + "a" * 45,
    "Azure storage key": "AccountKey=" + A40 + "==",
    "Azure shared access": "https://x.blob.example/?sv=1&sig=" + "a1" * 15,
    "Azure Service Bus key": "SharedAccessKey=" + A40,
    "Azure client secret": "abc8Q~" + "a" * 34,
    "GitHub token": "ghp_" + "a" * 36,
    "GitHub fine-grained token": "github_pat_" + "a" * 30,
    "GitLab token": "glpat-" + "a" * 20,
    "Bitbucket token": "ATBB" + "a" * 28,
    "Atlassian token": "ATATT3" + "a" * 30,
    "Slack token": "xoxb-1234-abcd",
    "Slack webhook": "https://hooks.slack.com/services/T00/B00/XXXX",
    "Teams webhook": "https://x.webhook.office.com/webhookb2/abc@def",
    "Discord webhook": "https://discord.com/api/webhooks/123/abc",
    "Discord token": "M" + "a" * 23 + "." + "b" * 6 + "." + "c" * 27,
    "Telegram token": "123456789:AA" + "a" * 33,
    "Standard Webhooks key": "whsec_abcdef",
    "OpenAI key": "sk-" + "a" * 20,
    "Hugging Face token": "hf_" + "a" * 34,
    "Replicate token": "r8_" + "a" * 37,
    "Groq key": "gsk_" + "a" * 50,
    "Stripe key": "sk_live_" + "a" * 24,
    "Square token": "sq0atp-" + "a" * 22,
    "Shopify token": "shpat_" + HEX[:32],
    "Braintree token": "access_token$production$" + HEX[:16] + "$" + HEX[:32],
    "Twilio key": "SK" + HEX[:32],
    "SendGrid key": "SG." + "a" * 22 + "." + "b" * 43,
    "Mailgun key": "key-" + HEX[:32],
    "Mailchimp key": HEX[:32] + "-us12",
    "Brevo key": "xkeysib-" + HEX + "-abc",
    "npm token": "npm_" + "a" * 36,
    "PyPI token": "pypi-" + "a" * 60,
    "RubyGems key": "rubygems_" + HEX[:48],
    "crates.io token": "cio" + "a" * 32,
    "Docker token": "dckr_pat_" + "a" * 27,
    "DigitalOcean token": "dop_v1_" + HEX,
    "Heroku key": "HRKU-" + "a" * 36,
    "Fly.io token": "fo1_" + "a" * 43,
    "Netlify token": "nfp_" + "a" * 36,
    "HashiCorp Vault token": "hvs." + "a" * 24,
    "Terraform Cloud token": "a" * 14 + ".atlasv1." + "b" * 60,
    "Databricks token": "dapi" + HEX[:32],
    "Snowflake or Fernet key": "gAAAA" + "a" * 70,
    "Grafana token": "glsa_" + "a" * 40,
    "New Relic key": "NRAK-" + "A" * 27,
    "Dynatrace token": "dt0c01." + "A" * 24 + "." + "B" * 64,
    "Sentry token": "sntrys_" + "a" * 50,
    "Sentry DSN": "https://" + HEX[:32] + "@o1.ingest.sentry.io/1",
    "PagerDuty key": "pagerduty_key: " + "u+abcdefghij12345678",
    "PostHog key": "phx_" + "a" * 40,
    "Linear key": "lin_api_" + "a" * 40,
    "Notion token": "ntn_" + "a" * 46,
    "Airtable token": "pat" + "a" * 14 + "." + HEX,
    "Figma token": "figd_" + "a" * 40,
    "Postman key": "PMAK-" + HEX[:24] + "-" + HEX[:34],
    "Doppler token": "dp.st." + "a" * 40,
    "Pulumi token": "pul-" + HEX[:40],
    "age key": "AGE-SECRET-KEY-1" + "A" * 58,
    "JSON Web Token": "eyJhbGciOiJI.eyJzdWIi.c2ln",
    "private key": "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
    "HTTP credentials": "Authorization: Bearer abcdefgh1234",
    "password in an address": "postgres://muster:hunter2@db.example/x",
    "token in an address": "https://x.example/?token=abc",
    "page link": "https://x.example/page/abcdefghijklmnop.qrst",
    "sign-in link": "https://x.example/login/abcdefghijklmnop",
    "assignment": 'db_password = "correct7horse"',
}


def test_every_format_has_a_sample() -> None:
    assert set(SAMPLES) == {one.name for one in FORMATS}
    assert len(FORMATS) >= 60


@pytest.mark.parametrize("name", SAMPLES)
def test_a_secret_is_hidden_by_its_own_format(name: str) -> None:
    (one,) = (one for one in FORMATS if one.name == name)
    sample = SAMPLES[name]
    found = one.pattern.search(sample)
    assert found is not None
    assert any(hint in sample.lower() for hint in one.hints)
    secret = found[1] if one.pattern.groups else found[0]
    hidden = hide(f"we saw {sample} in the log")
    assert HIDDEN in hidden
    assert secret not in hidden


@pytest.mark.parametrize(
    "text",
    [
        "The token bucket was empty, so requests failed.",
        "Password rotation: the password was rotated by hand.",
        "See https://runbooks.example/alerts/KubePodCrashLooping?page=2 for more.",
        "kubectl get secret -n monitoring",
        "Set replicas: 3, memory: 512Mi, key: value",
        "commit 3f2a9c1d7e",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert hide(text) == text


@pytest.mark.parametrize("between", ["\n", "\\n", " "])
def test_a_private_key_that_was_cut_off_is_hidden_as_far_as_it_goes(between: str) -> None:
    body = ["b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAAB"] * 3
    key = between.join(["-----BEGIN OPENSSH PRIVATE KEY-----", *body])
    assert hide(f"it was {key}") == f"it was {HIDDEN}"
    assert hide(f"it was {key}{between}and then Ann left").endswith("and then Ann left")
