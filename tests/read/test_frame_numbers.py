"""Frame numbers are Wireshark's: the bytes that a stream says are in frame n are in tshark's frame n."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from iotwatch.read import open_capture, read_capture, sniff

WANTED = 30
FOLDERS = ("benign", "location", "protocols", "cellular", "vendor")


def payloads(tshark: str, path: Path) -> dict[int, bytes]:
    """Frame number to the hex of the transport payloads that tshark sees in it."""
    command = [
        tshark,
        "-n",
        "-r",
        str(path),
        "-o",
        "tcp.desegment_tcp_streams:FALSE",
        "-T",
        "fields",
        "-E",
        "separator=/t",
    ]
    command += [part for name in ("frame.number", "tcp.payload", "udp.payload") for part in ("-e", name)]
    lines = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    rows = (line.split("\t") for line in lines)
    return {int(number): bytes.fromhex((tcp + udp).replace(":", "").replace(",", "")) for number, tcp, udp in rows}


@pytest.mark.corpus
@pytest.mark.programs
def test_frame_numbers_are_those_of_tshark(corpus: Path, program: Callable[[str], str]) -> None:
    compared = 0
    segments = 0
    for path in sorted(path for folder in FOLDERS for path in (corpus / "pcap" / folder).iterdir())[::3]:
        with path.open("rb") as head:
            if sniff(head.read(512)) not in ("pcap", "pcapng") or compared == WANTED:
                continue
        file, origin, _ = open_capture(path)
        with file:
            streams = [
                stream
                for stream in read_capture(file, origin=origin).streams
                if stream.flow is not None and not stream.flow.tunnel and stream.kind in ("tcp", "udp")
            ]
        if not streams:
            continue
        theirs = payloads(program("tshark"), path)
        for stream in streams:
            for (start, end), frame in zip(stream.segments(), stream.frames.tolist(), strict=True):
                if theirs.get(frame):
                    assert stream.data[start:end] in theirs[frame], (path.name, frame)
                    segments += 1
        compared += 1
    assert compared >= 20
    assert segments > 1000
