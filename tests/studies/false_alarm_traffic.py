"""Seeded traffic of ordinary people: pages, data, logs, dumps, names and noise, full of long numbers that are nobody's identity.

The numbers are those of the web: order numbers made of a date and a count, snowflakes, account ids, stamps in milli-, micro- and
nanoseconds, card and article numbers with a right Luhn digit, parcels, codes of 17 capitals and digits.
"""

from __future__ import annotations

import base64
import gzip
import json
import random
import string
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

MSS = 1400
EPOCH = 1_767_225_600
_PROSE = (
    "order item price basket parcel ticket account session request answer page index title author count offset cursor token"
    " worker queue shard node region build commit branch tag metric gauge timer bucket event stream batch record field value key"
    " window button label image video audio track album user group role scope grant model device vehicle engine wheel route city"
    " street number street wine vin rouge equipment module modem card network operator number the of and to in is that it for on"
)
_WORDS = _PROSE.split()
_NAMES = (
    "id uid oid pid rid sid tid order_id user_id account transaction reference trackingNumber barcode gtin sku serial sn ts time"
    " timestamp created updated expires nonce cursor offset seq revision build event_id eid pixel fbid parent article number code"
    " invoice receipt batch lot card token device deviceId device_id client_id visitor vid cid card_id ccid hash mac vin_code"
)
_KEYS = _NAMES.split()
_VIN = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"


