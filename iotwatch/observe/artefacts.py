"""A file out of an image, or a text -> observations: what the signatures know in it, and the endpoints it names."""

from __future__ import annotations

import re
from typing import Any

from iotwatch.model import Evidence
from iotwatch.observe.collector import Collector
from iotwatch.read.stream import Stream
from iotwatch.signatures import Match, Signatures

# The bounded classes and lengths keep this linear; the host part is checked again below.
_URL = re.compile(
    rb"\b(https?|mqtts?|coaps?|wss?|tcp|udp|ftp|ntrip)://([A-Za-z0-9.-]{3,253})(:[0-9]{1,5})?(/[!-~]{0,200})?"
)
_HOST = re.compile(r"^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}$|^[0-9]{1,3}(?:\.[0-9]{1,3}){3}$")
_MAX_URLS = 2_000
# Names that stand in almost every root file system and say nothing (reference facts: firmware signatures, known noise).
_NOISE = (
    *("w3.org", "xmlsoap.org", "freedesktop.org", "iana.org", "gnu.org", "openssl.org", "isc.org", "samba.org"),
    *("example.com", "example.org", "purenetworks.com", "realtek.com", "kernel.org", "debian.org", "ietf.org"),
    *(
        "apache.org",
        "mozilla.org",
        "sourceforge.net",
        "github.com",
        "gnome.org",
        "python.org",
        "busybox.net",
        "launchpad.net",
    ),
)


def observe_artefact(stream: Stream, signatures: Signatures, collector: Collector) -> None:
    """Add what stands in the bytes of one artefact; every hit names its file and offset."""
    who = f"path:{stream.path}" if stream.path else ""
    # What is active comes first: the same value again only counts, and must not stay marked as a comment.
    for match in sorted(signatures.scan(stream.data), key=lambda match: _inactive(stream, match)):
        value = stream.data[match.start : match.end].decode("latin-1")[:200]
        if collector.wants("text", who, value):
            collector.add("text", who, value, _evidence(stream, match.start, match.end), _match_facts(stream, match))
    for hit in _urls(stream.data):
        url = hit[0].decode("latin-1")
        if collector.wants("text.url", who, url):
            host = hit[2].decode("latin-1").lower().rstrip(".")
            inactive = _is_comment(stream.data, hit.start())
            collector.add(
                "text.url", who, url, _evidence(stream, hit.start(), hit.end()), {"host": host, "inactive": inactive}
            )


def _match_facts(stream: Stream, match: Match) -> dict[str, Any]:
    """What judging needs of a match: its role was settled by all of the file's matches and is not found again from one."""
    facts: dict[str, Any] = {
        "signature": match.signature,
        "vendor": match.vendor,
        "product": match.product,
        "version": match.version,
        "identifies": match.identifies,
        "confidence": match.confidence.name.lower(),
        "weak": match.weak,
    }
    if _inactive(stream, match):
        facts["inactive"] = True
    return facts


def _inactive(stream: Stream, match: Match) -> bool:
    """A far end that is named in a commented line of a configuration is not in use."""
    return match.identifies == "endpoint" and _is_comment(stream.data, match.start)


def _urls(data: bytes) -> list[re.Match[bytes]]:
    hits = []
    for hit in _URL.finditer(data):
        host = hit[2].decode("latin-1").lower().rstrip(".")
        if _HOST.match(host) and not any(host == name or host.endswith("." + name) for name in _NOISE):
            hits.append(hit)
            if len(hits) >= _MAX_URLS:
                break
    return hits


def _is_comment(data: bytes, start: int) -> bool:
    line = data.rfind(b"\n", max(0, start - 500), start) + 1
    return data[line:start].lstrip()[:1] in (b"#", b";")


def _evidence(stream: Stream, start: int, end: int) -> Evidence:
    return stream.evidence(start, max(end, start + 1))
