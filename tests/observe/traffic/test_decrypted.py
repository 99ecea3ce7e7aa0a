"""TLS with a key log: real connections of openssl on loopback, recorded by tcpdump, read in clear and walked back to."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import struct
import subprocess
import time
from pathlib import Path

import dpkt
import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.errors import OptionError, ReplayError
from iotwatch.files import keylog
from iotwatch.files.known_places import KnownPlace
from iotwatch.handoff import evidence_bytes
from iotwatch.handoff.integrity import check
from iotwatch.place import tls
from iotwatch.report.reader import EvidenceReader
from iotwatch.store import Store
from iotwatch.words.measures import Measure

SAID = (
    b"GET /?id=123456789012345&lat=52.520008&lon=13.404954&timestamp=1796130338&speed=12 HTTP/1.1\r\n"
    b"Host: track.example\r\n\r\n"
)
UNKNOWN = b"\x05\x07" + struct.pack(">ii", 52_520_008, 13_404_954) + b"\x01\x02\x03"
MORE = b"X" * 40_000
VERSIONS = ("1_2", "1_3")


def _port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _record(folder: Path, version: str) -> Path:
    """A capture of one connection, and beside it the log of its secrets."""
    port, capture = _port(), folder / f"tls{version}.pcap"
    certificate = [
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "key.pem",
        "-out",
        "cert.pem",
        "-subj",
        "/CN=track.example",
    ]
    subprocess.run(["openssl", "req", "-x509", *certificate], cwd=folder, check=True, capture_output=True)
    served = [
        "openssl",
        "s_server",
        "-accept",
        str(port),
        "-key",
        "key.pem",
        "-cert",
        "cert.pem",
        "-quiet",
        "-naccept",
        "1",
    ]
    served += [f"-tls{version}", "-keylogfile", f"keys{version}.txt"]
    null, pipe = subprocess.DEVNULL, subprocess.PIPE
    heard = ["tcpdump", "-i", "lo", "-U", "-w", str(capture), "tcp", "port", str(port)]
    asked = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", f"-tls{version}", "-quiet", "-no_ign_eof"]
    with subprocess.Popen(heard, stderr=pipe) as tap:
        assert tap.stderr is not None
        if not any(b"listening" in line for line in tap.stderr):
            pytest.skip("tcpdump may not listen on the loopback interface")
        # Its standard input stays open: at its end s_server ends too.
        with subprocess.Popen(served, cwd=folder, stdin=pipe, stdout=null, stderr=null) as server:
            _wait(port)
            with subprocess.Popen(asked, stdin=pipe, stdout=null, stderr=null) as client:
                assert client.stdin is not None
                assert server.stdin is not None
                for message in (SAID, UNKNOWN, MORE):
                    client.stdin.write(message)
                    client.stdin.flush()
                    time.sleep(0.3)
                server.stdin.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                server.stdin.flush()
                time.sleep(0.3)
                client.kill()
            server.kill()
        time.sleep(0.3)
        tap.send_signal(signal.SIGINT)
    return capture


def _wait(port: int) -> None:
    """Until somebody listens, without a connection: the server takes one."""
    for _ in range(100):
        listening = f":{port:04X} 00000000:0000 0A"
        if any(listening in Path(f"/proc/net/{table}").read_text() for table in ("tcp",)) or any(
            f":{port:04X} {'0' * 32}:0000 0A" in line for line in Path("/proc/net/tcp6").read_text().splitlines()
        ):
            return
        time.sleep(0.05)
    raise AssertionError("openssl s_server does not listen")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a capture and a key log of each version of TLS."""
    for name in ("openssl", "tcpdump", "tshark"):
        if shutil.which(name) is None:
            pytest.skip(f"the program {name} is not installed")
    folder = tmp_path_factory.mktemp("tls")
    for version in VERSIONS:
        _record(folder, version)
    return folder


@pytest.fixture(autouse=True)
def no_key_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(keylog.VARIABLE, raising=False)


def _scan(capture: Path, database: Path, monkeypatch: pytest.MonkeyPatch, *logs: Path) -> dict[Measure, list[str]]:
    """Scan with key logs; the notes of what was and was not decrypted."""
    monkeypatch.setenv(keylog.VARIABLE, os.pathsep.join(map(str, logs)))
    known = (KnownPlace(52.520008, 13.404954),)
    scan([capture], database, Plan.of_sweep(None, known=known))
    rows = _rows(database)
    told: dict[Measure, list[str]] = {Measure.TLS_DECRYPTED: [], Measure.TLS_LEFT: []}
    for measure, note in rows:
        if measure in told:
            told[measure].append(note)
    return told


