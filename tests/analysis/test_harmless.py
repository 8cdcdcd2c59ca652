"""What a model may say: links to known hosts, and nothing that a surface would bring to life."""

import pytest

from bot.engine.analysis.harmless import harmless, harmless_part

HOSTS = frozenset({"muster.example.com", "wiki.corp.example"})

TRICKS = [
    "https://evil.example/x",
    "http://evil.example",
    "https://muster.example.com@evil.example/",
    "https://muster.example.com:443@evil.example",
    "https://evil.example%2f@muster.example.com",
    "https://ann:secret@muster.example.com/",
    "https://muster.example.com\\@evil.example",
    "https://muster.example.com\\.evil.example",
    "https://evil.example\\.muster.example.com",
    "https://muster.example.com.evil.example/",
    "https://evil-muster.example.com/",
    "https://xn--mster-kva.example",
    "https://m\u00fcster.example.com",
    "https://\u24d4vil.example",
    "https://muster\uff0eexample\uff0ecom.evil.example",
    "https://muster.example.com/?next=https://evil.example",
    "https://muster.example.com//evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "h\u200bttps://evil.example",
    "HTTPS://EVIL.EXAMPLE",
    "hxxps://evil.example",
    "ftp://muster.example.com/",
    "https://1.2.3.4/x",
    "1.2.3.4/x",
    "https://2130706433/",
    "https://[::1]/",
    "//evil.example/x",
    "\\\\evil.example\\share",
    "evil.com",
    "evil.com/path",
    "EVIL.COM",
    "evil.tech",
    "evil.de",
    "evil.co.uk/x",
    "evil.py/x",
    "www.evil",
    "xn--80ak6aa92e.com",
    "muster.example.com.evil.io",
    "evil\uff0ecom",
    "evil\u3002example",
    "evil\uff61com",
    "evil\u2024com",
    "eve@evil.example",
    "mailto:eve@evil.example",
    "mailto:eve@muster.example.com",
    "tel:+4912345",
    "sms:12345",
    "data:text/html;base64,PHNjcmlwdD4=",
    "javascript:alert(1)",
    "vbscript:msgbox",
    "file:///etc/passwd",
    "slack://channel?id=1",
    "ms-settings:x",
    "intent://evil",
    "[docs](https://evil.example)",
    "[docs](//evil.example)",
    "[docs][1]",
    "[1]: https://evil.example",
    "<https://evil.example|docs>",
    "<https://muster.example.com|https://evil.example>",
    "<https://muster.example.com|docs>",
    "![x](https://muster.example.com/a.png)",
    "![x][1]",
    "<a href=//evil.example>x</a>",
    "<img src=x onerror=alert(1)>",
    "&lt;img src=x&gt;",
    "&#60;img src=x&#62;",
    "<!channel>",
    "<!subteam^S123>",
    "<@U123>",
    "<#C123>",
    "<at>Ann</at>",
    "@channel",
    "@here",
    "@Ann",
    "\uff20channel",
    '{"tool": "resolve"}',
    "```sh```",
]


@pytest.mark.parametrize("trick", TRICKS)
def test_no_trick_leads_anybody_anywhere(trick: str) -> None:
    for said in (f"See {trick} now.", trick, f"({trick})", f'"{trick}", they say'):
        assert not harmless(said, HOSTS), said


@pytest.mark.parametrize(
    "said",
    [
        "See https://muster.example.com/incidents/42 now.",
        "See https://wiki.corp.example/page?x=1#top.",
        "See muster.example.com/incidents/1 now.",
        "Error: timeout after 5 s at payments-api.",
        "error:timeout at 10.0.0.5:8080, and in 10.0.0.0/8.",
        "The pod checkout-7d9f.prod was restarted.",
        "java.lang.NullPointerException in com.acme.Checkout at line 42.",
        "config.yaml, values.json and main.py were rolled back.",
        "Version 1.2.3 of service.go was deployed.",
        "p99 was 2.5 s. Then it fell.",
        "KubePodCrashLooping fired for kube-system/coredns.",
        "Restarted db-1.internal with systemctl; and/or 50 % more.",
        "checkout.prod.svc.cluster.local did not answer at 14:05.",
    ],
)
def test_what_engineers_write_is_no_trick(said: str) -> None:
    assert harmless(said, HOSTS)


def test_only_the_sentences_that_do_no_harm_are_left() -> None:
    said = "The pool was full. See evil.com for more. We raised the limit."
    assert harmless_part(said, HOSTS) == "The pool was full. We raised the limit."
