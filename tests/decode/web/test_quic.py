"""Initial packets sealed with the keys that RFC 9001 appendix A.1 publishes for its connection id."""

from __future__ import annotations

import hmac

import dpkt
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from iotwatch.batch.scan import Plan, scan
from iotwatch.decode import decode
from iotwatch.store import Store

CONNECTION = bytes.fromhex("8394c8f03e515708")
KEY = bytes.fromhex("1f369613dd76d5467730efcbe3b1a22d")
IV = bytes.fromhex("fa044b2f42a3fd3b46fb255c")
HEADER_KEY = bytes.fromhex("9f50449e04a0e810283a1e9933adedd2")
DRAFTS = {
    # A version, and the salt of the last draft that changed it (draft-ietf-quic-tls-22, -23, -29, -33; Chromium's quic_utils).
    0xFF000016: "7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a",
    0xFF00001B: "c3eef712c72ebb5a11a7d2432bb46365bef9f502",
    0xFACEB002: "c3eef712c72ebb5a11a7d2432bb46365bef9f502",
    0xFF00001D: "afbfec289993d24c9e9786f19c6111e04390a899",
    0xFF000022: "38762cf7f55934b34d179ae6a4c80cadccbb7f0a",
    0x54303531: "7a4edef4e7ccee5fa4506c19124fc8ccda6e033d",
}
NAME = b"cloud.example.org"


def extension(kind: int, value: bytes) -> bytes:
    return kind.to_bytes(2, "big") + len(value).to_bytes(2, "big") + value


def hello(padding: int = 0) -> bytes:
    """RFC 8446 section 4.1.2, with a server name (RFC 6066 section 3), ALPN (RFC 7301) and versions."""
    name = b"\0" + len(NAME).to_bytes(2, "big") + NAME
    extensions = (
        extension(0, len(name).to_bytes(2, "big") + name)
        + extension(16, b"\0\x03\x02h3")
        + extension(43, b"\x02\x03\x04")
        + extension(21, bytes(padding))
    )
    body = (
        b"\x03\x03"
        + bytes(32)
        + b"\0"
        + b"\0\x02\x13\x01"
        + b"\x01\0"
        + len(extensions).to_bytes(2, "big")
        + extensions
    )
    return b"\x01" + len(body).to_bytes(3, "big") + body


def crypto(offset: int, data: bytes) -> bytes:
    return b"\x06" + (0x4000 | offset).to_bytes(2, "big") + (0x4000 | len(data)).to_bytes(2, "big") + data


def labelled(secret: bytes, label: str, size: int) -> bytes:
    """HKDF-Expand-Label (RFC 8446 section 7.1) of at most one block: one HMAC."""
    name = b"tls13 " + label.encode()
    info = size.to_bytes(2, "big") + bytes([len(name)]) + name + b"\0\1"
    return hmac.digest(secret, info, "sha256")[:size]


def keys_of(salt: str) -> tuple[bytes, bytes, bytes]:
    """RFC 9001 section 5.2: key, IV and header key of a client whose connection id is ``CONNECTION``."""
    secret = labelled(hmac.digest(bytes.fromhex(salt), CONNECTION, "sha256"), "client in", 32)
    return labelled(secret, "quic key", 16), labelled(secret, "quic iv", 12), labelled(secret, "quic hp", 16)


def initial(
    frames: bytes, number: int = 2, version: int = 1, keys: tuple[bytes, bytes, bytes] = (KEY, IV, HEADER_KEY)
) -> bytes:
    """RFC 9001 sections 5.3 and 5.4: sealed, then its header masked."""
    key, iv, header_key = keys
    frames = frames.ljust(1162, b"\0")
    size = 4 + len(frames) + 16
    packet_number = number.to_bytes(4, "big")
    head = (
        b"\xc3"
        + version.to_bytes(4, "big")
        + b"\x08"
        + CONNECTION
        + b"\0\0"
        + (0x4000 | size).to_bytes(2, "big")
        + packet_number
    )
    nonce = (int.from_bytes(iv, "big") ^ number).to_bytes(12, "big")
    sealed = AESGCM(key).encrypt(nonce, frames, head)
    block = Cipher(AES(header_key), ECB())  # noqa: S305 - the mask of RFC 9001 section 5.4.3
    mask = block.encryptor().update(sealed[:16])
    masked = bytes(a ^ b for a, b in zip(packet_number, mask[1:5], strict=True))
    return bytes([head[0] ^ (mask[0] & 0x0F)]) + head[1:-4] + masked + sealed


def test_the_first_packet_names_the_server(datagrams, traits_of):
    packet = initial(b"\x01" + crypto(0, hello()))
    messages = list(decode(datagrams(packet, b"\x40" + bytes(60), port=443)))
    assert [message.protocol for message in messages] == ["quic"]
    sni, alpn, ja4 = traits_of(messages)
    assert sni == ("tls.sni", NAME.decode(), packet)
    assert alpn[1] == "h3"
    assert ja4[1].startswith("q13d0104h3_")


def test_the_keys_that_the_tests_make_are_the_published_ones():
    assert keys_of(DRAFTS[0xFF000022]) == (KEY, IV, HEADER_KEY)


@pytest.mark.parametrize(("version", "salt"), DRAFTS.items())
def test_drafts_and_their_makers_versions_name_the_server(version, salt, tmp_path):
    datagram = initial(crypto(0, hello()), version=version, keys=keys_of(salt))
    frame = dpkt.ethernet.Ethernet(data=dpkt.ip.IP(
        src=b"\xc0\xa8\x01\x14", dst=b"\xc6\x33\x64\x07", p=17,
        data=dpkt.udp.UDP(sport=50000, dport=443, ulen=8 + len(datagram), data=datagram),
    ))  # fmt: skip
    with (tmp_path / "q.pcap").open("wb") as file:
        dpkt.pcap.Writer(file).writepkt(bytes(frame), 1_700_000_000)
    scan([tmp_path / "q.pcap"], tmp_path / "q.db", Plan(jobs=1))
    with Store(tmp_path / "q.db") as store:
        assert store.query("SELECT value FROM observations WHERE kind = 'tls.sni'") == [{"value": NAME.decode()}]
        assert store.query("SELECT server_name FROM flows") == [{"server_name": NAME.decode()}]


def test_a_hello_in_two_packets_and_out_of_order(datagrams, traits_of):
    whole = hello(900)
    first = initial(crypto(400, whole[400:]) + crypto(0, whole[:200]), 0)
    second = initial(b"\x02\x00\x00\x00\x00" + crypto(200, whole[200:400]), 1)
    (sni,) = traits_of(decode(datagrams(first, second, port=443)), "tls.sni")
    assert sni == ("tls.sni", NAME.decode(), first)


@pytest.mark.parametrize("at", [6, 30, 200, -1])
def test_a_packet_that_its_keys_do_not_open_is_only_named(at, datagrams):
    packet = bytearray(initial(crypto(0, hello())))
    packet[at] ^= 1
    messages = list(decode(datagrams(bytes(packet), port=443)))
    assert [(message.protocol, message.traits) for message in messages] == [("quic", ())]


def test_part_of_a_hello_is_only_named(datagrams):
    messages = list(decode(datagrams(initial(crypto(0, hello()[:60])), port=443)))
    assert [(message.protocol, message.traits) for message in messages] == [("quic", ())]