class Web:
    """One seeded source of words, numbers and texts."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.now = EPOCH + self.rng.randrange(10**7)

    def digits(self, count: int) -> str:
        return str(self.rng.randrange(10 ** (count - 1), 10**count))

    def luhn(self, count: int, head: str = "") -> str:
        """A number whose last digit is its Luhn digit."""
        body = head + "".join(self.rng.choices(string.digits, k=count - 1 - len(head)))
        doubled = [int(digit) * (2 - index % 2) for index, digit in enumerate(reversed(body))]
        return body + str(-sum(one // 10 + one % 10 for one in doubled) % 10)

    def number(self) -> str:
        """One long number of the web, 13 to 22 digits."""
        rng = self.rng
        self.now += rng.random()
        day = f"2026{rng.randrange(1, 13):02}{rng.randrange(1, 29):02}"
        makes: tuple[Callable[[], str], ...] = (
            lambda: (
                day
                + f"{rng.randrange(24):02}{rng.randrange(60):02}{rng.randrange(60):02}"
                + self.digits(rng.randrange(1, 6))
            ),
            lambda: str(int(self.now * 1000)),
            lambda: str(int(self.now * 10**6)),
            lambda: str(int(self.now * 10**9)),
            lambda: str((int(self.now * 1000) - 1_288_834_974_657 << 22) + rng.randrange(1 << 22)),
            lambda: "1000" + self.digits(11),
            lambda: self.luhn(16, rng.choice("345")),
            lambda: self.luhn(15, rng.choice(("34", "37"))),
            lambda: self.luhn(14),
            lambda: self.digits(rng.randrange(14, 20)),
            lambda: self.digits(rng.choice((20, 22))),
        )
        return rng.choice(makes)()

    def code(self) -> str:
        return "".join(self.rng.choices(_VIN, k=17))

    def key(self) -> str:
        return self.rng.choice(_KEYS)

    def words(self, count: int) -> str:
        return " ".join(self.rng.choices(_WORDS, k=count))

    def hexed(self, count: int) -> str:
        return self.rng.randbytes(count).hex()

    def value(self, depth: int = 0) -> object:
        """A value of a JSON document."""
        rng = self.rng
        kind = rng.randrange(9 if depth < 3 else 7)
        if kind < 2:
            return self.number() if rng.random() < 0.6 else int(self.number())
        if kind == 7:
            return [self.value(depth + 1) for _ in range(rng.randrange(5))]
        if kind == 8:
            return {self.key(): self.value(depth + 1) for _ in range(rng.randrange(1, 8))}
        makes: tuple[Callable[[], object], ...] = (
            lambda: self.words(3),
            lambda: round(rng.uniform(-1000, 1000), 4),
            lambda: rng.choice((True, False, None, self.code())),
            lambda: self.hexed(16),
            lambda: base64.b64encode(rng.randbytes(30)).decode(),
        )
        return makes[kind - 2]()


def json_text(web: Web, size: int) -> bytes:
    """Objects of an interface, one after the other in a list."""
    rows: list[bytes] = []
    while sum(map(len, rows)) < size:
        rows.append(json.dumps({key: web.value() for key in web.rng.sample(_KEYS, web.rng.randrange(3, 14))}).encode())
    return b"[" + b",".join(rows) + b"]"


def html(web: Web, size: int) -> bytes:
    rows = ["<!doctype html><html><head><title>" + web.words(4) + "</title></head><body>"]
    for _ in range(size // 220):
        rows.append(
            f'<div class="{web.words(2)}" data-{web.key()}="{web.number()}">'
            f'<a href="/i/{web.number()}?{web.key()}={web.number()}">{web.words(12)}</a>'
            f" <b>{web.code()}</b><script>var {web.key()} = {web.number()};</script></div>"
        )
    return "\n".join(rows).encode()


def log(web: Web, size: int) -> bytes:
    rows = []
    for _ in range(size // 170):
        day, *clock = (web.rng.randrange(low, high) for low, high in ((1, 29), (0, 24), (0, 60), (0, 60)))
        rows.append(
            f"2026-01-{day:02}T{clock[0]:02}:{clock[1]:02}:{clock[2]:02}Z {web.rng.choice(('INFO', 'WARN', 'DEBUG'))}"
            f" [{web.words(1)}-{web.rng.randrange(90)}] {web.words(4)} {web.key()}={web.number()}"
            f" {web.key()}: {web.number()} {web.number()} trace={web.hexed(8)}"
        )
    return "\n".join(rows).encode()


def table(web: Web, size: int) -> bytes:
    head = ",".join(web.rng.sample(_KEYS, 6))
    rows = [
        ",".join((web.number(), web.number(), web.words(2), web.code(), web.number(), web.hexed(4)))
        for _ in range(size // 90)
    ]
    return "\r\n".join((head, *rows)).encode()


def dump(web: Web, size: int) -> bytes:
    data = web.rng.randbytes(size // 5)
    rows = []
    for at in range(0, len(data), 16):
        part = data[at : at + 16]
        rows.append(f"{at:08x}  {part.hex(' ')}  |{''.join(chr(one) if 32 <= one < 127 else '.' for one in part)}|")
    return "\n".join(rows).encode()


def encoded(web: Web, size: int) -> bytes:
    return base64.encodebytes(web.rng.randbytes(size * 3 // 4))


def form(web: Web, size: int) -> bytes:
    return "&".join(f"{web.key()}={web.number()}" for _ in range(size // 26)).encode()


TEXTS: dict[str, tuple[Callable[[Web, int], bytes], str]] = {
    "html": (html, "text/html"),
    "json": (json_text, "application/json"),
    "log": (log, "text/plain"),
    "table": (table, "text/csv"),
    "dump": (dump, "text/plain"),
    "base64": (encoded, "application/octet-stream"),
    "form": (form, "application/x-www-form-urlencoded"),
}


def exchange(web: Web, size: int) -> list[tuple[bool, bytes]]:
    """An HTTP request and its answer; one in three is posted, one in five answers is compressed."""
    make, kind = TEXTS[web.rng.choice(list(TEXTS))]
    body = make(web, size)
    extra = ""
    if web.rng.random() < 0.2:
        body, extra = gzip.compress(body, 1, mtime=0), "Content-Encoding: gzip\r\n"
    told = f"Content-Type: {kind}\r\n{extra}Content-Length: {len(body)}\r\n\r\n".encode()
    where = f"/{web.words(1)}/{web.number()}?{web.key()}={web.number()}"
    common = (
        f" HTTP/1.1\r\nHost: www{web.rng.randrange(50)}.shop.example\r\nCookie: sid={web.number()}; v={web.code()}\r\n"
    )
    if web.rng.random() < 0.33:
        asked = f"POST {where}{common}".encode() + told + body
        return [(False, asked), (True, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")]
    asked = f"GET {where}{common}\r\n".encode()
    return [(False, asked), (True, f'HTTP/1.1 200 OK\r\nETag: "{web.number()}"\r\n'.encode() + told + body)]


def plain(web: Web, size: int) -> list[tuple[bool, bytes]]:
    """A protocol nobody knows, of text: lines up and lines down."""
    make = TEXTS[web.rng.choice(list(TEXTS))][0]
    return [(web.rng.random() < 0.5, make(web, max(300, size // 4))) for _ in range(4)]


def encrypted(web: Web, size: int) -> list[tuple[bool, bytes]]:
    """TLS: a hello with a name, then records of noise."""
    host = f"a{web.rng.randrange(1000)}.{web.words(1)}.example".encode()
    name = struct.pack(">HHHBH", 0, len(host) + 5, len(host) + 3, 0, len(host)) + host
    hello = b"\3\3" + web.rng.randbytes(32) + b"\0\0\4\x13\1\x13\2\1\0" + struct.pack(">H", len(name)) + name
    first = b"\x16\3\1" + struct.pack(">H", len(hello) + 4) + b"\1" + len(hello).to_bytes(3, "big") + hello
    records = [(web.rng.random() < 0.8, web.rng.randbytes(min(16_000, size))) for _ in range(max(1, size // 16_000))]
    return [(False, first), *((down, b"\x17\3\3" + struct.pack(">H", len(data)) + data) for down, data in records)]


def noise(web: Web, size: int) -> list[tuple[bool, bytes]]:
    return [(web.rng.random() < 0.5, web.rng.randbytes(web.rng.randrange(8, 1400))) for _ in range(max(1, size // 700))]


def names(web: Web, size: int) -> list[tuple[bool, bytes]]:
    """DNS: names with numbers in them, and what answers them."""
    said: list[tuple[bool, bytes]] = []
    for _ in range(max(1, size // 160)):
        labels = (f"{web.key().replace('_', '-')}-{web.number()}"[:60], web.words(1), "cdn", "example")
        asked = b"".join(bytes([len(one)]) + one.encode() for one in labels) + b"\0\0\1\0\1"
        head = web.rng.randbytes(2)
        said.append((False, head + b"\1\0\0\1\0\0\0\0\0\0" + asked))
        said.append((True, head + b"\x81\x80\0\1\0\1\0\0\0\0" + asked + b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc6\x12\0\1"))
    return said


TALKS: tuple[tuple[Callable[[Web, int], list[tuple[bool, bytes]]], bool, int, int], ...] = (
    (exchange, True, 80, 8), (plain, True, 9100, 3), (encrypted, True, 443, 5), (noise, True, 7000, 1),
    (noise, False, 40000, 3), (names, False, 53, 1), (plain, False, 5500, 2),
)  # fmt: skip
"""What is said, on TCP or not, the server's port, and how many shares of the bytes."""