def _rows(database: Path, question: str = "SELECT measure, note FROM coverage") -> list[tuple[str, ...]]:
    import sqlite3

    with sqlite3.connect(database) as connection:
        return connection.execute(question).fetchall()


def _held(database: Path) -> tuple[int, list[str]]:
    with Store(database, create=False) as store:
        checked = list(check(EvidenceReader(store, masked=False)))
    return sum(one.evidence for one in checked), [change for one in checked for change in one.changes]


@pytest.mark.parametrize("version", VERSIONS)
def test_what_was_said_inside_tls_is_read_told_and_walked_back_to(
    recorded: Path, version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture, log, database = recorded / f"tls{version}.pcap", recorded / f"keys{version}.txt", tmp_path / "a.db"
    told = _scan(capture, database, monkeypatch, log)
    digest = hashlib.sha256(log.read_bytes()).hexdigest()
    said = f"inside TLS, decrypted with the key log {digest[:16]}"
    assert told[Measure.TLS_DECRYPTED] == [f"1 connection(s) {said}"]
    assert told[Measure.TLS_LEFT] == []
    positions = _rows(database, "SELECT dialect, method, latitude FROM positions")
    assert ("osmand", "decoded", pytest.approx(52.520008)) in positions
    assert any(method == "known-position" for _, method, _ in positions)
    reasons = " ".join(str(row) for row in _rows(database, "SELECT * FROM findings"))
    assert f"the key log {digest[:16]}" in reasons
    # Every evidence is taken from the capture again.
    held, changes = _held(database)
    assert held >= 2
    assert changes == []
    # No secret stands in the database.
    secrets = [line.split()[2] for line in log.read_text().splitlines() if not line.startswith("#")]
    stored = database.read_bytes()
    assert secrets
    assert not any(one.encode() in stored or bytes.fromhex(one) in stored for one in secrets)


def test_without_its_key_log_the_evidence_asks_for_it(
    recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, database = recorded / "keys1_3.txt", tmp_path / "a.db"
    _scan(recorded / "tls1_3.pcap", database, monkeypatch, log)
    monkeypatch.setenv(keylog.VARIABLE, str(recorded / "keys1_2.txt"))
    digest = hashlib.sha256(log.read_bytes()).hexdigest()
    inside = _rows(database, "SELECT e.id FROM evidence e JOIN positions p ON p.place_id = e.place_id")
    with Store(database, create=False) as store, pytest.raises(ReplayError, match=f"SHA-256 {digest}"):
        evidence_bytes(EvidenceReader(store, masked=False), int(inside[0][0]))


@pytest.mark.parametrize("version", VERSIONS)
def test_secrets_in_the_capture_need_no_key_log(
    recorded: Path, version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program
) -> None:
    capture, database = tmp_path / "with.pcapng", tmp_path / "a.db"
    told = ["--inject-secrets", f"tls,{recorded / f'keys{version}.txt'}", str(recorded / f"tls{version}.pcap")]
    subprocess.run([program("editcap"), *told, str(capture)], check=True)
    notes = _scan(capture, database, monkeypatch)
    assert notes[Measure.TLS_DECRYPTED] == ["1 connection(s) inside TLS, decrypted with secrets in the capture"]
    assert _rows(database, "SELECT count(*) FROM positions WHERE dialect = 'osmand'") == [(1,)]
    assert _held(database)[1] == []


def test_a_key_log_of_other_connections_is_told(
    recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = _scan(recorded / "tls1_3.pcap", tmp_path / "a.db", monkeypatch, recorded / "keys1_2.txt")
    assert notes == {
        Measure.TLS_DECRYPTED: [],
        Measure.TLS_LEFT: ["connections inside TLS: no secret of it is in the key log"],
    }


def test_wrong_secrets_are_told(recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = tmp_path / "wrong.txt"
    lines = [line.split() for line in (recorded / "keys1_2.txt").read_text().splitlines() if line[0] != "#"]
    wrong.write_text("".join(f"{label} {random} {'ab' * (len(secret) // 2)}\n" for label, random, secret in lines))
    notes = _scan(recorded / "tls1_2.pcap", tmp_path / "a.db", monkeypatch, wrong)
    assert notes[Measure.TLS_DECRYPTED] == []
    assert notes[Measure.TLS_LEFT] == ["connections inside TLS: its secrets do not fit"]


def test_secrets_of_one_direction_are_told(recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part = tmp_path / "part.txt"
    lines = (recorded / "keys1_3.txt").read_text().splitlines()
    part.write_text("\n".join(one for one in lines if "SERVER_TRAFFIC" not in one))
    notes = _scan(recorded / "tls1_3.pcap", tmp_path / "a.db", monkeypatch, part)
    assert len(notes[Measure.TLS_DECRYPTED]) == 1
    assert notes[Measure.TLS_LEFT] == [
        "connections inside TLS: some of it stays encrypted: secrets are missing or wrong"
    ]


def test_without_tshark_it_is_told(recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tls.shutil, "which", lambda _: None)
    notes = _scan(recorded / "tls1_2.pcap", tmp_path / "a.db", monkeypatch, recorded / "keys1_2.txt")
    assert notes[Measure.TLS_LEFT] == ["connections inside TLS: tshark is not installed"]


def test_a_capture_that_begins_later_is_told(recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    later = tmp_path / "later.pcap"
    with (recorded / "tls1_2.pcap").open("rb") as file, later.open("wb") as out:
        writer = dpkt.pcap.Writer(out)
        for number, (when, frame) in enumerate(dpkt.pcap.Reader(file)):
            if number > 10:
                writer.writepkt(frame, when)
    notes = _scan(later, tmp_path / "a.db", monkeypatch, recorded / "keys1_2.txt")
    assert notes[Measure.TLS_LEFT] == ["connections inside TLS: its beginning, or one direction, is not in the capture"]


def test_many_connections_read_together_give_what_each_gives_alone(recorded: Path) -> None:
    talks = [_conversation(recorded, version) for version in VERSIONS] * 3
    alone = [tls.decrypted([one])[0] for one in talks[:2]] * 3
    assert tls.decrypted(talks) == alone
    assert b"".join(one.data for one in alone[0] if one.side == 0) == SAID + UNKNOWN + MORE


def _conversation(folder: Path, version: str) -> tls.Conversation:
    pieces: list[tuple[int, bytes]] = []
    with (folder / f"tls{version}.pcap").open("rb") as file:
        for _, frame in dpkt.pcap.Reader(file):
            segment = dpkt.ethernet.Ethernet(frame).data.data
            if isinstance(segment, dpkt.tcp.TCP) and segment.data:
                first = pieces[0][2] if pieces else segment.sport
                pieces.append((int(segment.sport != first), bytes(segment.data), first))  # type: ignore[arg-type]
    random = tls.client_random(pieces[0][1])
    log = keylog.read_text((folder / f"keys{version}.txt").read_bytes())
    return tls.Conversation(tuple((side, data) for side, data, _ in pieces), log.lines(random))


def test_a_key_log_that_is_none_is_refused(tmp_path: Path) -> None:
    absent = {keylog.VARIABLE: str(tmp_path / "absent")}
    with pytest.raises(OptionError, match="No such file"):
        list(keylog.given(absent))
    (tmp_path / "text").write_text("CLIENT_RANDOM 00 00\n" * 1000)
    with pytest.raises(OptionError, match="holds no secret"):
        list(keylog.given({keylog.VARIABLE: str(tmp_path / "text")}))


def test_a_hostile_key_log_is_bounded(tmp_path: Path) -> None:
    huge = tmp_path / "huge"
    with huge.open("wb") as file:
        file.truncate(keylog.MOST_BYTES + 1)
    with pytest.raises(OptionError, match="more than 64 MiB"):
        list(keylog.given({keylog.VARIABLE: str(huge)}))
    # Lines without an end, labels without a secret, and one connection named a hundred thousand times.
    text = b"CLIENT_RANDOM " + b"0" * (4 << 20) + b"\n" + b"CLIENT_RANDOM " * 100_000 + b"\n"
    text += (b"CLIENT_RANDOM " + b"ab" * 32 + b" " + b"cd" * 48 + b"\n") * 100_000
    begun = time.process_time()
    found = keylog.read_text(text)
    assert time.process_time() - begun < 10
    assert [len(one) for one in found.secrets.values()] == [1]
    assert len(found.lines(bytes.fromhex("ab" * 32))) == 14 + 64 + 1 + 96 + 1
