"""A modem on a captured bus: one conversation (a name, a position by MQTT, a TLS hello), packed in every way that modems know.

Each way is written here a second time, from the specifications, so that the readers are not tested against themselves.
"""

from __future__ import annotations

import io
import json
import socket
import struct
from binascii import crc_hqx
from collections.abc import Callable
from dataclasses import dataclass, field

import dpkt

from iotwatch import read
from iotwatch.decode import decode
from iotwatch.read import Framed
from tests.decode.usb.captures import Capture

HOST, RESOLVER, BROKER, SERVER = "10.64.7.2", "198.51.100.53", "203.0.113.30", "203.0.113.44"
NAME, SECURE_NAME = "broker.fleet.example", "track.fleet.example"
POSITION = (-46.83127, -68.91945)
DEVICE = 7
SYN, ACK, PUSH = 2, 16, 8
Packets = list[tuple[bool, bytes]]  # whether the host sends it, the IP packet


def conversation() -> Packets:
    """DNS, then MQTT with a position, then a TLS hello; every checksum is right."""
    return [*names(), *mqtt(), *secure()]


def names() -> Packets:
    question = dpkt.dns.DNS(id=7, op=0x0100, qd=[dpkt.dns.DNS.Q(name=NAME, type=1)])
    answer = dpkt.dns.DNS(id=7, op=0x8180, qd=[dpkt.dns.DNS.Q(name=NAME, type=1)])
    answer.an = [dpkt.dns.DNS.RR(name=NAME, type=1, ttl=30, rdata=socket.inet_aton(BROKER))]
    return [
        (True, udp(HOST, RESOLVER, 40001, 53, bytes(question))),
        (False, udp(RESOLVER, HOST, 53, 40001, bytes(answer))),
    ]


def mqtt() -> Packets:
    connect = bytes.fromhex("00044d5154540402003c") + struct.pack(">H", 5) + b"car-7"
    body = json.dumps({"lat": POSITION[0], "lon": POSITION[1], "speed": 41}).encode()
    topic = b"fleet/car-7/position"
    publish = struct.pack(">H", len(topic)) + topic + body
    up = [b"\x10" + bytes([len(connect)]) + connect, b"\x30" + bytes([len(publish)]) + publish]
    return talk(BROKER, 1883, 41002, up, [b"\x20\x02\0\0"])


def secure() -> Packets:
    name = SECURE_NAME.encode()
    server_name = struct.pack(">HBH", len(name) + 3, 0, len(name)) + name
    extensions = struct.pack(">HH", 0, len(server_name)) + server_name
    body = b"\x03\x03" + bytes(32) + b"\0" + struct.pack(">HH", 2, 0x1301) + b"\x01\0"
    body += struct.pack(">H", len(extensions)) + extensions
    handshake = b"\x01" + len(body).to_bytes(3, "big") + body
    return talk(SERVER, 443, 41003, [b"\x16\x03\x01" + struct.pack(">H", len(handshake)) + handshake], [])


def talk(server: str, port: int, own: int, up: list[bytes], down: list[bytes]) -> Packets:
    """A TCP connection that the host opens; what it sends first is answered first."""
    here, there = 1000, 5000
    packets = [
        (True, tcp(HOST, server, own, port, here, 0, SYN)),
        (False, tcp(server, HOST, port, own, there, here + 1, SYN | ACK)),
        (True, tcp(HOST, server, own, port, here + 1, there + 1, ACK)),
    ]
    here, there = here + 1, there + 1
    for index, data in enumerate(up):
        packets.append((True, tcp(HOST, server, own, port, here, there, PUSH | ACK, data)))
        here += len(data)
        for answer in down[index : index + 1]:
            packets.append((False, tcp(server, HOST, port, own, there, here, PUSH | ACK, answer)))
            there += len(answer)
    return packets


def udp(source: str, target: str, sport: int, dport: int, data: bytes) -> bytes:
    return _ip(source, target, 17, dpkt.udp.UDP(sport=sport, dport=dport, data=data, ulen=8 + len(data)))


def tcp(source: str, target: str, sport: int, dport: int, seq: int, ack: int, flags: int, data: bytes = b"") -> bytes:
    return _ip(source, target, 6, dpkt.tcp.TCP(sport=sport, dport=dport, seq=seq, ack=ack, flags=flags, data=data))