def head(link: int = 1) -> bytes:
    """The head of a pcap file."""
    return struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, link)


def packets(seed: int, size: int) -> Iterator[bytes]:
    """A pcap of about ``size`` bytes, in pieces."""
    web = Web(seed)
    yield head()
    written, clock, weights = 24, float(EPOCH), [share for *_, share in TALKS]
    while written < size:
        make, tcp, port, _ = web.rng.choices(TALKS, weights)[0]
        said = make(web, int(min(2 ** web.rng.uniform(9, 18), size)))
        for frame in frames(web, said, port, tcp=tcp):
            clock += web.rng.random() / 100
            yield struct.pack("<IIII", int(clock), int(clock % 1 * 1e6), len(frame), len(frame)) + frame
            written += len(frame) + 16


def write(seed: int, size: int, path: Path) -> None:
    with path.open("wb") as file:
        file.writelines(packets(seed, size))


def frames(web: Web, said: list[tuple[bool, bytes]], service: int, *, tcp: bool) -> Iterator[bytes]:
    client, server = 0xC0A80100 + web.rng.randrange(2, 250), 0xC6120000 + web.rng.randrange(1, 9000)
    port, sequence = web.rng.randrange(20_000, 65_000), [1000, 1000]
    if tcp:
        for down, flags in ((False, 2), (True, 18), (False, 16)):
            ends = (server, client, service, port) if down else (client, server, port, service)
            yield _frame(
                ends,
                struct.pack(
                    ">IIHHHH", sequence[down] - (flags & 2) // 2, 1000 if flags & 16 else 0, 0x5000 | flags, 8192, 0, 0
                ),
                b"",
                tcp=True,
            )
    for down, data in said:
        ends = (server, client, service, port) if down else (client, server, port, service)
        for at in range(0, len(data), MSS):
            part = data[at : at + MSS]
            head = struct.pack(
                ">IIHHHH", sequence[down] & 0xFFFFFFFF, sequence[not down] & 0xFFFFFFFF, 0x5018, 8192, 0, 0
            )
            yield _frame(ends, head if tcp else struct.pack(">HH", len(part) + 8, 0), part, tcp=tcp)
            sequence[down] += len(part)


def _frame(ends: tuple[int, int, int, int], transport: bytes, data: bytes, *, tcp: bool) -> bytes:
    source, target, from_port, to_port = ends
    inner = struct.pack(">HH", from_port, to_port) + transport + data
    head = struct.pack(">BBHHHBBHII", 0x45, 0, len(inner) + 20, 0, 0, 64, 6 if tcp else 17, 0, source, target)
    return b"\2\0\0\0\0\2\2\0\0\0\0\1\x08\0" + head + inner
