"""What a small scan takes before it reads a byte, in counts and not in seconds: gross losses fail here on any machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import dpkt
import pytest

ROOT = Path(__file__).parents[2]

_COUNTED = """
import json, re._compiler as compiler, sys
patterns, calls = [], 0
compile = compiler.compile
compiler.compile = lambda *arguments: patterns.append(arguments[0]) or compile(*arguments)
def count(frame, event, argument):
    global calls
    calls += event in ("call", "c_call")
from iotwatch.cli import main
sys.argv = ["iotwatch", "--db", sys.argv[1], "-q", "scan", "--exit-zero", sys.argv[2]]
sys.setprofile(count)
try:
    main()
except SystemExit as end:
    sys.setprofile(None)
    code = end.code
modules = sorted(sys.modules)
print(json.dumps({"code": code, "calls": calls, "patterns": len(patterns), "modules": modules}), file=sys.stderr)
"""

# Today: 870 modules, 499 of them ours (radio sweeps, item trackers, SIM cards and modems' diagnostics brought 59); 100 patterns,
# most of the libraries'; 540,000 calls.
MOST_MODULES = 915
MOST_OURS = 515
MOST_PATTERNS = 120
MOST_CALLS = 580_000
# What a capture of names and pages needs none of.
ABSENT = (
    *("asyncio", "cryptography", "dateutil", "dpkt", "multiprocessing", "numpy.ma"),
    *("concurrent.futures", "jinja2", "pyshark", "sqlite_utils", "tomllib", "yara_x"),
    *("iotwatch.handoff", "iotwatch.observe.firmware", "iotwatch.unpack"),
)


def _capture(path: Path) -> None:
    """A client asks for a name and fetches a page."""
    asked = dpkt.dns.DNS(id=7, qd=[dpkt.dns.DNS.Q(name="api.example.com")])
    with path.open("wb") as file:
        writer = dpkt.pcap.Writer(file)
        for port, protocol, segment in (
            (53, 17, dpkt.udp.UDP(sport=4000, dport=53, ulen=8 + len(bytes(asked)), data=bytes(asked))),
            (80, 6, dpkt.tcp.TCP(sport=4001, dport=80, seq=1, flags=2)),
            (
                80,
                6,
                dpkt.tcp.TCP(sport=4001, dport=80, seq=2, flags=24, data=b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"),
            ),
        ):
            packet = dpkt.ip.IP(src=b"\x0a\0\0\x02", dst=b"\xcb\0\x71\x05", p=protocol, data=segment)
            frame = dpkt.ethernet.Ethernet(src=b"\2" * 6, dst=b"\4" * 6, data=packet)
            writer.writepkt(bytes(frame), ts=1_700_000_000 + port)


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """The counts of a second scan: the first one keeps what the TOML files say, as an installed package has it."""
    folder = tmp_path_factory.mktemp("start")
    _capture(folder / "one.pcap")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    for number in range(2):
        command = [sys.executable, "-c", _COUNTED, str(folder / f"{number}.db"), str(folder / "one.pcap")]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=True)
    found: dict[str, object] = json.loads(done.stderr.splitlines()[-1])
    assert found["code"] == 0
    return found


def test_a_small_scan_loads_few_modules(counted: dict[str, list[str]]) -> None:
    modules = counted["modules"]
    assert [name for name in ABSENT if name in modules] == []
    assert len([name for name in modules if name.startswith("iotwatch")]) <= MOST_OURS
    assert len(modules) <= MOST_MODULES


def test_a_small_scan_compiles_few_patterns(counted: dict[str, int]) -> None:
    assert counted["patterns"] <= MOST_PATTERNS


def test_a_small_scan_makes_few_calls(counted: dict[str, int]) -> None:
    assert counted["calls"] <= MOST_CALLS
