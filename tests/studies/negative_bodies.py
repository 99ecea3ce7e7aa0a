"""Bodies that hold no position: pictures, archives, telemetry, measured and random bytes.

A part of ``negative_traffic``: seeded, with the header forms of the named documents.
"""

from __future__ import annotations

import io
import json
import random
import struct
import zipfile
import zlib

from tests.studies.negative_datagrams import MTU, Flow


def posted(body: bytes, kind: str) -> Flow:
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
    return posted(make(rng), rng.choice((kind, "application/octet-stream")))


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
    return posted(_field(1, _field(2, _field(2, metric))), "application/x-protobuf")


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
    return posted(text.encode(), ("text/plain", "application/json")[form in (2, 4)])


def imu(rng: random.Random) -> Flow:
    """A motion sensor's lines, with its clock."""
    yaw, pitch = rng.uniform(-180, 180), rng.uniform(-90, 90)
    rows = []
    for n in range(80):
        yaw, pitch = yaw + rng.gauss(0, 4), max(-90.0, min(90.0, pitch + rng.gauss(0, 3)))
        rows.append(f"{1_770_000_000 + n},{pitch:.4f},{yaw:.4f},{rng.gauss(0, 5):.4f}\r\n".encode())
    return rng.choice(("tcp", "udp")), rows


def random_bytes(rng: random.Random, transport: str = "tcp") -> Flow:
    return transport, [rng.randbytes(rng.randrange(20, MTU)) for _ in range(40)]


def low_entropy(rng: random.Random) -> Flow:
    """Counters, small numbers and zero bytes, as machines on a line send them."""
    rows = []
    fixed = rng.randbytes(rng.randrange(2, 9))
    for n in range(60):
        words = [rng.choice((0, 1, n, rng.randrange(1 << 16), 0xFFFF)) for _ in range(rng.randrange(6, 60))]
        rows.append(fixed + struct.pack(f"{rng.choice('<>')}{len(words)}H", *words))
    return rng.choice(("tcp", "udp")), rows
