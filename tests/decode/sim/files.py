"""Files made for SIM cards and texts about them, from their descriptions: CAP, profiles, dumps, dialogues. Most hold keys."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from pathlib import Path

import dpkt

from tests.decode.sim.scenes import START, plmn, swapped

TOOLKIT = bytes.fromhex("a0000000090005ffffffff8912000000")
PACKAGE = bytes.fromhex("f276a28801")
APPLET = bytes.fromhex("a000000009000500000000890042c0de")
LOCI = bytes.fromhex("a0b1c2d3") + plmn("262", "01") + bytes.fromhex("1cda") + b"\xff\0"
PSLOCI = bytes(7) + plmn("262", "01") + bytes.fromhex("1cdb") + b"\x07\0"
EPSLOCI = bytes.fromhex("0bf6") + bytes(10) + plmn("262", "01") + bytes.fromhex("1cdc") + b"\0"
LOCI_5GS = bytes(13) + plmn("262", "01") + bytes.fromhex("001cdd") + b"\0"
FPLMN = plmn("262", "03") + plmn("310", "410") + b"\xff" * 6
PLACES = {
    "LOCI": ("26201", 0x1CDA),
    "PSLOCI": ("26201", 0x1CDB),
    "EPSLOCI": ("26201", 0x1CDC),
    "5GS3GPPLOCI": ("26201", 0x1CDD),
}
ICCID, IMSI = "8999901000000000018", "001010123456789"
KI, OPC, ADM, PIN = "465b5ce8b199b49faa5f0a2ee238a6bc", "cd63cb71954a9f4e48a5994e37a02baf", "3838383838383838", "4821"
CK = "b40ba9a3c58b2a05bbf0d987b21bf8cb"


def _component(tag: int, content: bytes) -> bytes:
    return struct.pack(">BH", tag, len(content)) + content


def cap_bytes(*, asks: bool = True) -> bytes:
    """A Java Card application of the toolkit; with ``asks`` its code pushes the numbers of asking and sending."""
    code = b"\x18\x10\x26\x03\x78\x10\x13\x7a" if asks else b"\x18\x10\x24\x03\x7a"
    components = {
        "Header": _component(1, bytes.fromhex("decaffed") + b"\x01\x02\x04\0\x01" + bytes((len(PACKAGE),)) + PACKAGE),
        "Applet": _component(3, b"\x01" + bytes((len(APPLET),)) + APPLET + b"\0\x08"),
        "Import": _component(4, b"\x01\0\x01" + bytes((len(TOOLKIT),)) + TOOLKIT),
        "Method": _component(7, b"\0" + code),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\n")
        for name, content in components.items():
            archive.writestr(f"org/example/menu/javacard/{name}.cap", content)
    return out.getvalue()


def cap_file(path: Path, *, asks: bool) -> Path:
    path.write_bytes(cap_bytes(asks=asks))
    return path


def profile_package() -> bytes:
    """The header of an eSIM profile in DER, and a part with keys behind it."""
    head = b"\x80\x01\x02\x81\x01\x03" + b"\x82\x0bTest demo 1" + b"\x83\x0a" + bytes.fromhex(ICCID + "F")
    keys = b"\x80\x01\x01\x81\x10" + bytes.fromhex(KI) + b"\x82\x10" + bytes.fromhex(OPC)
    return b"\xa0" + bytes((len(head),)) + head + b"\xa4" + bytes((len(keys),)) + keys


def export_script() -> bytes:
    """pySim-shell's ``export``: a card with places, and files with keys beside them."""
    files = {
        "MF/EF.ICCID": swapped(ICCID), "MF/ADF.USIM/EF.IMSI": b"\x08" + swapped("9" + IMSI),
        "MF/ADF.USIM/EF.Keys": b"\x07" + bytes.fromhex(CK) + bytes(16), "MF/ADF.USIM/EF.LOCI": LOCI,
        "MF/ADF.USIM/EF.PSLOCI": PSLOCI, "MF/ADF.USIM/EF.EPSLOCI": EPSLOCI, "MF/ADF.USIM/EF.FPLMN": FPLMN,
        "MF/ADF.USIM/DF.5GS/EF.5GS3GPPLOCI": LOCI_5GS, "MF/DF.SYSTEM/EF.SIM_AUTH_KEY": b"\x21" + bytes.fromhex(KI + OPC),
    }  # fmt: skip
    lines = ["#" * 80, "# MF", "#" * 80, "select MF"]
    for path, body in files.items():
        lines += [f"# directory: {path}", f"select {path}", f"update_binary {body.hex()}", "#"]
    return "\n".join(lines).encode()


