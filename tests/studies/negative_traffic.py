"""Seeded traffic that holds no position, with its headers: encrypted, spoken, played, drawn, stored and measured.

Each family makes one flow's payloads in one direction. Header forms are those of the named documents; what they carry is random,
or numbers of ordinary machines.
"""

from __future__ import annotations

import io
import json
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial

Flow = tuple[str, list[bytes]]
Family = Callable[[random.Random], Flow]
_MTU = 1200


def _datagrams(rng: random.Random, head: Callable[[int], bytes], low: int = 40, high: int = _MTU) -> Flow:
    return "udp", [head(number) + rng.randbytes(rng.randrange(low, high)) for number in range(rng.randrange(8, 60))]


def esp(rng: random.Random) -> Flow:
    """RFC 3948: SPI(4) sequence(4) ciphertext; a keepalive of one byte between."""
    spi = rng.randrange(256, 1 << 32)
    flow = _datagrams(rng, lambda n: struct.pack(">II", spi, n + 1))
    return "udp", [*flow[1], b"\xff"]


def wireguard(rng: random.Random) -> Flow:
    peer = rng.randrange(1 << 32)
    return _datagrams(rng, lambda n: struct.pack("<IIQ", 4, peer, n))


def openvpn(rng: random.Random) -> Flow:
    """P_DATA_V2 (9): opcode and key(1) peer(3) packet id(4) tag; a reset of P_CONTROL (7, 8) first."""
    head = b"\x38" + rng.randbytes(8) + b"\0" + bytes(4)
    return "udp", [head, *_datagrams(rng, lambda n: b"\x48\0\0\1" + struct.pack(">I", n))[1]]


def openvpn_tcp(rng: random.Random) -> Flow:
    rows = [b"\x30" + rng.randbytes(300) for _ in range(40)]
    return "tcp", [struct.pack(">H", len(row)) + row for row in rows]


def dtls(rng: random.Random) -> Flow:
    return _datagrams(rng, lambda n: b"\x17\xfe\xfd\0\1" + n.to_bytes(6, "big") + b"\x04\0")


def rtp(rng: random.Random, kind: int = 111, step: int = 960) -> Flow:
    """RFC 3550, also as SRTP; RTCP between."""
    ssrc, first, stamp = rng.randrange(1 << 32), rng.randrange(1 << 16), rng.randrange(1 << 32)

    def head(n: int) -> bytes:
        return struct.pack(">BBHII", 0x80, kind, first + n & 0xFFFF, stamp + n * step & 0xFFFFFFFF, ssrc)

    return _datagrams(rng, head, 20, 1100)


def pcm(rng: random.Random) -> Flow:
    """G.711 in RTP: silence and hum, which is far from random."""
    ssrc, level = rng.randrange(1 << 32), rng.randrange(1, 40)
    rows = []
    for n in range(60):
        tone = bytes(0xD5 ^ (level * (k % 8 > 3)) ^ (rng.random() < 0.2) for k in range(160))
        rows.append(struct.pack(">BBHII", 0x80, 8, n, 160 * n, ssrc) + tone)
    return "udp", rows


def zrtp(rng: random.Random) -> Flow:
    return _datagrams(
        rng, lambda n: b"\x10\0" + struct.pack(">H", n) + b"ZRTP" + rng.randbytes(4) + b"PZ\0\x1dHello   ", 60, 90
    )


def utp(rng: random.Random) -> Flow:
    """BEP 29: type and version, extension, connection, two clocks, window, sequence, acknowledged."""
    connection = rng.randrange(1 << 16)
    return _datagrams(
        rng, lambda n: struct.pack(">BBHIIIHH", 0x01, 0, connection, n * 5000, rng.randrange(90000), 1 << 20, n, 7)
    )


def turn(rng: random.Random) -> Flow:
    """RFC 8656 channel data, and STUN indications."""
    rows = []
    for _ in range(40):
        size = rng.randrange(60, 900)
        body = rng.randbytes(size)
        inner = struct.pack(">HH", 0x4001, size) + body
        if rng.random() < 0.4:
            inner = struct.pack(">HHI", 0x0016, size + 4 & 0xFFFC, 0x2112A442) + rng.randbytes(12) + body
        rows.append(inner)
    return "udp", rows


def zoom(rng: random.Random) -> Flow:
    """An outer head of 8 bytes and a media head before RTP, as measured in public studies."""
    return _datagrams(
        rng,
        lambda n: (
            b"\5"
            + struct.pack(">H", n)
            + b"\0\0\0\0\1"
            + b"\x0f"
            + struct.pack(">HI", n, n * 640)
            + bytes(12)
            + b"\x90\x62"
        ),
    )


