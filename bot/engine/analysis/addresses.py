"""Where words would lead: links, bare hosts and mail addresses, however they are written.

A surface may make a link of `evil.com` by itself, and of dots that only look like one; so what is
looked at is the text as a browser would read it.
"""

import re
from collections.abc import Collection
from typing import Final
from unicodedata import normalize
from urllib.parse import urlsplit

_GENERIC: Final = """
academy agency app art bank bar biz blog build business buzz cafe capital care cash center chat
city click cloud club codes com community company computer consulting cool coop data day delivery
design dev digital direct directory domains download earth education email energy engineer events
example exchange expert express fail faith finance financial fit foundation fun fund fyi gallery
games global gmbh gold graphics group guide guru health help host hosting house icu inc info
institute insure international invalid invest io jobs land legal life limited link live loan lol
ltd management market marketing media men mobi money mov museum name net network news ninja one
online onl org page partners party pay photos pics pictures place plus press pro property pub
quest racing red rest review reviews rip rocks run sale school science security services share
shop show site social software solutions space store stream studio style support systems team tech
technology test tips tlds today tools top town toys trade trading training travel university
vacation ventures video vip watch web webcam website wiki win work works world wtf xxx xyz zip
zone edu gov mil int arpa
"""
_COUNTRIES: Final = """
ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw
by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et
eu fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id
ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu
lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np
nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sk
sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy
uz va vc ve vg vi vn vu wf ws ye yt za zm zw
"""
_ENDINGS: Final = frozenset((*_GENERIC.split(), *_COUNTRIES.split()))
"""Of hosts that a surface may recognise: https://data.iana.org/TLD/tlds-alpha-by-domain.txt"""

_FILES: Final = frozenset(("md", "mk", "pl", "pm", "ps", "py", "rs", "so", "tf", "cc"))
"""Endings of files too; with nothing behind it, `main.py` is taken for one."""

_SCHEMED: Final = """
about blob callto chrome data facetime file ftp gtalk http https intent itms jar javascript magnet
mailto msteams sftp sip sips skype slack sms smb spotify ssh tel telnet tg vbscript view-source
vscode whatsapp ws wss xmpp zoommtg
"""
_SCHEMES: Final = frozenset(_SCHEMED.split())
"""Those that open something without `//`."""

_DOTS: Final = re.compile(r"(?<=[a-z0-9-])[\u3002\uff61\u2024](?=[a-z0-9])", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"(?i)\b([a-z][a-z0-9+.-]{1,20}):(?=[^\s])[^\s<>\"')\]|]*")
_HOST: Final = re.compile(
    r"(?i)(?<![\w.@:/-])(?:[^\s@<>\"'()\[\]|]*@)?((?:[\w-]+\.)+[a-z][a-z0-9-]+)"
    r"(?![\w-])([:/?#][^\s<>\"')\]|]*)?"
)
_NUMBERED: Final = re.compile(r"(?i)(?<![\w.:/])\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?/[a-z]")
_SLASHES: Final = re.compile(r"(?<![:\w/\\])(?://|\\\\)\w")


def leads_elsewhere(text: str, hosts: Collection[str]) -> bool:
    """Whether anybody could be led to a host that is not among these, or by another way than the
    web's."""
    said = as_read(text)
    if _SLASHES.search(said) or _NUMBERED.search(said):
        return True
    bare = []
    for found in _ADDRESS.finditer(said):
        if not _good(found[0], found[1].lower(), hosts):
            return True
        bare.append(found.span())
    return any(
        not any(start <= found.start(1) < end for start, end in bare) and _strange(found, hosts)
        for found in _HOST.finditer(said)
    )


def as_read(text: str) -> str:
    """With wide letters and look-alikes of dots as what a browser takes them for."""
    return _DOTS.sub(".", normalize("NFKC", _DOTS.sub(".", text)))


def _good(address: str, scheme: str, hosts: Collection[str]) -> bool:
    """`error:timeout` is no address; what is one leads to a known host, and to it alone."""
    if "//" not in address and scheme not in _SCHEMES and not scheme.startswith("ms-"):
        return True
    if scheme not in {"http", "https"} or address.count("//") != 1:
        return False
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    return "@" not in parts.netloc and "\\" not in address and host.rstrip(".") in hosts


def _strange(found: re.Match[str], hosts: Collection[str]) -> bool:
    host, behind = found[1].lower(), found[2]
    ending = host.rpartition(".")[2]
    if host.startswith("www.") or ending.startswith("xn--"):
        return host not in hosts
    if ending not in _ENDINGS or (ending in _FILES and not behind and "@" not in found[0]):
        return False
    return host not in hosts or "@" in found[0]
