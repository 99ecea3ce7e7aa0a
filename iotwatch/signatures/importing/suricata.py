"""Suricata's rules for a name or an address (Suricata user guide, Rules): those that look at nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.patterns import regex
from iotwatch.signatures.importing.indicator import Indicator, LeftOut

NAME = "suricata"
_RULE = regex(
    r"^(?:alert|drop|reject|pass)\s+\S+\s+(\S+|\[[^\]]*\])\s+\S+\s+(?:->|<>)\s+(\S+|\[[^\]]*\])\s+\S+\s*\((.*)\)\s*$"
)
_HEAD = regex(r"(?m)^(?:alert|drop|reject)[ \t]+[a-z0-9-]+[ \t]+\S")
_OPTION = regex(r"([a-z_.]+)(?:\s*:\s*(!?\"(?:[^\"\\]|\\.)*\"|[^;\"]*))?;")
_BUFFERS = frozenset({"dns.query", "dns_query", "tls.sni", "tls_sni", "http.host", "http_host"})
_CONTENT = frozenset({"content", "pcre", "uricontent", "dataset", "byte_test", "byte_jump"})
_BYTES = regex(r"\|((?:[0-9A-Fa-f]{2} ?)+)\|")
_LONGEST = 8192


def claims(text: str) -> bool:
    """Whether a line begins as a rule does."""
    return _HEAD.search(text) is not None


def indicators(text: str) -> Iterator[Indicator | LeftOut]:
    """The name of a rule that looks for one in DNS, TLS or HTTP, or the addresses that it is for."""
    for line in text.splitlines():
        rule = line.strip()
        if not rule or rule.startswith("#"):
            continue
        found = _RULE.match(rule) if len(rule) <= _LONGEST else None
        yield from _of_rule(found[2], found[3]) if found else (LeftOut("no rule"),)


def _of_rule(target: str, body: str) -> Iterator[Indicator | LeftOut]:
    options = _OPTION.findall(body)
    told = {name: value.strip('"') for name, value in options if name in ("msg", "sid")}
    name, reference = told.get("msg", ""), f"sid {told['sid']}" if "sid" in told else ""
    looks = [(option, value) for option, value in options if option in _CONTENT]
    if not looks:
        addresses = [one.strip() for one in target.strip("[]").split(",")]
        for one in addresses:
            network = one[:1] in "$!" or one == "any" or "/" in one
            yield LeftOut("a rule for a network or a variable") if network else Indicator(one, name, reference)
    elif len(looks) > 1 or looks[0][0] != "content" or looks[0][1][:1] == "!":
        yield LeftOut("a rule that looks at more than a name")
    elif not any(option in _BUFFERS for option, _ in options):
        yield LeftOut("a rule for content")
    else:
        yield Indicator(_plain(looks[0][1].strip('"')).strip("."), name, reference)


def _plain(content: str) -> str:
    """Content with the bytes that stand in it as hexadecimal digits between bars."""
    return _BYTES.sub(lambda found: bytes.fromhex(found[1]).decode("latin-1"), content)