def source_engine(rng: random.Random) -> Flow:
    return _datagrams(rng, lambda n: struct.pack("<II", n, n - 1 & 0xFFFFFFFF) + b"\0" + rng.randbytes(2), 20, 300)


def quake(rng: random.Random) -> Flow:
    rows = [
        b"\xff\xff\xff\xffgetinfo xxx",
        b"\xff\xff\xff\xffstatusResponse\n\\mapname\\q3dm17\\sv_maxclients\\16\\fraglimit\\20\n",
    ]
    return "udp", rows + _datagrams(rng, lambda n: struct.pack("<IH", n, 27960), 20, 200)[1]


def minecraft(rng: random.Random) -> Flow:
    """Varint length, packet id, floats and doubles of a player's place in the game."""
    rows = []
    x, z = rng.uniform(-200, 200), rng.uniform(-90, 90)
    for _ in range(60):
        x, z = x + rng.uniform(-0.3, 0.3), z + rng.uniform(-0.3, 0.3)
        body = b"\x14" + struct.pack(">dddff?", x, 64.0, z, rng.uniform(0, 360), rng.uniform(-90, 90), True)
        rows.append(bytes([len(body)]) + body)
    return "tcp", rows


def raknet(rng: random.Random) -> Flow:
    return _datagrams(
        rng, lambda n: b"\x84" + n.to_bytes(3, "little") + b"\x60" + struct.pack(">H", 800) + bytes(7), 20, 200
    )


def valve(rng: random.Random) -> Flow:
    """Steam datagram relay: kind, session, sequence."""
    session = rng.randrange(1 << 32)
    return _datagrams(rng, lambda n: b"\x90" + struct.pack("<IH", session, n), 40, 500)


def unity(rng: random.Random) -> Flow:
    """Places and turns of a game's figures as floats."""
    rows = []
    at = [rng.uniform(-180, 180) for _ in range(6)]
    for n in range(60):
        at = [one + rng.uniform(-0.2, 0.2) for one in at]
        rows.append(struct.pack("<HI6f", 0x0107, n, *at) + struct.pack("<4f", *[rng.uniform(-1, 1) for _ in range(4)]))
    return "udp", rows


def rdp_udp(rng: random.Random) -> Flow:
    """MS-RDPEUDP2: TLS records inside its own heads."""
    return _datagrams(rng, lambda n: struct.pack(">HH", 0x0400 | n & 15, n) + b"\x17\x03\x03\x03\xe8", 40, 1100)


def rdp(rng: random.Random) -> Flow:
    """Fast-path updates: bitmaps with runs."""
    rows = []
    for _ in range(40):
        body = b"\0" + bytes(rng.choice((0, 255, 17)) for _ in range(rng.randrange(50, 900)))
        rows.append(b"\x00" + struct.pack(">H", len(body) + 3 | 0x8000) + body)
    return "tcp", rows


def vnc(rng: random.Random) -> Flow:
    rows = [b"RFB 003.008\n", b"\1", b"\1"]
    for _ in range(60):
        rows.append(
            b"\0\0"
            + struct.pack(">HHHHHi", 1, rng.randrange(1920), rng.randrange(1080), 64, 16, 0)
            + bytes(rng.choice((0, 32, 255)) for _ in range(600))
        )
    return "tcp", rows


def rsync(rng: random.Random) -> Flow:
    names = b"".join(
        b"\x19%02d%c.txt" % (n, 97 + n % 26) + struct.pack("<II", rng.randrange(9999), 1_770_000_000 + n)
        for n in range(200)
    )
    return "tcp", [
        b"@RSYNCD: 31.0 sha512 md5\n",
        b"backup\n",
        b"--server\0--sender\0-logDtpre.\0",
        names,
        rng.randbytes(20_000),
    ]


def rpc(rng: random.Random) -> Flow:
    """NFS version 3 over TCP: record mark, transaction, call, program 100003, handles, sizes and stamps."""
    rows = []
    for n in range(60):
        attributes = struct.pack(">15I", 1, 0o644, 1, 1000, 1000, 0, rng.randrange(1 << 20), 0, 4096, 0, 0, 0, 77, 0, n)
        body = (
            struct.pack(">IIIIII", 0x5A0000 + n, 0, 2, 100003, 3, rng.randrange(1, 21))
            + struct.pack(">6I", 1, 24, 0, 0, 0, 0)
            + rng.randbytes(32)
            + attributes
            + struct.pack(">6I", *[1_770_000_000 + n, 0] * 3)
        )
        rows.append(struct.pack(">I", len(body) | 0x80000000) + body)
    return "tcp", rows