def _ip(source: str, target: str, protocol: int, inside: dpkt.Packet) -> bytes:
    packet = dpkt.ip.IP(src=socket.inet_aton(source), dst=socket.inet_aton(target), p=protocol, data=inside)
    packet.len = len(packet)
    return bytes(packet)


def ethernet(packet: bytes, *, up: bool) -> bytes:
    ends = bytes.fromhex("00005e005301 00005e005310"), bytes.fromhex("00005e005310 00005e005301")
    return (ends[0] if up else ends[1]) + b"\x08\0" + packet


def ecm(packets: list[bytes], *, up: bool) -> bytes:
    return ethernet(packets[0], up=up)


def eem(packets: list[bytes], *, up: bool) -> bytes:
    """An echo command, the frames with the check sequence that says there is none, and an empty packet."""
    out = struct.pack("<H", 0x8004) + b"echo"
    for packet in packets:
        frame = ethernet(packet, up=up)
        out += struct.pack("<H", len(frame) + 4) + frame + b"\xde\xad\xbe\xef"
    return out + b"\0\0"


def ncm16(packets: list[bytes], *, up: bool) -> bytes:
    return _ntb16([ethernet(packet, up=up) for packet in packets], b"NCM0")


def ncm32(packets: list[bytes], *, up: bool) -> bytes:
    """The pointer table first, datagrams behind it."""
    frames = [ethernet(packet, up=up) for packet in packets]
    table = 16 + 8 * (len(frames) + 1)
    here, pointers, body = 16 + table, b"", b""
    for frame in frames:
        pointers += struct.pack("<II", here + len(body), len(frame))
        body += frame + bytes(-len(frame) % 4)
    header = struct.pack("<4sHHII", b"ncmh", 16, 1, 16 + table + len(body), 16)
    return header + struct.pack("<4sHHII", b"ncm0", table, 0, 0, 0) + pointers + bytes(8) + body


def mbim(packets: list[bytes], *, up: bool) -> bytes:
    return _ntb16(packets, b"IPS\x03")


def _ntb16(frames: list[bytes], signature: bytes) -> bytes:
    """Datagrams first, the pointer table behind them."""
    body, pointers = b"", b""
    for frame in frames:
        pointers += struct.pack("<HH", 12 + len(body), len(frame))
        body += frame + bytes(-len(frame) % 4)
    table = struct.pack("<4sHH", signature, 8 + len(pointers) + 4, 0) + pointers + bytes(4)
    return struct.pack("<4sHHHH", b"NCMH", 12, 1, 12 + len(body) + len(table), 12 + len(body)) + body + table


def rndis(packets: list[bytes], *, up: bool) -> bytes:
    out = b""
    for packet in packets:
        frame = ethernet(packet, up=up)
        padding = bytes(-len(frame) % 8)
        out += struct.pack("<IIII28x", 1, 44 + len(frame) + len(padding), 36, len(frame)) + frame + padding
    return out


def raw_ip(packets: list[bytes], *, up: bool) -> bytes:
    return packets[0]


def qmap(packets: list[bytes], *, up: bool) -> bytes:
    out = b""
    for packet in packets:
        pad = -len(packet) % 4
        out += struct.pack(">BBH", pad, 1, len(packet) + pad) + packet + bytes(pad)
    return out


def qmap4(packets: list[bytes], *, up: bool) -> bytes:
    """Version 4: a checksum header before the packet on the way up, a trailer behind it on the way down."""
    out = b""
    for packet in packets:
        pad = -len(packet) % 4
        head = struct.pack(">BBH", pad, 1, len(packet) + pad)
        out += (
            head
            + (struct.pack(">HH", 20, 0x8010) if up else b"")
            + packet
            + bytes(pad)
            + (b"" if up else b"\0\x01" + bytes(6))
        )
    return out


def qmap5(packets: list[bytes], *, up: bool) -> bytes:
    """Version 5: the next-header bit, then the checksum header."""
    out = b""
    for packet in packets:
        pad = -len(packet) % 4
        out += struct.pack(">BBH", 0x40 | pad, 1, len(packet) + pad) + b"\x04\x80\0\0" + packet + bytes(pad)
    return out


def ppp(packets: list[bytes], *, up: bool) -> bytes:
    return b"".join(hdlc(b"\xff\x03\0\x21" + packet) for packet in packets)


_TURNED = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))


