"""What usbmon would have recorded, had the car of ``mqtt-position`` reached its network through a module on USB.

    usbmon.py TRAFFIC.pcap OUT.pcap

The IP packets are those of the real programs in TRAFFIC, with their times; the frames around them are written from the
specifications: USB 2.0 chapter 9 (descriptors), CDC 1.2, MBIM 1.0 (control messages, NTB16 with IPS pointers), and
Documentation/usb/usbmon.rst. The module is a Fibocom FM101-GL by its ids; its IMEI has the made-up type code 86000000.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from pathlib import Path

BUS, DEVICE = 1, 5
CAR = bytes([192, 0, 2, 10])
IMEI, FIRMWARE = "860000000000017", "19500.0000.00.01.01.03"
AT_OUT, AT_IN, DATA_OUT, DATA_IN = 0x03, 0x84, 0x01, 0x81
MBIM_MESSAGE = bytes.fromhex("a101000000000010")
BASIC_CONNECT = bytes.fromhex("a289cc33bcbb8b4fb6b0133ec2aae6df")
_records: list[tuple[int, bytes]] = []


def event(time: int, kind: int, endpoint: int, *, submit: bytes | None, done: bytes | None, setup: bytes = b"") -> None:
    """One transfer: what the host handed over, and what came back 200 us later."""
    urb = 0xFFFF_9C4E_0100_0000 + 0xC0 * len(_records)
    for letter, data, here in (("S", submit, time), ("C", done, time + 200)):
        head = struct.pack(
            "<QBBBBHBBqiiII8siiII",
            *(urb, ord(letter), kind, endpoint, DEVICE, BUS),
            0 if setup and letter == "S" else ord("-"),
            0 if data else ord("<" if letter == "S" else ">"),
            *(here // 1_000_000, here % 1_000_000, -115 if letter == "S" else 0),
            *(len(data or b""), len(data or b"")),
            setup if letter == "S" else b"",
            *(0, 0, 0, 0),
        )
        _records.append((here, head + (data or b"")))


def control(time: int, setup: str, answer: bytes) -> None:
    event(time, 2, 0x80, submit=None, done=answer, setup=bytes.fromhex(setup))


def bulk(time: int, endpoint: int, data: bytes) -> None:
    into = endpoint & 0x80
    event(time, 3, endpoint, submit=None if into else data, done=data if into else None)


def text(value: str) -> bytes:
    data = value.encode("utf-16-le")
    return bytes([len(data) + 2, 3]) + data


def configuration() -> bytes:
    """MBIM with its data on interface 1, then a diagnostic and an AT port."""

    def interface(number: int, alternate: int, triple: tuple[int, int, int], *endpoints: int) -> bytes:
        out = struct.pack("<9B", 9, 4, number, alternate, len(endpoints), *triple, 0)
        return out + b"".join(struct.pack("<BBBBHB", 7, 5, address, 2, 512, 0) for address in endpoints)

    body = struct.pack("<8B", 8, 11, 0, 2, 2, 0x0E, 0, 0)
    body += interface(0, 0, (2, 0x0E, 0)) + struct.pack("<BBBH", 5, 0x24, 0, 0x110) + bytes([5, 0x24, 6, 0, 1])
    body += struct.pack("<BBBHHBBHB", 12, 0x24, 0x1B, 0x100, 4096, 32, 128, 1500, 0x20)
    body += struct.pack("<BBBBHB", 7, 5, 0x82, 3, 64, 9)
    body += interface(1, 0, (0x0A, 0, 2)) + interface(1, 1, (0x0A, 0, 2), DATA_IN, DATA_OUT)
    body += interface(2, 0, (0xFF, 0xFF, 0x30), 0x83, 0x02) + interface(3, 0, (0xFF, 0xFF, 0x40), AT_IN, AT_OUT)
    return struct.pack("<BBHBBBBB", 9, 2, 9 + len(body), 4, 1, 4, 0xA0, 250) + body


def device_caps() -> bytes:
    """MBIM_COMMAND_DONE for MBIM_CID_DEVICE_CAPS, with the IMEI, firmware and hardware texts behind 64 bytes of numbers."""
    fields, texts = bytearray(64), b""
    for offset, value in ((40, IMEI), (48, FIRMWARE), (56, "FM101-GL")):
        data = value.encode("utf-16-le")
        struct.pack_into("<II", fields, offset, 64 + len(texts), len(data))
        texts += data + bytes(-len(data) % 4)
    body = struct.pack("<II", 1, 0) + BASIC_CONNECT + struct.pack("<III", 1, 0, 64 + len(texts)) + fields + texts
    return struct.pack("<III", 0x80000003, 12 + len(body), 2) + body


def block(number: int, packet: bytes) -> bytes:
    """An NTB16 of one IP packet: header, pointer table of session 0, packet."""
    size = 12 + 16 + len(packet)
    table = struct.pack("<4sHHHHHH", b"IPS\0", 16, 0, 28, len(packet), 0, 0)
    return struct.pack("<4sHHHH", b"NCMH", 12, number & 0xFFFF, size, 12) + table + packet


def packets(path: Path) -> Iterator[tuple[int, bytes]]:
    """Time and IPv4 packet of each frame of a little-endian Ethernet pcap."""
    data, here = path.read_bytes(), 24
    while here < len(data):
        seconds, fraction, size, _ = struct.unpack_from("<IIII", data, here)
        frame = data[here + 16 : here + 16 + size]
        here += 16 + size
        if frame[12:14] == b"\x08\0":
            yield seconds * 1_000_000 + fraction, frame[14 : 14 + int.from_bytes(frame[16:18], "big")]


def main(traffic: str, out: str) -> None:
    sent = list(packets(Path(traffic)))
    now = sent[0][0] - 2_000_000
    control(
        now,
        "8006000100001200",
        struct.pack("<BBHBBBBHHHBBBB", 18, 1, 0x200, 0xEF, 2, 1, 64, 0x2CB7, 0x01A4, 0x504, 1, 2, 3, 1),
    )
    control(now + 1000, "80060002000000ff", configuration())
    for index, value in enumerate(("Fibocom Wireless Inc.", "Fibocom FM101-GL Module", "9e1b33f2", "MBIM"), 1):
        control(now + 1000 + 1000 * index, f"8006{index:02x}030904ff00", text(value))
    control(now + 100_000, MBIM_MESSAGE.hex(), device_caps())
    for index, (endpoint, line) in enumerate(((AT_OUT, b"AT+CGSN\r"), (AT_IN, f"\r\n{IMEI}\r\n\r\nOK\r\n".encode()))):
        bulk(now + 200_000 + 1000 * index, endpoint, line)
    for number, (time, packet) in enumerate(sent):
        bulk(time, DATA_OUT if packet[12:16] == CAR else DATA_IN, block(number, packet))
    with Path(out).open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 220))
        for time, record in sorted(_records, key=lambda record: record[0]):
            file.write(struct.pack("<IIII", time // 1_000_000, time % 1_000_000, len(record), len(record)) + record)


main(*sys.argv[1:])