def smb(rng: random.Random) -> Flow:
    """MS-SMB2: reads and writes with FILETIME stamps."""
    rows = []
    for n in range(40):
        head = (
            b"\xfeSMB" + struct.pack("<HHIHHIIQIIQ", 64, 1, 0, rng.randrange(19), 31, 0, 0, n, 0xFEFF, 1, 7) + bytes(16)
        )
        body = struct.pack(
            "<HHIQQQQ", 60, 0, 0, *[133_500_000_000_000_000 + rng.randrange(1 << 40) for _ in range(4)]
        ) + rng.randbytes(rng.randrange(300))
        rows.append(struct.pack(">I", len(head + body)) + head + body)
    return "tcp", rows


def mpeg_ts(rng: random.Random) -> Flow:
    """Seven transport packets of 188 bytes in a datagram: 47, PID, counter, stuffing."""
    rows = []
    for n in range(40):
        rows.append(
            b"".join(
                b"\x47"
                + struct.pack(">HB", 0x100, 0x10 | n * 7 + k & 15)
                + (rng.randbytes(184) if rng.random() < 0.9 else b"\xff" * 184)
                for k in range(7)
            )
        )
    return "udp", rows


def h264(rng: random.Random) -> Flow:
    """Annex B units in RTP over RTSP's interleaving ($, channel, length)."""
    rows = []
    for n in range(60):
        body = struct.pack(">BBHII", 0x80, 96, n, n * 3000, 9) + b"\x7c\x85" + rng.randbytes(rng.randrange(200, 1200))
        rows.append(b"$\0" + struct.pack(">H", len(body)) + body)
    return "tcp", rows


def bittorrent(rng: random.Random) -> Flow:
    head = b"\x13BitTorrent protocol" + bytes(8) + rng.randbytes(20) + b"-qB4500-" + rng.randbytes(12)
    pieces = [struct.pack(">IBII", 9 + 2048, 7, n, 0) + rng.randbytes(2048) for n in range(12)]
    return "tcp", [head, *pieces]


def dht(rng: random.Random) -> Flow:
    return "udp", [
        b"d1:rd2:id20:"
        + rng.randbytes(20)
        + b"5:nodes208:"
        + rng.randbytes(208)
        + b"e1:t2:"
        + rng.randbytes(2)
        + b"1:y1:re"
        for _ in range(40)
    ]


def kerberos(rng: random.Random) -> Flow:
    body = b"\x30\x82\x05\xdc\xa1\x03\x02\x01\x05\xa2\x03\x02\x01\x0c\x18\x0f20260314120000Z" + rng.randbytes(900)
    return "udp", [b"\x6c\x82" + struct.pack(">H", len(body)) + body for _ in range(10)]


def ldap(rng: random.Random) -> Flow:
    rows = []
    for n in range(60):
        text = b"uid=user%d,ou=people,dc=firm,dc=example" % rng.randrange(9999)
        inner = b"\x02\x01" + bytes([n % 128]) + b"\x64" + bytes([len(text) + 2]) + b"\x04" + bytes([len(text)]) + text
        rows.append(b"\x30" + bytes([len(inner)]) + inner)
    return "tcp", rows


def postgres(rng: random.Random) -> Flow:
    """Data rows of numbers as text."""
    rows = []
    for _ in range(200):
        cells = [
            b"%d" % rng.randrange(10**6),
            b"%.6f" % rng.uniform(-200, 200),
            b"%.2f" % rng.uniform(0, 100),
            b"2026-03-%02d 12:%02d:00" % (rng.randrange(1, 29), rng.randrange(60)),
        ]
        body = struct.pack(">H", len(cells)) + b"".join(struct.pack(">I", len(cell)) + cell for cell in cells)
        rows.append(b"D" + struct.pack(">I", len(body) + 4) + body)
    return "tcp", rows


def mysql(rng: random.Random) -> Flow:
    rows = []
    for n in range(200):
        cells = [
            b"%d" % n,
            b"%.4f" % rng.uniform(-300, 300),
            b"%.4f" % rng.uniform(0, 9999),
            b"shelf %d" % rng.randrange(99),
        ]
        body = b"".join(bytes([len(cell)]) + cell for cell in cells)
        rows.append(len(body).to_bytes(3, "little") + bytes([n & 255]) + body)
    return "tcp", rows