def hdlc(frame: bytes) -> bytes:
    """RFC 1662: check sequence, escapes, flags; control characters are escaped as before the first negotiation."""
    check = crc_hqx(frame.translate(_TURNED), 0xFFFF) ^ 0xFFFF
    frame += bytes([_TURNED[check >> 8], _TURNED[check & 0xFF]])
    escaped = b"".join(
        bytes([0x7D, byte ^ 0x20]) if byte in (0x7D, 0x7E) or byte < 0x20 else bytes([byte]) for byte in frame
    )
    return b"\x7e" + escaped + b"\x7e"


Pack = Callable[..., bytes]


@dataclass(frozen=True)
class Way:
    """A way of packing, with an interface that has it, and the number of that interface's data endpoints. ``late``: whether
    content alone tells it."""

    name: str
    pack: Pack
    interfaces: list[tuple[int, int, int]]
    endpoint: int
    called: str
    several: bool = False
    before: list[tuple[bool, bytes]] = field(default_factory=list)
    late: bool = True


_DATA, _QMI = (0x0A, 0, 0), [(0xFF, 0xFF, 0x30), (0xFF, 0, 0), (0xFF, 0xFF, 0x50)]
_LCP = hdlc(bytes.fromhex("ff03c021 0101 0014 020600000000 0506 12345678 0702 0802"))
_DIAL = [(True, b"ATD*99#\r"), (False, b"ATD*99#\r\r\nCONNECT\r\n"), (True, _LCP), (False, _LCP)]
WAYS = [
    Way("ecm", ecm, [(2, 6, 0), _DATA], 2, "Ethernet"),
    Way("eem", eem, [(2, 0x0C, 7)], 1, "EEM", several=True, late=False),
    Way("ncm16", ncm16, [(2, 0x0D, 0), (0x0A, 0, 1)], 2, "NCM", several=True),
    Way("ncm32", ncm32, [(2, 0x0D, 0), (0x0A, 0, 1)], 2, "NCM", several=True),
    Way("rndis", rndis, [(0xE0, 1, 3), _DATA], 2, "RNDIS", several=True),
    Way("mbim", mbim, [(2, 0x0E, 0), (0x0A, 0, 2)], 2, "MBIM", several=True),
    Way("raw-ip", raw_ip, _QMI, 3, "raw IP"),
    Way("rmnet-802.3", ecm, _QMI, 3, "Ethernet"),
    Way("qmap", qmap, _QMI, 3, "QMAP", several=True),
    Way("qmap-4", qmap4, _QMI, 3, "QMAP", several=True),
    Way("qmap-5", qmap5, _QMI, 3, "QMAP", several=True),
    Way("ppp", ppp, [(0xFF, 0, 0), (0xFF, 0, 0)], 2, "PPP", several=True, before=_DIAL),
]


def captured(
    form: str, way: Way, packets: Packets, *, descriptors: bool = True, buffer: int = 1 << 20, keep: int | None = None
) -> bytes:
    """The capture of ``packets`` packed one ``way``; ``buffer`` is the size of a transfer, ``keep`` what is stored of one."""
    capture = Capture(form)
    if descriptors:
        capture.enumerate(DEVICE, 0x2C7C, 0x0125, ("Quectel", "EC25"), way.interfaces)
    for up, data in transfers(way, packets):
        for first in range(0, len(data), buffer):
            endpoint = way.endpoint if up else 0x80 | way.endpoint
            capture.bulk(DEVICE, endpoint, data[first : first + buffer], keep=keep)
    return capture.pcap()


def transfers(way: Way, packets: Packets) -> Packets:
    """What passes the pipes; what one side sends in a row goes into one transfer, where the way allows it."""
    groups: list[tuple[bool, list[bytes]]] = []
    for up, packet in packets:
        if way.several and groups and groups[-1][0] == up:
            groups[-1][1].append(packet)
        else:
            groups.append((up, [packet]))
    return [*way.before, *((up, way.pack(group, up=up)) for up, group in groups)]


FORMS = ("usbmon", "usbmon-mmap", "usbpcap")


BY_NAME = {way.name: way for way in WAYS}


def framed(pcap: bytes) -> list[Framed]:
    """The network frames found in a capture, by interface."""
    bodies = (message.body for stream in read.read_capture(io.BytesIO(pcap)).streams for message in decode(stream))
    return [body for body in bodies if isinstance(body, Framed)]


def packets(body: Framed) -> list[tuple[bool, bytes]]:
    return [
        (bool(up), body.data[start:end])
        for up, start, end in zip(body.outbound, body.begins.tolist(), body.ends.tolist(), strict=True)
    ]
