"""Captures and logs that cost far more to read than to make. Written byte by byte; nothing of iotwatch is used."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

ETHERNET = bytes.fromhex("020000000001020000000002")
_CAR, _FAR = 0xC0A80114, 0xCB007109


def _pcap(path: Path, frames: Iterable[bytes], link: int = 1) -> None:
    with path.open("wb", buffering=1 << 20) as file:
        file.write(struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 1 << 18, link))
        for number, frame in enumerate(frames):
            seconds, micro = divmod(number * 100, 10**6)
            file.write(struct.pack("<IIII", 1_760_000_000 + seconds, micro, len(frame), len(frame)) + frame)


def _ip(protocol: int, body: bytes, source: int = _CAR, target: int = _FAR, *, number: int = 0, part: int = 0) -> bytes:
    head = struct.pack(">BBHHHBBHII", 0x45, 0, 20 + len(body), number, part, 64, protocol, 0, source, target)
    return ETHERNET + b"\x08\x00" + head + body


def _udp(data: bytes, port: int, target_port: int, target: int = _FAR) -> bytes:
    return _ip(17, struct.pack(">HHHH", port, target_port, 8 + len(data), 0) + data, target=target)


def _talk(data: bytes, port: int, size: int = 1400) -> Iterator[bytes]:
    """A TCP flow in which the car sends ``data`` to ``port``."""
    head = ">HHIIBBHHH"
    yield _ip(6, struct.pack(head, 40000, port, 99, 0, 0x50, 2, 65535, 0, 0))
    yield _ip(6, struct.pack(head, port, 40000, 499, 100, 0x50, 18, 65535, 0, 0), _FAR, _CAR)
    for start in range(0, len(data), size):
        piece = data[start : start + size]
        yield _ip(6, struct.pack(head, 40000, port, 100 + start, 500, 0x50, 24, 65535, 0, 0) + piece)


def _post(body: bytes, kind: bytes, *more: bytes) -> bytes:
    lines = (b"POST /report HTTP/1.1", b"Host: fleet.example", b"Content-Type: " + kind, *more)
    return b"\r\n".join((*lines, b"Content-Length: %d" % len(body), b"", body))


def flows(path: Path) -> None:
    """1,000,000 flows: a datagram each, to 65,000 addresses"""
    _pcap(path, (_udp(b"\1\2\3\4", 1024 + n % 60_000, 5000 + n // 60_000, _FAR + n % 65_000) for n in range(10**6)))


def _name(number: int) -> bytes:
    first, second = b"h%d" % number, b"x%d" % (number % 977)
    return bytes([len(first)]) + first + bytes([len(second)]) + second + b"\x07example\x00"


def dns_names(path: Path) -> None:
    """1,000,000 DNS questions, each for another name"""
    head = struct.pack(">HHHHH", 0x0100, 1, 0, 0, 0)
    tail = struct.pack(">HH", 1, 1)
    _pcap(path, (_udp(struct.pack(">H", n & 0xFFFF) + head + _name(n) + tail, 5353, 53) for n in range(10**6)))


def dns_answers(path: Path) -> None:
    """300,000 DNS answers, each of another name and address"""

    def frames() -> Iterator[bytes]:
        for n in range(300_000):
            question = _name(n) + struct.pack(">HH", 1, 1)
            answer = b"\xc0\x0c" + struct.pack(">HHIHI", 1, 1, 60, 4, 0x5DB80000 + n)
            data = struct.pack(">HHHHHH", n & 0xFFFF, 0x8180, 1, 1, 0, 0) + question + answer
            yield _ip(17, struct.pack(">HHHH", 53, 5353, 8 + len(data), 0) + data, _FAR, _CAR)

    _pcap(path, frames())


def dns_pointers(path: Path) -> None:
    """20,000 DNS answers of 300 records each whose names point at each other"""
    pointers = b"".join(struct.pack(">HHHIH", 0xC00C + 2 * (n % 600), 5, 1, 60, 2) + b"\xc0\x0c" for n in range(80))
    data = struct.pack(">HHHHHH", 7, 0x8180, 1, 80, 0, 0) + b"\xc0\x0e\xc0\x0c" + struct.pack(">HH", 1, 1) + pointers
    packet = _ip(17, struct.pack(">HHHH", 53, 5353, 8 + len(data), 0) + data, _FAR, _CAR)
    _pcap(path, (packet for _ in range(20_000)))


def _sctp(chunks: bytes, number: int = 0) -> bytes:
    return _ip(132, struct.pack(">HHII", 36412, 36412, 1, 0) + chunks, number=number)


def sctp_chunks(path: Path) -> None:
    """64 kB SCTP packets of 16,000 empty chunks each, 300 of them"""
    _pcap(path, (_sctp(struct.pack(">BBH", 6, 0, 4) * 16_000, n) for n in range(300)))


def sctp_data(path: Path) -> None:
    """64 kB SCTP packets of 2,600 DATA chunks of S1AP each, 300 of them"""
    s1ap = bytes.fromhex("000c0008")
    one = struct.pack(">BBHIHHI", 0, 3, 16 + len(s1ap), 1, 0, 0, 18) + s1ap
    _pcap(path, (_sctp(one * (64_000 // len(one)), n) for n in range(300)))


def sctp_one(path: Path) -> None:
    """One 64 kB SCTP packet of 3,200 DATA chunks of S1AP"""
    s1ap = bytes.fromhex("000c0008")
    one = struct.pack(">BBHIHHI", 0, 3, 16 + len(s1ap), 1, 0, 0, 18) + s1ap
    _pcap(path, [_sctp(one * (64_000 // len(one)))])


def gsmtap(path: Path) -> None:
    """200,000 GSMTAP frames of LTE RRC with random bytes"""
    draw = random.Random(2)
    head = bytes.fromhex("0204 0d00 0000 0000 0000 0000 0000 0000".replace(" ", ""))
    _pcap(path, (_udp(head + draw.randbytes(40), 4729, 4729) for _ in range(200_000)))


def at_log(path: Path) -> None:
    """A log of 20 MB of AT commands and answers"""
    lines = []
    size = n = 0
    while size < 20 * 10**6:
        text = (
            f'AT+CREG?\r\n+CREG: 2,1,"{n % 65536:04X}","{n * 7 % 2**28:07X}",7\r\n\r\nOK\r\nAT+CGSN\r\n49015420{n % 10**7:07d}\r\n'
            f"\r\nOK\r\nAT+QGPSLOC=2\r\n+QGPSLOC: {n % 240000:06d}.0,48.{n % 100000:05d},11.{n % 90000:05d},1.1,520,3,0.0,0.0,0.0,"
            f"300126,07\r\n\r\nOK\r\nAT+QISEND=0,5\r\n> hello\r\nSEND OK\r\n"
        )
        lines.append(text)
        size += len(text)
        n += 1
    path.write_text("".join(lines), newline="")


def nmea_log(path: Path) -> None:
    """A log of 30 MB of NMEA sentences"""
    with path.open("wb") as file:
        for n in range(420_000):
            body = b"GPRMC,%02d%02d%02d.00,A,48%02d.%04d,N,01134.5229,E,1.0,10.0,300126,," % (
                n // 3600 % 24,
                n // 60 % 60,
                n % 60,
                n % 60,
                n % 10_000,
            )
            total = 0
            for byte in body:
                total ^= byte
            file.write(b"$" + body + b"*%02X\r\n" % total)


def _block(kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    size = struct.pack("<I", 12 + len(body))
    return struct.pack("<I", kind) + size + body + size


_SECTION = _block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))


def pcapng_options(path: Path) -> None:
    """pcapng with 15 million empty options and comments of 64 kB, 100 MB in all"""
    empty = struct.pack("<HH", 1, 0)
    comment = struct.pack("<HH", 1, 65_532) + b"\xe2\x80\xae" * 21_844
    interface = struct.pack("<HHI", 1, 0, 0)
    with path.open("wb") as file:
        file.write(_SECTION)
        for _ in range(15):
            file.write(_block(1, interface + empty * 10**6))
        for _ in range(40):
            file.write(_block(1, interface + comment * 16))


def pcapng_interfaces(path: Path) -> None:
    """pcapng with 1,000,000 interfaces and a packet on each thousandth"""
    frame = _udp(b"x", 1, 2)
    one = _block(1, struct.pack("<HHI", 1, 0, 0))
    with path.open("wb") as file:
        file.write(_SECTION + one * 10**6)
        for n in range(0, 10**6, 1000):
            file.write(_block(6, struct.pack("<IIIII", n, 0, n, len(frame), len(frame)) + frame))


def pcapng_sections(path: Path) -> None:
    """pcapng with 500,000 sections, each with one interface and names of 200 addresses"""
    names = b"".join(struct.pack("<HHI", 1, 8, 0x0A000000 + n) + b"a.x\0" for n in range(20)) + bytes(4)
    one = _SECTION + _block(1, struct.pack("<HHI", 1, 0, 0)) + _block(4, names)
    with path.open("wb") as file:
        for _ in range(100):
            file.write(one * 2000)


def fragments(path: Path) -> None:
    """700,000 first fragments of IP datagrams whose rest never comes"""
    body = b"\x13\x88\x13\x88\x05\xdc\0\0" + b"x" * 56
    _pcap(path, (_ip(17, body, _CAR + (n >> 16), number=n & 0xFFFF, part=0x2000 | (n % 3) * 8) for n in range(700_000)))


def fragments_overlapping(path: Path) -> None:
    """400,000 fragments of one datagram that overlap and never end"""
    _pcap(path, (_ip(17, b"x" * 64, number=1, part=0x2000 | (n * 3 % 8000)) for n in range(400_000)))


def segments(path: Path) -> None:
    """1,000,000 TCP segments of one byte, backwards, each sent twice"""
    head = ">HHIIBBHHH"

    def frames() -> Iterator[bytes]:
        yield _ip(6, struct.pack(head, 40000, 80, 99, 0, 0x50, 2, 65535, 0, 0))
        for n in range(1_000_000):
            at = 100 + (500_000 - n // 2) * 2
            yield _ip(6, struct.pack(head, 40000, 80, at, 500, 0x50, 24, 65535, 0, 0) + b"G")

    _pcap(path, frames())


def claims(path: Path) -> None:
    """A pcap of 2,000,000 records of which each claims 4 GiB"""
    with path.open("wb") as file:
        file.write(struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 0xFFFFFFFF, 1))
        file.write(struct.pack("<IIII", 1_760_000_000, 0, 0xFFFFFFF0, 0xFFFFFFF0) * 2_000_000)


def requests(path: Path) -> None:
    """300,000 HTTP requests in one flow"""
    lines = b"".join(b"GET /%d HTTP/1.1\r\nHost: h%d.example\r\n\r\n" % (n, n) for n in range(300_000))
    _pcap(path, _talk(lines, 80))


def chunked(path: Path) -> None:
    """An HTTP body of 2,000,000 chunks of one byte"""
    head = b"POST /r HTTP/1.1\r\nHost: fleet.example\r\nTransfer-Encoding: chunked\r\n\r\n"
    _pcap(path, _talk(head + b"1\r\n5\r\n" * 600_000 + b"0\r\n\r\n", 80))


def header(path: Path) -> None:
    """An HTTP request with 3.9 MB of header fields"""
    fields = b"".join(b"X-%d: %d\r\n" % (n, n) for n in range(200_000))
    _pcap(path, _talk(b"GET / HTTP/1.1\r\nHost: fleet.example\r\n" + fields + b"\r\n", 80))


def body_bomb(path: Path) -> None:
    """200 HTTP bodies that gzip packed to a thousandth, 64 MiB of JSON each"""
    engine = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = b'{"lat":48.1,"lon":11.5,"a":[' + b"1," * 500_000
    packed = b"".join(engine.compress(piece) for _ in range(64)) + engine.flush()
    one = _post(packed, b"application/json", b"Content-Encoding: gzip")
    _pcap(path, _talk(one * min(200, (4 << 20) // len(one)), 80))


def json_nested(path: Path) -> None:
    """An HTTP body of 4 MB of opening brackets, as JSON"""
    _pcap(path, _talk(_post(b'{"lat":' + b"[" * 3_900_000, b"application/json"), 80))


def xml_entities(path: Path) -> None:
    """An HTTP body of XML whose entities expand to 10^30 bytes"""
    entities = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 30))
    body = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "48.1">' + entities + b"]><a><lat>&l29;</lat></a>"
    _pcap(path, _talk(_post(body, b"text/xml"), 80))


def _length(number: int) -> bytes:
    given = bytearray()
    while number > 0x7F:
        given.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*given, number])


def protobuf_nested(path: Path) -> None:
    """Protocol buffers in each other, 20,000 deep, posted and in 2,000 datagrams 400 deep"""

    def nest(depth: int) -> bytes:
        parts: list[bytes] = []
        size = 0
        for _ in range(depth):
            one = b"\x0a" + _length(size)
            parts.append(one)
            size += len(one)
        return b"".join(reversed(parts))

    body, short = nest(20_000), nest(400)

    def frames() -> Iterator[bytes]:
        yield from _talk(_post(body, b"application/x-protobuf"), 80)
        yield from (_udp(short, 6000, 7000 + n) for n in range(2000))

    _pcap(path, frames())


def cbor_nested(path: Path) -> None:
    """CBOR and MessagePack arrays in each other, 60,000 deep, in 200 datagrams of CoAP and MQTT"""

    def frames() -> Iterator[bytes]:
        coap = bytes.fromhex("4002 0001 c1 3c ff".replace(" ", ""))
        for n in range(100):
            yield _udp(coap + b"\x81" * 1380, 6000, 5683 + n)
            yield _udp(b"\x91" * 1380, 6000, 7000 + n)
        topic = b"\x00\x05a/b/c"
        body = b"\x9f" * 60_000
        connect = b"\x10\x0e\x00\x04MQTT\x04\x02\x00\x3c\x00\x02ab"
        yield from _talk(connect + b"\x30" + _length(len(topic) + len(body)) + topic + body, 1883)

    _pcap(path, frames())


def mqtt(path: Path) -> None:
    """300,000 MQTT messages of one byte, each to another topic"""
    connect = b"\x10\x0e\x00\x04MQTT\x04\x02\x00\x3c\x00\x02ab"
    sent = b"".join(b"\x30\x0a\x00\x07%07dx" % n for n in range(300_000))
    _pcap(path, _talk(connect + sent, 1883))


def digits(path: Path) -> None:
    """4 MB of digits and commas in an HTTP body: IMEIs, IMSIs and coordinates without end"""
    draw = random.Random(5)
    body = b"".join(b"49015420%07d,%d.%06d," % (n, draw.randrange(90), n) for n in range(140_000))
    _pcap(path, _talk(_post(body[:3_900_000], b"text/plain"), 80))


def adverts(path: Path) -> None:
    """600,000 Bluetooth advertisements, each from another address"""

    def frames() -> Iterator[bytes]:
        data = bytes.fromhex("1eff4c00121910") + bytes(24)
        for n in range(600_000):
            body = b"\x42" + bytes([6 + len(data)]) + struct.pack("<IH", n, 0xC000) + data
            yield (
                struct.pack("<bbbbIHxx"[:-2], 37, -60, -90, 0, 0x8E89BED6, 0x13) + b"\xd6\xbe\x89\x8e" + body + bytes(3)
            )

    _pcap(path, frames(), 256)


def beacons(path: Path) -> None:
    """500,000 802.11 beacons, each of another network"""

    def frames() -> Iterator[bytes]:
        for n in range(500_000):
            address = b"\x02" + n.to_bytes(5, "big")
            name = b"net%d" % n
            yield (
                b"\x80\x00\x00\x00" + b"\xff" * 6 + address * 2 + b"\0\0" + bytes(8) + b"\x64\0\x01\0\0"
                + bytes([len(name)]) + name + b"\x01\x01\x82\x03\x01\x06"
            )  # fmt: skip

    _pcap(path, frames(), 105)


def random_bytes(path: Path) -> None:
    """300,000 datagrams of random bytes to random ports"""
    draw = random.Random(9)
    _pcap(path, (_udp(draw.randbytes(200), 4000, draw.randrange(1, 65536)) for _ in range(300_000)))


CAPTURES = (
    flows,
    dns_names,
    dns_answers,
    dns_pointers,
    sctp_one,
    sctp_chunks,
    sctp_data,
    gsmtap,
    at_log,
    nmea_log,
    pcapng_options,
    pcapng_interfaces,
    pcapng_sections,
    fragments,
    fragments_overlapping,
    segments,
    claims,
    requests,
    chunked,
    header,
    body_bomb,
    json_nested,
    xml_entities,
    protobuf_nested,
    cbor_nested,
    mqtt,
    digits,
    adverts,
    beacons,
    random_bytes,
)
