"""``decode`` on what people paste: the same messages in every form in which programs and people write bytes down.

The forms are made by the programs themselves (xxd, hexdump, od, base64, tshark, tcpdump) where those exist, else by hand.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import dpkt
import pytest
from click.testing import CliRunner

from iotwatch.cli.decode import command

LOGIN = bytes.fromhex("78780d01086001602040000100 01edde0d0a".replace(" ", ""))
FIX = bytes.fromhex("78781f12120606120012c3028d91e809b292b600055401d601521d0066cf0004e0fc0d0a")
GT06 = LOGIN + FIX
TEXT = b"$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A\r\n"
GT06_PLACE, TEXT_PLACE = (23.7958, 90.3877), (48.1173, 11.5167)


class Done(NamedTuple):
    stdout: bytes
    stderr: bytes
    returncode: int


def run(*words: str, given: bytes = b"") -> Done:
    """The verb in this process, as the command line calls it."""
    told = CliRunner().invoke(command, words, input=given)
    assert told.exception is None or isinstance(told.exception, SystemExit), told.exc_info
    return Done(told.stdout_bytes, told.stderr_bytes, told.exit_code)


def by(*program: str) -> Callable[[bytes], bytes]:
    """The form that a program gives of bytes on its standard input."""

    def written(data: bytes) -> bytes:
        if shutil.which(program[0]) is None:
            pytest.skip(f"{program[0]} is not installed")
        return subprocess.run(program, input=data, capture_output=True, timeout=60, check=True).stdout

    return written


def pairs(between: str, prefix: str = "", suffix: str = "") -> Callable[[bytes], bytes]:
    return lambda data: between.join(f"{prefix}{byte:02X}{suffix}" for byte in data).encode()


def java(data: bytes) -> bytes:
    values = ", ".join(f"(byte) 0x{byte:02x}" for byte in data)
    return f"byte[] frame = new byte[] {{ {values} }}; // as received\n".encode()


def c_array(data: bytes) -> bytes:
    rows = [data[at : at + 8] for at in range(0, len(data), 8)]
    lines = "\n".join(
        "  " + ", ".join(f"0x{byte:02x}" for byte in row) + f", /* {at * 8} */" for at, row in enumerate(rows)
    )
    return f"static const unsigned char pkt1[{len(data)}] = {{\n{lines}\n}};\n".encode()


def by_hand(data: bytes) -> bytes:
    return "\n".join(data[at : at + 8].hex(" ") for at in range(0, len(data), 8)).encode()


def traccar(data: bytes) -> bytes:
    return f"2018-06-06 18:00:19  INFO: [T1a2b: gt06 < 10.0.0.1] HEX: {data.hex()}".encode()


def server_log(data: bytes) -> bytes:
    return f"Jun  6 18:00:19 gw trackd[811]: got 54 bytes from 10.0.0.1:4711: {data.hex(' ')}".encode()


def mixed(data: bytes) -> bytes:
    """As terminal programs show a line: what is printable as it is, the rest in braces."""
    return "".join(chr(byte) if 32 <= byte < 127 else f"{{{byte:02X}}}" for byte in data).encode()


def xxd_of_a_file(data: bytes) -> bytes:
    """``xxd -i`` names the array after the file; what it names so is the message's name."""
    with tempfile.NamedTemporaryFile(suffix="_bin") as file:
        file.write(data)
        file.flush()
        return by("xxd", "-i", file.name)(b"")


def escaped_rows(data: bytes) -> bytes:
    """As Wireshark copies an escaped string: a literal a row."""
    rows = [data[at : at + 16] for at in range(0, len(data), 16)]
    return " \\\n".join('"' + "".join(f"\\x{byte:02x}" for byte in row) + '"' for row in rows).encode()


def powershell(data: bytes) -> bytes:
    """``Format-Hex``, redirected into a file in UTF-16."""
    rows = [data[at : at + 16] for at in range(0, len(data), 16)]
    lines = [
        f"{at * 16:08X}   {' '.join(f'{byte:02X}' for byte in row):<47}  {'.' * len(row)}"
        for at, row in enumerate(rows)
    ]
    return "\r\n".join(["", "           Path: C:\\msg.bin", "", "           00 01 02 03", "", *lines, ""]).encode(
        "utf-16"
    )