def redis(rng: random.Random) -> Flow:
    return "tcp", [
        b"*3\r\n$3\r\nSET\r\n$%d\r\nload:%d\r\n$8\r\n%08.5f\r\n" % (len(b"load:%d" % n), n, rng.uniform(0, 99))
        for n in range(200)
    ]


def mongo(rng: random.Random) -> Flow:
    rows = []
    for n in range(80):
        document = (
            b"\x10n\0"
            + struct.pack("<i", n)
            + b"\x01v\0"
            + struct.pack("<d", rng.uniform(-180, 180))
            + b"\x01w\0"
            + struct.pack("<d", rng.uniform(-90, 90))
            + b"\x09t\0"
            + struct.pack("<q", 1_770_000_000_000 + n)
        )
        body = struct.pack("<IB", 0, 0) + struct.pack("<i", len(document) + 5) + document + b"\0"
        rows.append(struct.pack("<iiii", len(body) + 16, n, 0, 2013) + body)
    return "tcp", rows


def _posted(body: bytes, kind: str) -> Flow:
    head = f"POST /v1/x HTTP/1.1\r\nHost: box.example\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    data = head + body
    return "tcp", [data[at : at + 1400] for at in range(0, len(data), 1400)]


def _jpeg(rng: random.Random) -> bytes:
    tables = b"\xff\xdb\0\x43\0" + bytes(rng.randrange(1, 99) for _ in range(64))
    frame = b"\xff\xc0\0\x11\x08" + struct.pack(">HH", 1080, 1920) + b"\3\1\x22\0\2\x11\1\3\x11\1"
    scan = rng.randbytes(rng.randrange(5_000, 40_000)).replace(b"\xff", b"\xff\0")
    return (
        b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"
        + tables
        + frame
        + b"\xff\xda\0\x0c\3\1\0\2\x11\3\x11\0\x3f\0"
        + scan
        + b"\xff\xd9"
    )


def _png(rng: random.Random) -> bytes:
    raw = b"".join(b"\0" + bytes(rng.choice((0, 255, 40)) for _ in range(300)) for _ in range(60))
    out = b"\x89PNG\r\n\x1a\n"
    for name, body in (
        (b"IHDR", struct.pack(">IIBBBBB", 100, 60, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(raw)),
        (b"IEND", b""),
    ):
        out += struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    return out


def _mp4(rng: random.Random) -> bytes:
    def box(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body) + 8) + name + body

    sizes = b"".join(struct.pack(">I", rng.randrange(300, 9000)) for _ in range(400))
    moov = box(
        b"moov",
        box(b"mvhd", struct.pack(">5I", 0, 3_850_000_000, 3_850_000_100, 1000, 60_000) + bytes(80))
        + box(b"stsz", struct.pack(">III", 0, 0, 400) + sizes),
    )
    return box(b"ftyp", b"isom\0\0\2\0isomiso2avc1mp41") + moov + box(b"mdat", rng.randbytes(30_000))


def _zip(rng: random.Random) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(5):
            archive.writestr(zipfile.ZipInfo(f"part{n}.bin", (2026, 3, 14, 1, 5, 9)), rng.randbytes(4000))
    return held.getvalue()


def bodies(rng: random.Random) -> Flow:
    make, kind = rng.choice(
        ((_jpeg, "image/jpeg"), (_png, "image/png"), (_mp4, "video/mp4"), (_zip, "application/zip"))
    )
    return _posted(make(rng), rng.choice((kind, "application/octet-stream")))


def jpeg_stream(rng: random.Random) -> Flow:
    """A camera's pictures over TCP with a length before each."""
    data = b"".join(struct.pack("<I", len(one)) + one for one in (_jpeg(rng) for _ in range(3)))
    return "tcp", [data[at : at + 1400] for at in range(0, len(data), 1400)]


def jpeg_udp(rng: random.Random) -> Flow:
    data = _jpeg(rng)
    return "udp", [
        struct.pack(">HH", n, at) + data[at : at + 1000] for n, at in enumerate(range(0, min(len(data), 60_000), 1000))
    ]


def _varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def _field(number: int, body: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(body)) + body


