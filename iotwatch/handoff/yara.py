"""YARA rules for firmware: per finding and file the texts of its evidence, tried with yara-x on that file before they are written.

A rule fires on the file inside the image (what ``unblob``, ``binwalk -e`` or a mount gives), or on the image itself where it
is neither packed nor compressed. Secrets give no rule: their texts are the secret. Neither does what stands in very many innocent
devices: code of known open-source projects, software of the host's side.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from iotwatch.errors import ReplayError
from iotwatch.handoff.rules import CAUTION, Rules, Sources, benign_samples, in_comment
from iotwatch.model import Cut, Place
from iotwatch.report.forms.indicators import is_common
from iotwatch.report.reader import EvidenceReader, Reader
from iotwatch.version import __version__

_SHORTEST, _LONGEST, _MOST = 6, 128, 12
_TOGETHER = 10
_SECONDS = 30
# The role of software that can drive modules, as ModemManager can.
_HOST = "host"


class _Draft(msgspec.Struct, frozen=True):
    """One rule to be: what it is about, the file it must fire on, and its texts."""

    name: str
    finding: dict[str, Any]
    source: str
    sha256: str
    path: str
    holder: Place | None
    texts: tuple[bytes, ...]


def yara_rules(reader: EvidenceReader, asset: str = "", finding: int | None = None) -> Rules:
    """Rules for all findings in images, for those of one asset, or for one finding (row id)."""
    written: list[str] = []
    left_out: list[str] = []
    with Sources() as sources:
        for draft in _drafts(reader.whole, asset, finding):
            text, reason = _rule(reader, draft)
            reason = reason or _trial(draft, text, sources)
            if reason:
                left_out.append(f"{draft.finding['fingerprint'][:8]} in {reader.told(draft.path)}: {reason}")
            else:
                written.append(text)
    head = [
        f"// iotwatch {__version__}: {CAUTION}",
        "// each rule was tried with yara-x: it fires on its own evidence and not on the benign samples",
        *(f"// left out: {in_comment(line)}" for line in left_out),
    ]
    return Rules("\n".join(head) + "\n\n" + "\n".join(written), len(written), tuple(left_out))


def _drafts(reader: Reader, asset: str, finding: int | None) -> Iterator[_Draft]:
    found = [row for row in reader.findings(asset) if finding in (None, row["id"])]
    for row in sorted(found, key=lambda row: (row["asset"], row["fingerprint"])):
        if row["kind"] == "secret" or is_common(row) or row["facts"].get("role") == _HOST:
            continue
        files: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
        for one in reader.evidence(row["id"]):
            if one["source_kind"] == "firmware":
                files[one["source_path"], one["source_sha256"], one["path"]].append(one)
        for number, ((source, sha256, path), evidence) in enumerate(sorted(files.items(), key=lambda item: item[0])):
            texts = dict.fromkeys(text for one in evidence for text in _texts(one))
            place = reader.place(evidence[0]["place_id"])
            holder = place.parent if isinstance(place.operation, Cut) else place
            name = f"iotwatch_{row['kind']}_{row['fingerprint']}_{number}"
            yield _Draft(name, row, source, sha256, path, holder, tuple(texts)[:_MOST])


def _texts(evidence: dict[str, Any]) -> Iterator[bytes]:
    """The printable text of an evidence that was stored whole; a line break ends it."""
    data = bytes.fromhex(evidence["excerpt"]).strip()
    if len(data) >= _SHORTEST and all(0x20 <= byte < 0x7F for byte in data):
        yield data[:_LONGEST]


def _rule(reader: Reader, draft: _Draft) -> tuple[str, str]:
    """The rule's text, or the reason why there is none."""
    texts = [text for text in draft.texts if not any(text in sample for sample in benign_samples())]
    if not texts:
        return "", "no text of it tells it from any program"
    texts = [text for text in texts if not reader.hides(text.decode("ascii"))]
    if sum(map(len, texts)) < _TOGETHER:
        return "", "its texts are too short to tell it" if texts else "its texts are identifiers (--unmask writes them)"
    meta = {
        "description": reader.told(draft.finding["title"]),
        "finding": draft.finding["fingerprint"],
        "severity": draft.finding["severity"],
        "confidence": draft.finding["confidence"],
        "file": reader.told(draft.path),
        "image_sha256": draft.sha256,
        "note": CAUTION,
    }
    lines = [f"rule {draft.name}", "{", "  meta:"]
    lines += [f'    {key} = "{_quoted(value.encode())}"' for key, value in meta.items()]
    lines += ["  strings:", *(f'    $t{number} = "{_quoted(text)}"' for number, text in enumerate(texts))]
    return "\n".join([*lines, "  condition:", "    all of them", "}", ""]), ""


def _quoted(data: bytes) -> str:
    """Bytes inside a YARA text string: the quote, the backslash and what is not printable ASCII are escaped."""
    return "".join(chr(byte) if 0x20 <= byte < 0x7F and byte not in b'"\\' else f"\\x{byte:02x}" for byte in data[:300])


def _trial(draft: _Draft, text: str, sources: Sources) -> str:
    """Empty when the rule fires on its own file and on no benign sample, else what went wrong."""
    try:
        data = sources.result(draft.source, draft.holder)
    except ReplayError as error:
        return f"not tried: {error}"
    if not _fires(text, [data]):
        return f"it does not fire on its evidence in {Path(draft.source).name}"
    return "it fires on a benign sample" if _fires(text, benign_samples()) else ""


def _fires(text: str, samples: Iterable[bytes]) -> bool:
    import yara_x

    scanner = yara_x.Scanner(yara_x.compile(text))
    scanner.set_timeout(_SECONDS)
    try:
        return any(scanner.scan(sample).matching_rules for sample in samples)
    except (yara_x.ScanError, yara_x.TimeoutError):
        return False