def decoded_script() -> bytes:
    """The same with the contents decoded (``export --json``)."""
    files: dict[str, object] = {
        "EF.LOCI": {"tmsi": "a0b1c2d3", "lai": "62f2101cda", "rfu": 255, "lu_status": "updated"},
        "EF.PSLOCI": {"ptmsi": "00000000", "ptmsi_sig": "000000", "rai": "62f2101cdb07", "rau_status": "updated"},
        "EF.EPSLOCI": {
            "guti": "0bf6" + "00" * 10,
            "last_visited_registered_tai": "62f2101cdc",
            "eps_update_status": "updated",
        },
        "DF.5GS/EF.5GS3GPPLOCI": {"5g_guti": "00" * 13, "last_visited_registered_tai_in_5gs": "62f210001cdd"},
        "EF.FPLMN": [{"mcc": "262", "mnc": "03"}, {"mcc": "310", "mnc": "410"}, None, None],
        "EF.USIM_AUTH_KEY": {"cfg": {"algorithm": "milenage"}, "key": KI, "op_opc": OPC},
    }
    lines = [f"select MF/ADF.USIM/{path}\nupdate_binary_decoded '{json.dumps(said)}'" for path, said in files.items()]
    return "\n".join(lines).encode()


def trace() -> bytes:
    """pySim-trace: channel, command, file, what it is by, status and the decoded content."""
    read = {
        "MF/EF.ICCID": {"iccid": ICCID}, "MF/ADF.USIM/EF.IMSI": {"imsi": IMSI},
        "MF/ADF.USIM/EF.LOCI": {"tmsi": "a0b1c2d3", "lai": "62f2101cda", "rfu": 255, "lu_status": "updated"},
        "MF/ADF.USIM/EF.PSLOCI": {"ptmsi": "00000000", "ptmsi_sig": "000000", "rai": "62f2101cdb07"},
        "MF/ADF.USIM/EF.EPSLOCI": {"guti": "0bf6", "last_visited_registered_tai": "62f2101cdc"},
        "MF/ADF.USIM/DF.5GS/EF.5GS3GPPLOCI": {"last_visited_registered_tai_in_5gs": "62f210001cdd"},
        "MF/ADF.USIM/EF.FPLMN": {"list": [{"mcc": "262", "mnc": "03"}, {"mcc": "310", "mnc": "410"}]},
        "MF/ADF.USIM/EF.Keys": {"ksi": 7, "ck": CK, "ik": KI},
    }  # fmt: skip
    return "\n".join(f"00 {'READ BINARY':16} {path:35} {'-':8} 9000 {said}" for path, said in read.items()).encode()


def fsdump() -> bytes:
    """pySim's ``fsdump``."""
    bodies = {
        "MF/EF.ICCID": swapped(ICCID).hex(), "MF/ADF.USIM/EF.IMSI": (b"\x08" + swapped("9" + IMSI)).hex(),
        "MF/ADF.USIM/EF.LOCI": LOCI.hex(), "MF/ADF.USIM/EF.PSLOCI": PSLOCI.hex(), "MF/ADF.USIM/EF.EPSLOCI": EPSLOCI.hex(),
        "MF/ADF.USIM/DF.5GS/EF.5GS3GPPLOCI": LOCI_5GS.hex(), "MF/ADF.USIM/EF.FPLMN": FPLMN.hex(),
        "MF/ADF.USIM/EF.USIM_AUTH_KEY": "21" + KI + OPC,
    }  # fmt: skip
    files = {path: {"path": path.split("/"), "fcp_raw": "6200", "body": body} for path, body in bodies.items()}
    return json.dumps({"name": "UICC", "iccid": ICCID, "aids": {}, "files": files}, indent=1).encode()


READS = (("6F7E", LOCI), ("6F73", PSLOCI), ("6FE3", EPSLOCI), ("6F7B", FPLMN))


def crsm() -> bytes:
    """AT+CRSM reads, a PIN, and a file with keys."""
    lines = [f'AT+CPIN="{PIN}"', "OK", f'AT+CMEE=2;+CLCK="SC",1,"{PIN}";+CSQ', "OK", f"AT+CCID\r\n+CCID: {ICCID}", "OK"]
    for identifier, body in (*READS, ("6F08", b"\x07" + bytes.fromhex(CK) + bytes(16))):
        lines += [
            f"AT+CRSM=176,{int(identifier, 16)},0,0,{len(body)}",
            f'+CRSM: 144,0,"{body.hex().upper()}"',
            "",
            "OK",
        ]
    lines += ['AT+CRSM=176,20225,0,0,20,,"3F007FFF5FC0"', f'+CRSM: 144,0,"{LOCI_5GS.hex()}"', "", "OK"]
    return "\r\n".join(lines).encode()