FORMS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "hex": (lambda data: data.hex().encode(), "hex digits"),
    "capitals with blanks": (pairs(" "), "hex digits"),
    "dashes": (pairs("-"), "hex digits"),
    "colons": (pairs(":"), "hex digits"),
    "commas": (pairs(", "), "hex digits"),
    "0x before each": (pairs(" ", "0x"), "hex digits"),
    "0x before all": (lambda data: b"0x" + data.hex().encode(), "hex digits"),
    "backslash x": (pairs("", "\\x"), "hex digits"),
    "braces": (pairs("", "{", "}"), "hex digits"),
    "h behind each": (pairs(" ", "", "h"), "hex digits"),
    "HEX: before it": (lambda data: b"HEX: " + data.hex().encode(), "hex digits"),
    "typographer's signs": (lambda data: "\u00a0".join(f"{byte:02x}" for byte in data).encode(), "hex digits"),
    "a fence": (lambda data: b"```\n" + data.hex().encode() + b"\n```\n", "hex digits"),
    "line breaks by hand": (by_hand, "hex digits wrapped over several lines"),
    "xxd -p": (by("xxd", "-p"), "hex digits wrapped over several lines"),
    "od without offsets": (by("od", "-An", "-v", "-tx1"), "hex digits wrapped over several lines"),
    "xxd": (by("xxd"), "a dump with offsets, bytes in hex"),
    "xxd of single bytes": (by("xxd", "-g1", "-u", "-c8"), "a dump with offsets, bytes in hex"),
    "xxd -b": (by("xxd", "-b"), "a dump with offsets, bytes in bits"),
    "xxd -i": (xxd_of_a_file, "lists of byte values in source code"),
    "xxd -i of a pipe": (by("xxd", "-i"), "hex digits wrapped over several lines"),
    "hexdump -C": (by("hexdump", "-C"), "a dump with offsets, bytes in hex"),
    "hexdump": (by("hexdump"), "a dump with offsets, words in hex with the low byte first"),
    "hexdump -b": (by("hexdump", "-b"), "a dump with offsets, bytes in octal"),
    "hexdump -c": (by("hexdump", "-c"), "a dump with offsets, bytes as characters"),
    "od": (by("od"), "a dump with offsets, words of two bytes in octal with the low byte first"),
    "od -x": (by("od", "-x"), "a dump with offsets, words in hex with the low byte first"),
    "od -t x1z": (by("od", "-A", "x", "-t", "x1z"), "a dump with offsets, bytes in hex"),
    "od -t x4": (by("od", "-t", "x4"), "a dump with offsets, words in hex with the low byte first"),
    "od -c": (by("od", "-c"), "a dump with offsets, bytes as characters"),
    "od in decimal": (by("od", "-A", "d", "-t", "u1"), "a dump with offsets, bytes in decimal"),
    "PowerShell": (powershell, "a dump with offsets, bytes in hex"),
    "C": (c_array, "lists of byte values in source code"),
    "Java": (java, "lists of byte values in source code"),
    "Go": (lambda data: b"m := []byte{" + ",".join(map(str, data)).encode() + b",}", "lists of byte values in source code"),
    "Python, a list": (lambda data: str(list(data)).encode(), "lists of byte values in source code"),
    "Node.js": (lambda data: json.dumps({"type": "Buffer", "data": list(data)}).encode(), "lists of byte values in source code"),
    "Python, bytes": (lambda data: repr(data).encode(), "string literals of source code"),
    "Wireshark, escaped": (escaped_rows, "string literals of source code"),
    "terminal": (mixed, "text with escapes for some bytes"),
    "base64": (by("base64"), "base64"),
    "base64 in one line": (by("base64", "-w0"), "base64"),
    "base64, url-safe": (lambda data: base64.urlsafe_b64encode(data).rstrip(b"="), "base64"),
    "traccar's log": (traccar, "hex digits"),
    "a server's log": (server_log, "hex digits"),
    "the bytes": (lambda data: data, "bytes as they are"),
}  # fmt: skip
# A line of text says the same with and without its escapes; what is printable is read as it stands.
TEXT_READ_AS = {"the bytes": "text as it is"}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize(("message", "place"), [(GT06, GT06_PLACE), (TEXT, TEXT_PLACE)], ids=["gt06", "text"])
def test_a_form(name: str, message: bytes, place: tuple[float, float]) -> None:
    write, read_as = FORMS[name]
    done = run("--json", "-", given=write(message))
    assert done.returncode == 0, done.stderr
    row = json.loads(done.stdout)
    assert isinstance(row, dict), row
    assert {(round(fix["latitude"], 4), round(fix["longitude"], 4)) for fix in row["positions"]} == {place}
    assert row["checksum"] == "ok"
    if message is GT06:
        assert row["device_ids"] == ["860016020400001"]
    expected = TEXT_READ_AS.get(name, read_as) if message is TEXT else read_as
    assert row["read_as"] == expected
    assert done.stderr.decode().splitlines() == [f"read as {expected}"]


def _frames() -> list[bytes]:
    packets = []
    for number, payload in enumerate((LOGIN, FIX)):
        segment = dpkt.tcp.TCP(sport=40000, dport=5023, seq=1 + number, ack=1, flags=0x18, data=payload)
        packet = dpkt.ip.IP(src=bytes((10, 0, 0, 1)), dst=bytes((192, 0, 2, 7)), p=6, data=segment)
        packets.append(bytes(dpkt.ethernet.Ethernet(src=b"\2" * 6, dst=b"\4" * 6, data=packet)))
    return packets


