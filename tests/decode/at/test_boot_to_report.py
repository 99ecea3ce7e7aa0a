"""From power-up to the last report, as a whole scan reads it off a serial port: ten makers, many ways to log."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.store import Store
from tests.decode.at.dialogues import STYLES, events, raw
from tests.decode.at.makers import DIALOGUES

BOOT = (
    *(
        "U-Boot 2021.04 (Jan 01 2026 - 00:00:00 +0000)",
        "DRAM:  128 MiB",
        "Starting kernel ...",
        "modem: power key 1500 ms",
    ),
    *("RDY", "+CFUN: 1", "+CPIN: READY", "Call Ready", "SMS Ready", "+CREG: 1", "gnss: cold start"),
)
REPORTS = (
    *(
        '+CEREG: 1,"1A2B","01C3D4E5",7',
        "+CSQ: 21,99",
        "^RSSI: 19",
        '+QIURC: "recv",0',
        "+CTZV: 32",
        "RING",
        "NO CARRIER",
    ),
    *(
        "sensor: vbat 3912 mV",
        "app: next report in 30 s",
        "+CGEV: ME PDN ACT 1",
        '+CMTI: "SM",3',
        "*PSUTTZ: 2026,11,22",
    ),
)


def boot_to_report(maker: str, seed: int, *, echo: bool) -> list[tuple[str, str]]:
    """The dialogue with a boot before it, unsolicited reports and a program's lines between exchanges, and a second round."""
    rng = random.Random(seed)
    said = [("<", line) for line in BOOT]
    for way, line in events(maker, echo=echo):
        said.append((way, line))
        if line == "OK" and rng.random() < 0.6:
            said += [("<", report) for report in rng.sample(REPORTS, rng.randrange(1, 3))]
    return [*said, *events(maker, echo=echo)[-4:], ("<", '+CPSMSTATUS: "ENTER PSM"')]


def _picocom(said: list[tuple[str, str]]) -> bytes:
    head = b"picocom v3.1\r\n\r\nport is        : /dev/ttyUSB2\r\nbaudrate is    : 115200\r\n\r\n"
    return (
        head
        + b"Type [C-a] [C-h] to see available commands\r\nTerminal ready\r\n"
        + raw(said)
        + b"\r\nTerminating...\r\nThanks for using picocom\r\n"
    )


def _screen(said: list[tuple[str, str]]) -> bytes:
    return b"\x1b[2J\x1b[H" + b"".join(b"\x1b[K" + line.encode() + b"\r\r\n" for _, line in said)


def _noisy(said: list[tuple[str, str]]) -> bytes:
    rng = random.Random(4)
    out = b"\x00\xfe\xf8" + rng.randbytes(20)
    for way, line in said:
        out += (
            (bytes([rng.choice((0, 255, 254))]) if rng.random() < 0.1 else b"")
            + line.encode()
            + (b"\r" if way == ">" else b"\r\n")
        )
    return out


def _split(said: list[tuple[str, str]]) -> bytes:
    """Reads of a few bytes each, as a program logs them that does not wait for line ends."""
    rng, data, rows = random.Random(9), raw(said), []
    at = 0
    while at < len(data):
        size = rng.randrange(3, 24)
        rows.append(f"2026-11-22 10:00:{at % 60:02}.{at % 1000:03} DEBUG read: {data[at : at + size]!r}")
        at += size
    return "\n".join(rows).encode()


def _sigrok(said: list[tuple[str, str]]) -> bytes:
    return "\n".join(f"uart-1: {byte:02X}" for byte in raw(said)).encode()


WAYS: dict[str, Callable[[list[tuple[str, str]]], bytes]] = {
    "picocom": _picocom,
    "screen": _screen,
    "noise": _noisy,
    "split reads": _split,
    "sigrok": _sigrok,
    **{
        name: STYLES[name]
        for name in (
            "minicom",
            "hexdump",
            "logic analyser, hex",
            "logic analyser, characters",
            "ModemManager",
            "syslog",
        )
    },
    **{name: STYLES[name] for name in ("iso", "brackets", "esp", "serial tool", "quotes", "table", "colours")},
}
KEYS = {
    "vendor": "vendor",
    "model": "model",
    "firmware": "firmware_version",
    "imei": "imei",
    "imsi": "imsi",
    "iccid": "iccid",
}


@pytest.mark.parametrize("maker", DIALOGUES)
def test_all_that_the_log_holds_is_told(maker: str, tmp_path: Path) -> None:
    """Each way of logging is an asset of its own; half of the logs have the module's echo."""
    logs = tmp_path / "logs"
    logs.mkdir()
    for number, (name, way) in enumerate(WAYS.items()):
        (logs / f"{name}.log").write_bytes(way(boot_to_report(maker, number, echo=number % 2 == 0)))
    scan([logs], tmp_path / "case.db", Plan(jobs=1))
    with Store(tmp_path / "case.db") as store:
        modules = store.query("SELECT * FROM modules")
        said = store.query(
            "SELECT asset, observations.kind AS kind, value FROM observations JOIN sources ON sources.id = source_id"
        )
        places = store.query("SELECT asset, latitude, longitude FROM positions WHERE latitude IS NOT NULL")
    truth: dict[str, Any] = DIALOGUES[maker][1]
    wrong: dict[str, object] = {}
    for name in WAYS:
        mine = [row for row in modules if row["asset"].endswith(f"{name}.log")]
        told = {(row["kind"], row["value"]) for row in said if row["asset"].endswith(f"{name}.log")}
        fixes = [(row["latitude"], row["longitude"]) for row in places if row["asset"].endswith(f"{name}.log")]
        if len(mine) != 1 or any(mine[0][column] != truth[key] for key, column in KEYS.items()):
            wrong[name] = [{key: row[column] for key, column in KEYS.items()} for row in mine]
        elif ("apn", truth["apn"]) not in told or (truth["server"] and ("at.server", truth["server"]) not in told):
            wrong[name] = sorted(one for one in told if one[0] in ("apn", "at.server"))
        elif truth["position"] and not any(place == pytest.approx(truth["position"], abs=1e-5) for place in fixes):
            wrong[name] = fixes
    assert wrong == {}