def otlp(rng: random.Random) -> Flow:
    """Histograms and gauges of OpenTelemetry in protobuf: bounds, counts and doubles."""
    points = b""
    for _ in range(rng.randrange(1, 20)):
        when = b"\x19" + struct.pack("<Q", 1_770_000_000_000_000_000 + rng.randrange(10**12))
        bounds = sorted(rng.uniform(0, 180) for _ in range(6))
        packed = _field(6, struct.pack("<7Q", *[rng.randrange(99) for _ in range(7)])) + _field(
            7, struct.pack("<6d", *bounds)
        )
        points += _field(1, when + b"\x21" + struct.pack("<d", rng.uniform(-90, 90)) + packed)
    metric = _field(1, b"http.server.duration") + _field(9, points)
    return _posted(_field(1, _field(2, _field(2, metric))), "application/x-protobuf")


def metrics(rng: random.Random) -> Flow:
    """Prometheus and Influx lines, and bare pairs of readings in JSON and CSV."""
    form = rng.randrange(6)
    pairs = [(rng.uniform(-90, 90), rng.uniform(-180, 180)) for _ in range(rng.randrange(3, 60))]
    if form == 0:
        text = "\n".join(f'temp{{room="{n}",le="{a:.4f}"}} {b:.4f}' for n, (a, b) in enumerate(pairs))
    elif form == 1:
        text = "\n".join(
            f"imu,unit=7 gx={a:.5f},gy={b:.5f} {1_770_000_000_000_000_000 + n}" for n, (a, b) in enumerate(pairs)
        )
    elif form == 2:
        text = json.dumps({"t": 1_770_000_000, "samples": [[round(a, 5), round(b, 5)] for a, b in pairs]})
    elif form == 3:
        text = "\n".join(f"2026-03-14 12:00:{n % 60:02},{a:.4f},{b:.4f}" for n, (a, b) in enumerate(pairs))
    elif form == 4:
        text = json.dumps(
            {
                "bounds": [round(a, 3) for a, _ in pairs],
                "device": "358250001234567",
                "quantiles": {"p50": pairs[0][0], "p99": pairs[0][1]},
            }
        )
    else:
        text = "\n".join(f"acc: {a / 9:.4f} {b / 9:.4f} gyro: {b:.4f},{a:.4f}" for a, b in pairs)
    return _posted(text.encode(), ("text/plain", "application/json")[form in (2, 4)])


def imu(rng: random.Random) -> Flow:
    """A motion sensor's lines, with its clock."""
    yaw, pitch = rng.uniform(-180, 180), rng.uniform(-90, 90)
    rows = []
    for n in range(80):
        yaw, pitch = yaw + rng.gauss(0, 4), max(-90.0, min(90.0, pitch + rng.gauss(0, 3)))
        rows.append(f"{1_770_000_000 + n},{pitch:.4f},{yaw:.4f},{rng.gauss(0, 5):.4f}\r\n".encode())
    return rng.choice(("tcp", "udp")), rows


def random_bytes(rng: random.Random, transport: str = "tcp") -> Flow:
    return transport, [rng.randbytes(rng.randrange(20, _MTU)) for _ in range(40)]


def low_entropy(rng: random.Random) -> Flow:
    """Counters, small numbers and zero bytes, as machines on a line send them."""
    rows = []
    fixed = rng.randbytes(rng.randrange(2, 9))
    for n in range(60):
        words = [rng.choice((0, 1, n, rng.randrange(1 << 16), 0xFFFF)) for _ in range(rng.randrange(6, 60))]
        rows.append(fixed + struct.pack(f"{rng.choice('<>')}{len(words)}H", *words))
    return rng.choice(("tcp", "udp")), rows


FAMILIES: dict[str, Family] = {
    one.__name__: one
    for one in (
        esp, wireguard, openvpn, openvpn_tcp, dtls, rtp, pcm, zrtp, utp, turn, zoom, source_engine, quake, minecraft, raknet,
        valve, unity, rdp_udp, rdp, vnc, rsync, rpc, smb, mpeg_ts, h264, bittorrent, dht, kerberos, ldap, postgres, mysql,
        redis, mongo, bodies, jpeg_stream, jpeg_udp, otlp, metrics, imu, random_bytes, low_entropy,
    )
}  # fmt: skip
FAMILIES["teams"] = partial(rtp, kind=118, step=480)
FAMILIES["random datagrams"] = partial(random_bytes, transport="udp")


def flows(seed: int) -> Iterator[tuple[str, str, list[bytes]]]:
    """Family, transport and payloads, for ever: each family in turn."""
    number = 0
    while True:
        for name, make in FAMILIES.items():
            number += 1
            rng = random.Random(seed * 1_000_003 + number)
            transport, payloads = make(rng)
            yield name, transport, payloads