def csim() -> bytes:
    """The same by APDUs, with VERIFY for PIN and ADM, and AUTHENTICATE."""
    pin = PIN.encode().hex() + "ffffffff"
    passed = [
        ("00A4040410A0000000871002FFFFFFFF8907090000", "613A"), (f"0020000108{pin}", "9000"), (f"0020000A08{ADM}", "9000"),
        ("0088008122" + "10" + "23553cbe9637a89d218ae64dae47bf35" + "10" + "55f328b43577b9b94a9ffac354dfafb3",
         "db08a54211d5e3ba50bf10" + CK + "10f769bcd751044604127672711c6d34419000"),
    ]  # fmt: skip
    for identifier, body in READS:
        passed += [(f"00A4000402{identifier}", "6121"), (f"00B00000{len(body):02X}", body.hex() + "9000")]
    passed += [("00A40004025FC0", "6121"), ("00A40004024F01", "6121"), ("00B0000014", LOCI_5GS.hex() + "9000")]
    lines = []
    for command, answer in passed:
        lines += [f'AT+CSIM={len(command)},"{command}"', f'+CSIM: {len(answer)},"{answer.upper()}"', "", "OK"]
    return "\r\n".join(lines).encode()


def ccid(*, blocks: bool = False, descriptors: bool = True) -> bytes:
    """usbmon of a card reader (class 0B): the same reads, as APDUs or in blocks of T=1."""
    out = io.BytesIO()
    writer = dpkt.pcap.Writer(out, linktype=189)
    now = 0

    def urb(event: str, kind: int, endpoint: int, data: bytes, setup: bytes = b"") -> None:
        nonlocal now
        now += 1
        head = struct.pack(
            "<QBBBBHBBqiiII8s", 7, ord(event), kind, endpoint, 9, 1, 0 if setup else ord("-"), 0 if data else ord("<"),
            START, now * 1000, 0, len(data), len(data), setup,
        )  # fmt: skip
        writer.writepkt(head + data, ts=START + now / 1000)

    if descriptors:
        device = bytes.fromhex("12010002000000404b073100000100000001")
        faces = bytes.fromhex("09022000010100a032" + "0904000002" + "0b0000" + "00" + "0705010240000007058202400000")
        for number, data in ((1, device), (2, faces)):
            urb("S", 2, 0x80, b"", bytes((0x80, 6, 0, number)) + struct.pack("<HH", 0, len(data)))
            urb("C", 2, 0x80, data)
    number = 0

    def passed(command: bytes, answer: bytes) -> None:
        nonlocal number
        number = (number + 1) % 256
        for kind, endpoint, event, body in ((0x6F, 1, "S", command), (0x80, 0x82, "C", answer)):
            if blocks:
                body = bytes((0, number % 2 * 0x40, len(body))) + body
                check = 0
                for byte in body:
                    check ^= byte
                body += bytes((check,))
            urb(event, 3, endpoint, struct.pack("<BIBBBBB", kind, len(body), 0, number, 0, 0, 0) + body)

    passed(bytes.fromhex("00a4040410a0000000871002ffffffff8907090000"), b"\x61\x3a")
    passed(bytes.fromhex("0020000108") + PIN.encode() + b"\xff" * 4, b"\x90\0")
    for identifier, body in (*READS, ("6F08", b"\x07" + bytes.fromhex(CK) + bytes(16))):
        passed(bytes.fromhex("00a4000402" + identifier), b"\x61\x21")
        passed(bytes.fromhex("00b00000") + bytes((len(body),)), body + b"\x90\0")
    passed(bytes.fromhex("00a40004025fc0"), b"\x61\x21")
    passed(bytes.fromhex("00a40004024f01"), b"\x61\x21")
    passed(bytes.fromhex("00b0000014"), LOCI_5GS + b"\x90\0")
    return out.getvalue()


def profile_text() -> bytes:
    """A profile in ASN.1 value notation, as TS.48 is published."""
    return f"""value1 ProfileElement ::= header : {{
  major-version 2,
  minor-version 3,
  profileType "TS.48 v1",
  iccid '{ICCID}F'H
}}
value2 ProfileElement ::= akaParameter : {{
  algoConfiguration algoParameter : {{ algorithmID milenage, key '{KI}'H, opc '{OPC}'H }}
}}
""".encode()
