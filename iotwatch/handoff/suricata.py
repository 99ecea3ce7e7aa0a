"""Suricata rules from findings: names of far ends, user agents towards them, and how a tracker's messages begin.

Buffers are those of Suricata's own decoders (Suricata user guide: ``dns.query``, ``tls.sni``, ``http.host``, ``http.user_agent``);
ids are in the range that is kept for local rules (1000000 to 1999999) and made from what a rule looks for. What a rule looks for
is always checked against its evidence and the benign capture; where ``suricata`` is installed each rule must also fire on the
capture it comes from, and on no benign packet.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from iotwatch.errors import ReplayError
from iotwatch.handoff.rules import CAUTION, Rules, Sources, benign_samples, in_comment
from iotwatch.handoff.suricata_trial import Trial, try_rules
from iotwatch.patterns import regex
from iotwatch.report.forms.indicators import Indicator, indicators
from iotwatch.report.reader import EvidenceReader, Reader
from iotwatch.store import queries
from iotwatch.version import __version__
from iotwatch.words.kinds import Kind

_FIRST_ID, _IDS = 1_000_000, 1_000_000
_FRAME_BYTES, _LEAST_BINARY, _LEAST_TEXT = 4, 3, 4
_TEXT_BYTES = 6
_NO_DIGITS = regex(rb"\A[\x21-\x2f\x3a-\x7e]+")
_FAR_END = ("server", "server_port")
_BUFFERS = {Kind.DNS_QUERY: "dns", Kind.TLS_SNI: "tls", Kind.HTTP_HOST: "http"}
# Programs that everybody uses: their names tell nothing of the device.
_COMMON_AGENTS = regex(
    r"^(?:Mozilla/|curl/|libcurl|Wget|python-|Python-|okhttp/|Dalvik/|Go-http-client|Apache-HttpClient|Java/|BusyBox)"
)


class _Draft(msgspec.Struct, frozen=True):
    """One rule to be: its head, what it looks for as options, and the bytes that must stand in the evidence."""

    key: str
    head: str
    options: str
    says: str
    wanted: bytes
    source: str
    place: int
    finding: str
    asset: str


def suricata_rules(reader: EvidenceReader, asset: str = "", finding: int | None = None) -> Rules:
    """Rules for the far ends of all findings, of one asset's, or of one finding (row id)."""
    found = reader.whole.findings(asset)
    chosen = {(row["asset"], row["fingerprint"]): row for row in found if finding in (None, row["id"])}
    drafts: dict[str, _Draft] = {}
    left_out: list[str] = []
    for draft in _drafts(reader, asset, chosen):
        drafts.setdefault(draft.key, draft)
    kept: dict[int, tuple[_Draft, str]] = {}
    with Sources() as sources:
        for key, draft in sorted(drafts.items()):
            reason = _check(reader, draft, sources)
            if reason:
                left_out.append(f"{draft.says}: {reason}")
                continue
            sid = _sid(key, kept)
            kept[sid] = draft, _rule(draft, sid)
    evidence = sorted((draft.source, chosen[draft.asset, draft.finding]["id"]) for draft, _ in kept.values())
    trial = try_rules(reader, "".join(f"{text}\n" for _, text in kept.values()), evidence) if kept else Trial()
    for sid in [sid for sid in kept if trial.ran and (sid not in trial.fired or sid in trial.fired_on_benign)]:
        draft, _ = kept.pop(sid)
        what = "fires on the benign capture" if sid in trial.fired_on_benign else "does not fire on its evidence"
        left_out.append(f"{draft.says}: {what}")
    head = [
        f"# iotwatch {__version__}: {CAUTION}",
        "# what each rule looks for was found in its evidence, and not in the benign capture",
        f"# {trial.said}",
        *(f"# left out: {in_comment(line)}" for line in left_out),
    ]
    return Rules("\n".join([*head, *(text for _, text in kept.values())]) + "\n", len(kept), tuple(left_out))


_Row = dict[str, Any]
_Chosen = dict[tuple[str, str], _Row]
# No name of a server is empty.
_AGENTS = ""


def _drafts(reader: EvidenceReader, asset: str, chosen: _Chosen) -> Iterator[_Draft]:
    observed = _Observed(reader.whole)
    for indicator in indicators(reader, asset).found:
        if indicator.kind == "domain":
            yield from _names(observed, indicator, chosen)
    for row in chosen.values():
        if "decision" not in row["facts"] and row["facts"].get("direction") in ("up", "broadcast"):
            yield from _agents(reader, observed, row)
            yield from _frames(reader.whole, row)


def _names(observed: _Observed, indicator: Indicator, chosen: _Chosen) -> Iterator[_Draft]:
    """A rule for each protocol in which the asset gave the name."""
    for sighting in indicator.sightings:
        if (sighting.asset, sighting.fingerprint) not in chosen:
            continue
        for row in observed.names(sighting.asset, indicator.value):
            buffer = row["kind"]
            # Suricata gives http.host in lower case already and refuses nocase there.
            exact = _whole(buffer, indicator.value.encode())
            wanted = _labels(indicator.value) if buffer == Kind.DNS_QUERY else indicator.value.encode()
            yield _Draft(
                key=f"{buffer}|{indicator.value}",
                head=f"{_BUFFERS[buffer]} any any -> any any",
                options=exact + ("" if buffer == Kind.HTTP_HOST else " nocase;"),
                says=f"{indicator.value} in {buffer}",
                wanted=wanted,
                source=row["path"],
                place=json.loads(row["evidence"])["place"],
                finding=sighting.fingerprint,
                asset=sighting.asset,
            )