@pytest.mark.parametrize(
    "program",
    [("tshark", "-x", "-r"), ("tshark", "-V", "-x", "-r"), ("tcpdump", "-X", "-r"), ("tcpdump", "-xx", "-r")],
    ids=" ".join,
)
def test_frames_that_were_dumped_whole(program: tuple[str, ...], tmp_path: Path) -> None:
    if shutil.which(program[0]) is None:
        pytest.skip(f"{program[0]} is not installed")
    path = tmp_path / "a.pcap"
    with path.open("wb") as file:
        writer = dpkt.pcap.Writer(file)
        for number, frame in enumerate(_frames()):
            writer.writepkt(frame, 1_700_000_000 + number)
    dump = subprocess.run([*program, str(path)], capture_output=True, timeout=60, check=True).stdout
    done = run("--json", "-", given=dump)
    login, fix = json.loads(done.stdout)
    assert login["device_ids"] == ["860016020400001"]
    assert [round(fix["positions"][0][name], 4) for name in ("latitude", "longitude")] == list(GT06_PLACE)
    assert login["read_as"] == fix["read_as"] == "a dump with offsets, bytes in hex, inside a network frame"


@pytest.mark.parametrize(("lines", "ids"), [
    ([LOGIN.hex(), FIX.hex()], [None, None]),
    ([f"car-1 {LOGIN.hex()}", f"car-2 {FIX.hex()}"], ["car-1", "car-2"]),
    ([f"car-1,{LOGIN.hex()}", f"car-2,{FIX.hex()}"], ["car-1", "car-2"]),
    ([f"car-1: {base64.b64encode(LOGIN).decode()}", f"car-2: {base64.b64encode(FIX).decode()}"], ["car-1", "car-2"]),
    ([json.dumps({"id": "car-1", "payload_hex": LOGIN.hex()}), json.dumps({"id": 2, "payload_hex": FIX.hex()})], ["car-1", "2"]),
    ([f"[T1] HEX: {LOGIN.hex()}", "[T1] id: 860016020400001", f"[T2] HEX: {FIX.hex()}"], ["T1", "T2"]),
    ([f"1 {TEXT.decode().strip()}", f"2 {FIX.hex()}"], ["1", "2"]),
])  # fmt: skip
def test_several_messages_one_a_line_keep_their_ids(lines: list[str], ids: list[str | None]) -> None:
    done = run("--json", "-", given="\n".join(lines).encode())
    rows = json.loads(done.stdout)
    assert done.returncode == 0
    assert [row["id"] for row in rows] == ids
    assert all(row["checksum"] == "ok" for row in rows)
    assert b": 2 messages" in done.stderr
    assert (b"1 line(s) without one passed over" in done.stderr) is (len(lines) == 3)


def test_lines_that_complete_each_other_are_read_together() -> None:
    """The date of one sentence is the other one's too; a list of literals is a message each."""
    fix = "$GPGGA,123520,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*4D"
    row = json.loads(run("--json", f"{TEXT.decode().strip()}\n{fix}").stdout)
    assert [one["time"] for one in row["positions"]] == ["1994-03-23T12:35:19.000000Z", "1994-03-23T12:35:20.000000Z"]
    rows = json.loads(run("--json", f"{LOGIN!r}\n{FIX!r}").stdout)
    assert [one["read_as"] for one in rows] == ["string literals of source code"] * 2
    row = json.loads(run("--json", json.dumps({"id": "a", "data": FIX.hex()})).stdout)
    assert (row["id"], row["dialect"]) == ("a", "gt06")
    assert json.loads(run("--json", f"msg={base64.b64encode(FIX).decode()}").stdout)["read_as"] == "base64"


def test_a_broken_line_keeps_its_id_and_is_exit_3_and_none_readable_is_exit_4() -> None:
    done = run("--jsonl", f"a {FIX.hex()}\nb {FIX.hex()[:-1]}\nc zz")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["id"], "error" in row) for row in rows] == [("a", False), ("b", True), (None, False)]
    assert rows[1]["error"] == "71 hex digits: an odd number makes no bytes"
    assert done.returncode == 3
    assert run(FIX.hex()[:-1]).returncode == 4


def test_two_readings_are_never_chosen_between_in_silence() -> None:
    """Digits that are a message as they are and other bytes as hex: the content decides, and the other reading is named."""
    swapped = by("od", "-x")(FIX)
    assert b"low byte first" in run("--json", "-", given=swapped).stderr
    both = f"{TEXT.decode().strip()} {FIX.hex()}"
    done = run("--json", both)
    assert b"it could be" in done.stderr


def test_the_table_fits_80_columns_and_says_all() -> None:
    done = run("-", given=f"car-1 {LOGIN.hex()}\ncar-2 {FIX.hex()}\ncar-3 {FIX.hex()[:-1]}".encode())
    lines = done.stdout.decode().splitlines()
    assert max(map(len, lines)) <= 80
    assert all(
        word in done.stdout.decode()
        for word in ("car-1", "860016020400001", "23.79576, 90.38773", "not valid", "car-3", "odd")
    )
