"""Running Suricata, where it is installed, over the captures that rules come from and over the benign capture."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from iotwatch.errors import IotwatchError
from iotwatch.files.scratch import scratch
from iotwatch.handoff.cutout import cut_out
from iotwatch.handoff.rules import benign_capture
from iotwatch.patterns import regex
from iotwatch.read import sniff
from iotwatch.report.reader import EvidenceReader

_SECONDS = 120
_WHOLE_BYTES = 256 << 20
_ALERT = regex(r"\[\*\*\] \[\d+:(\d+):\d+\]")


class Trial(msgspec.Struct, frozen=True):
    """Which rules fired, by their ids; ``said`` is one line about the trial. ``ran`` is false where there was none."""

    ran: bool = False
    fired: frozenset[int] = frozenset()
    fired_on_benign: frozenset[int] = frozenset()
    said: str = "not tried: suricata absent"


class _Failed(Exception):
    """Suricata did not run to its end; the text is its reason."""


def try_rules(reader: EvidenceReader, rules: str, evidence: Iterable[tuple[str, int]]) -> Trial:
    """Run ``rules`` over where they come from, and over the benign capture.

    ``evidence`` is pairs of a source's path and a finding's row id: a plain capture is read as it is, of any other source
    (compressed, inside an image, very big) the finding's packets are cut out.
    """
    program = shutil.which("suricata")
    if program is None:
        return Trial()
    with scratch() as folder:
        (folder / "iotwatch.rules").write_text(rules, encoding="utf-8")
        try:
            fired: set[int] = set()
            for number, capture in enumerate(_captures(reader, folder, evidence)):
                fired |= _run(program, folder, capture, number)
            benign = benign_capture()
            on_benign = _run(program, folder, benign, -1) if benign.is_file() else set()
        except _Failed as error:
            return Trial(said=f"not tried: {error}")
    said = "tried: each rule fires in suricata on its own evidence"
    return Trial(ran=True, fired=frozenset(fired), fired_on_benign=frozenset(on_benign), said=said)


def _captures(reader: EvidenceReader, folder: Path, evidence: Iterable[tuple[str, int]]) -> Iterator[Path]:
    done: set[str | int] = set()
    for source, finding in evidence:
        plain = _is_plain(Path(source))
        key = source if plain else finding
        if key in done:
            continue
        done.add(key)
        capture = Path(source) if plain else folder / f"{finding}.pcapng"
        if plain or _cut(reader, finding, capture):
            yield capture


def _is_plain(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return sniff(file.read(512)) in ("pcap", "pcapng") and path.stat().st_size <= _WHOLE_BYTES
    except OSError:
        return False


def _cut(reader: EvidenceReader, finding: int, path: Path) -> bool:
    """Whether the finding has packets, which are then in ``path``; a tie or a program may have none."""
    try:
        with path.open("wb") as file:
            cut_out(reader, finding, file)
    except IotwatchError:
        return False
    return True


def _run(program: str, folder: Path, capture: Path, number: int) -> set[int]:
    """The ids of the rules that fire on ``capture``."""
    logs = folder / f"logs{number}"
    logs.mkdir()
    command = [
        *(program, "-r", str(capture), "-S", str(folder / "iotwatch.rules"), "-l", str(logs)),
        # Captures taken on the sender itself have checksums that its network card had yet to fill in.
        *("-k", "none", "--runmode", "single"),
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _Failed(f"suricata does not run: {type(error).__name__}") from error
    if done.returncode:
        lines = (done.stderr or done.stdout).splitlines() or ["no reason given"]
        raise _Failed(f"suricata failed: {lines[-1][:200]}")
    log = logs / "fast.log"
    if not log.exists():
        return set()
    return {int(sid) for sid in _ALERT.findall(log.read_text(encoding="utf-8", errors="replace"))}