def _agents(reader: Reader, observed: _Observed, finding: _Row) -> Iterator[_Draft]:
    """User agents towards the far end of a finding, unless everybody uses them."""
    for row in observed.agents(finding["asset"]):
        value, facts = row["value"], row["facts"]
        if any(facts.get(name) != finding["facts"].get(name) for name in _FAR_END) or _COMMON_AGENTS.match(value):
            continue
        if len(value) < _LEAST_TEXT or reader.hides(value):
            continue
        yield _Draft(
            key=f"http.user_agent|{value}",
            head="http any any -> any any",
            options=_whole("http.user_agent", value.encode()),
            says=f"user agent {value}",
            wanted=value.encode(),
            source=row["path"],
            place=json.loads(row["evidence"])["place"],
            finding=finding["fingerprint"],
            asset=finding["asset"],
        )


def _frames(reader: Reader, finding: _Row) -> Iterator[_Draft]:
    """What all messages of a dialect begin with, towards the port of the far end; only where it is spoken bare."""
    found = reader.ask(queries.positions.spoken_bare, finding["id"])
    if not found:
        return
    first = found[0]
    start = _start([bytes.fromhex(json.loads(row["evidence"])["excerpt"]) for row in found])
    if not start:
        return
    way = "flow:established,to_server; " if first["transport"] == "tcp" else ""
    yield _Draft(
        key=f"frame|{first['transport']}|{first['server_port']}|{start.hex()}",
        head=f"{first['transport']} any any -> any {first['server_port']}",
        options=f'{way}content:"{_content(start)}";',
        says=f"messages of {first['dialect']} to port {first['server_port']}",
        wanted=start,
        source=first["path"],
        place=first["place_id"],
        finding=finding["fingerprint"],
        asset=finding["asset"],
    )


def _start(frames: list[bytes]) -> bytes:
    """The bytes that all frames begin with, few enough to hold no number of a device; empty when too few tell it."""
    low, high = min(frames), max(frames)  # what the outermost share, all share
    common = low[: next((at for at in range(len(low)) if high[at : at + 1] != low[at : at + 1]), len(low))]
    text = b"".join(_NO_DIGITS.findall(common)[:1])
    if len(text) >= _LEAST_TEXT:
        return text[:_TEXT_BYTES]
    return common[:_FRAME_BYTES] if len(common) >= _LEAST_BINARY else b""


class _Observed:
    """What assets' traffic said of names and agents, read once an asset."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._by_asset: dict[str, dict[str, list[_Row]]] = {}

    def names(self, asset: str, name: str) -> list[_Row]:
        """The first observation of a server's name in each protocol."""
        firsts: dict[str, _Row] = {}
        for row in self._of(asset).get(name, ()):
            firsts.setdefault(row["kind"], row)
        return list(firsts.values())

    def agents(self, asset: str) -> list[_Row]:
        return self._of(asset)[_AGENTS]

    def _of(self, asset: str) -> dict[str, list[_Row]]:
        if asset not in self._by_asset:
            found: dict[str, list[_Row]] = {_AGENTS: []}
            for row in self._reader.ask(queries.observations.names, asset):
                key = _AGENTS if row["kind"] == Kind.HTTP_AGENT else row["value"].lower().rstrip(".")
                found.setdefault(key, []).append(row)
            self._by_asset[asset] = found
        return self._by_asset[asset]


def _check(reader: Reader, draft: _Draft, sources: Sources) -> str:
    """Empty when what the rule looks for stands in its evidence and in no benign sample, else what went wrong."""
    try:
        data = sources.result(draft.source, reader.place(draft.place))
    except ReplayError as error:
        return f"not tried: {error}"
    if draft.wanted.lower() not in data.lower():
        return "its evidence does not hold it"
    return "a benign sample holds it" if any(draft.wanted in sample for sample in benign_samples()) else ""


def _sid(key: str, taken: dict[int, Any]) -> int:
    sid = _FIRST_ID + int(hashlib.sha256(key.encode()).hexdigest()[:12], 16) % _IDS
    while sid in taken:
        sid = _FIRST_ID + (sid + 1 - _FIRST_ID) % _IDS
    return sid


def _rule(draft: _Draft, sid: int) -> str:
    message = re.sub(r"[^\w .,:/()-]", "_", f"iotwatch: {draft.says} ({CAUTION})", flags=re.ASCII)[:200]
    return (
        f'alert {draft.head} (msg:"{message}"; {draft.options} metadata:iotwatch_finding {draft.finding};'
        f" sid:{sid}; rev:1;)"
    )


def _whole(buffer: str, value: bytes) -> str:
    """Options for a buffer that holds ``value`` and nothing else."""
    return f'{buffer}; content:"{_content(value)}"; startswith; endswith;'


def _labels(name: str) -> bytes:
    """A name as DNS sends it (RFC 1035 section 3.1): each label with its length."""
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))


def _content(data: bytes) -> str:
    """Bytes inside Suricata's ``content``: all but letters, digits and a few marks in hex between bars."""
    plain = re.compile(rb"[A-Za-z0-9 ._/+-]")
    out, in_hex = "", False
    for byte in data:
        is_plain = plain.fullmatch(bytes([byte])) is not None
        if is_plain == in_hex:
            out, in_hex = out + "|", not in_hex
        out += chr(byte) if is_plain else f"{'' if out.endswith('|') else ' '}{byte:02x}"
    return out + ("|" if in_hex else "")
