"""What stands beside the times of a beacon, from the capture to the sentence."""

from __future__ import annotations

import datetime as dt
import random
import ssl
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import dpkt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.talks import START, Timed, datagram, finding, frame, scan, talk, write

CAR, FAR, RESOLVER = "192.168.1.20", "198.51.100.7", "192.168.1.1"
NAME = "fleet.example.net"
# An OUI that somebody owns, and one address more of it.
TBOX, OTHER_TBOX = bytes.fromhex("00e04c112233"), bytes.fromhex("00e04c445566")


def beats(count: int = 30, period: float = 60.0, seed: int = 1) -> list[float]:
    chance = random.Random(seed)
    return [5 + period * n + chance.uniform(0, 1) for n in range(count)]


def answered(at: float, request: bytes, answer: int, sport: int, **more: Any) -> list[Timed]:
    """A connection of the car with one request, and ``answer`` bytes that come back; every other packet is acknowledged."""
    made = talk(at, CAR, FAR, 443, request, sport=sport, **more)
    for step in range(0, answer, 1400):
        data = bytes(min(1400, answer - step))
        down = dpkt.tcp.TCP(
            sport=443, dport=sport, seq=1 + step, ack=1 + len(request), flags=dpkt.tcp.TH_ACK, data=data
        )
        made.append((START + at + 1.1 + step / 1e7, frame(down, FAR, CAR)))
        if step % 2800:
            up = dpkt.tcp.TCP(sport=sport, dport=443, seq=1 + len(request), ack=1 + step, flags=dpkt.tcp.TH_ACK)
            made.append((START + at + 1.2 + step / 1e7, frame(up, CAR, FAR)))
    return made


def question(at: float, name: str) -> Timed:
    return datagram(at, CAR, RESOLVER, 53, bytes(dpkt.dns.DNS(id=int(at) & 0xFFFF, qd=[dpkt.dns.DNS.Q(name=name)])))


def beacon(tmp_path: Path, frames: list[Timed], **facts: object) -> dict[str, Any]:
    scan(tmp_path / "a.db", write(tmp_path / "car.pcap", frames))
    return finding(tmp_path / "a.db", "beacon", **facts)


def test_a_stream_is_all_down_and_no_report(tmp_path: Path) -> None:
    def talks(answer: int) -> list[Timed]:
        return [one for n, at in enumerate(beats()) for one in answered(at, b"\0" * 300, answer, 41000 + n)]

    for folder in ("report", "stream"):
        (tmp_path / folder).mkdir()
    report = beacon(tmp_path / "report", talks(200))
    stream = beacon(tmp_path / "stream", talks(60_000))
    assert (report["confidence"], stream["confidence"]) == ("likely", "possible")
    (said,) = [one for one in stream["doubts"] if "came down" in one]
    share, each = 60_000 / 64_000, 60_000
    assert said.endswith("a contact: streams and downloads do that")
    assert share < float(said.split("%")[0]) / 100 < 1
    assert each < int(said.split("down, ")[1].split(" ")[0].replace(",", "")) < 1.1 * each
    assert not [one for one in report["doubts"] if "came down" in one]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    begin = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, begin, begin + dt.timedelta(days=9999))
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    (folder / "key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert", folder / "key")
    return context


def hellos(server: ssl.SSLContext, version: ssl.TLSVersion, *, resume: bool) -> Iterator[bytes]:
    """What OpenSSL's client sends first, each time it connects."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.maximum_version = version
    session = None
    while True:
        up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
        client = context.wrap_bio(down, up, server_hostname=NAME, session=session)
        there = server.wrap_bio(ssl_in := ssl.MemoryBIO(), ssl_out := ssl.MemoryBIO(), server_side=True)
        first = b""
        for _ in range(4):
            for side in (client, there):
                with suppress(ssl.SSLWantReadError):
                    side.do_handshake()
                sent = up.read()
                first = first or sent
                ssl_in.write(sent)
                down.write(ssl_out.read())
        with suppress(ssl.SSLWantReadError):
            client.read()  # TLS 1.3 gives its ticket after the handshake
        session = client.session if resume else None
        yield first


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_sessions_that_are_resumed_are_one_program(
    tmp_path: Path, server: ssl.SSLContext, version: ssl.TLSVersion
) -> None:
    told = {}
    for resume in (True, False):
        first = hellos(server, version, resume=resume)
        frames = [one for n, at in enumerate(beats()) for one in talk(at, CAR, FAR, 443, next(first), sport=41000 + n)]
        (folder := tmp_path / str(resume)).mkdir()
        told[resume] = beacon(folder, frames, far_end=NAME)["reasons"]
    said = "29 of its 30 TLS connections offered to resume an earlier session there: one program that keeps its state"
    assert said in told[True]
    assert not [one for one in told[False] if "resume" in one]


def test_the_name_is_asked_for_before_each_contact(tmp_path: Path) -> None:
    times = beats()
    frames = [one for n, at in enumerate(times) for one in answered(at, b"\0" * 300, 100, 41000 + n)]
    answer = dpkt.dns.DNS(
        id=1, op=0x8180, qd=[dpkt.dns.DNS.Q(name=NAME)],
        an=[dpkt.dns.DNS.RR(name=NAME, type=1, cls=1, ttl=60, rdata=bytes(map(int, FAR.split("."))))],
    )  # fmt: skip
    packet = dpkt.udp.UDP(sport=53, dport=40000, data=bytes(answer))
    packet.ulen = len(packet)
    frames.append((START + times[0] - 0.4, frame(packet, RESOLVER, CAR)))
    named = [question(at - 0.5, NAME) for at in times]
    told = beacon(tmp_path, frames + named, far_end=NAME)
    assert f"the name {NAME} was asked for right before 100% of the contacts" in told["reasons"]
    assert not [one for one in told["doubts"] if "other names" in one]


def test_other_names_beside_are_a_page(tmp_path: Path) -> None:
    times = beats()
    frames = [one for n, at in enumerate(times) for one in answered(at, b"\0" * 300, 100, 41000 + n)]
    parts = [question(at + 0.1 * n, f"www.part{n}.example") for at in times for n in range(1, 5)]
    told = beacon(tmp_path, frames + parts, far_end=f"{FAR}:443")
    assert "with most contacts 4 or more other names were asked for: pages and open apps do that" in told["doubts"]


def test_two_devices_of_a_make_by_one_clock_are_one_program(tmp_path: Path) -> None:
    def both(*devices: tuple[bytes, str]) -> list[Timed]:
        return [
            one
            for seed, (mac, client) in enumerate(devices)
            for n, at in enumerate(beats(8, 300, seed))
            for one in talk(at + 70 * seed, client, FAR, 443, bytes(300), sport=41000 + n, mac=mac)
        ]

    told = {}
    strange = bytes.fromhex("001122445566")
    for name, mac in (("alone", None), ("make", OTHER_TBOX), ("other", strange)):
        (folder := tmp_path / name).mkdir()
        others = [(mac, "192.168.1.21")] if mac else []
        told[name] = beacon(folder, both((TBOX, CAR), *others), client=CAR)
    said = "another device of the same make (00:e0:4c) reaches it every 300 s too: one program, by the same clock"
    assert {name: said in one["reasons"] for name, one in told.items()} == {
        "alone": False,
        "make": True,
        "other": False,
    }
    assert {name: one["confidence"] for name, one in told.items()} == {
        "alone": "possible", "make": "likely", "other": "possible",
    }  # fmt: skip
