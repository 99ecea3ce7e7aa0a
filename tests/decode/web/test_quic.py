"""Initial packets sealed with the keys that RFC 9001 appendix A.1 publishes for its connection id."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from iotwatch.decode import decode

CONNECTION = bytes.fromhex("8394c8f03e515708")
KEY = bytes.fromhex("1f369613dd76d5467730efcbe3b1a22d")
IV = bytes.fromhex("fa044b2f42a3fd3b46fb255c")
HEADER_KEY = bytes.fromhex("9f50449e04a0e810283a1e9933adedd2")
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


def initial(frames: bytes, number: int = 2) -> bytes:
    """RFC 9001 sections 5.3 and 5.4: sealed, then its header masked."""
    frames = frames.ljust(1162, b"\0")
    size = 4 + len(frames) + 16
    packet_number = number.to_bytes(4, "big")
    head = b"\xc3\0\0\0\x01\x08" + CONNECTION + b"\0\0" + (0x4000 | size).to_bytes(2, "big") + packet_number
    nonce = (int.from_bytes(IV, "big") ^ number).to_bytes(12, "big")
    sealed = AESGCM(KEY).encrypt(nonce, frames, head)
    block = Cipher(AES(HEADER_KEY), ECB())  # noqa: S305 - the mask of RFC 9001 section 5.4.3
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
