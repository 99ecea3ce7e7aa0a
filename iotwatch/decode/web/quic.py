"""QUIC's first packets (RFC 9000, RFC 9001, RFC 9369): the client's TLS hello, and so the name of the server it asks for.

Initial packets are protected with keys that anybody counts out of the client's connection id (RFC 9001 section 5.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from iotwatch.decode.fields import Cursor
from iotwatch.decode.message import Claim, Message, Trait, by_head
from iotwatch.decode.units import units
from iotwatch.decode.web.tls_hello import VERSION_NAMES, read_client_hello
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence
from iotwatch.read.stream import Flow, Stream
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.kinds import Kind

DATAGRAMS = 8
"""First datagrams of a stream that are opened: a hello with post-quantum keys takes two or three."""
_PACKETS = 4
_FRAMES = 512
_HELLO_BYTES = 16 << 10
_CLIENT_HELLO = 1
_V1 = bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a")
_DRAFT_29 = bytes.fromhex("afbfec289993d24c9e9786f19c6111e04390a899")
_DRAFT_23 = bytes.fromhex("c3eef712c72ebb5a11a7d2432bb46365bef9f502")
_DRAFT_22 = bytes.fromhex("7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a")
_DRAFT = 0xFF000000
_SALTS = {
    0x00000001: (_V1, "quic", 0),
    0x6B3343CF: (bytes.fromhex("0dede3def700a6db819381be6e269dcbf9bd2ed9"), "quicv2", 1),
    **dict.fromkeys((_DRAFT + 33, _DRAFT + 34), (_V1, "quic", 0)),
    **dict.fromkeys(range(_DRAFT + 29, _DRAFT + 33), (_DRAFT_29, "quic", 0)),
    **dict.fromkeys((*range(_DRAFT + 23, _DRAFT + 29), 0xFACEB002, 0xFACEB00E), (_DRAFT_23, "quic", 0)),
    **dict.fromkeys((_DRAFT + 21, _DRAFT + 22, 0xFACEB001), (_DRAFT_22, "quic", 0)),
    0x54303530: (bytes.fromhex("7ff579e5acd072915580304c43a2367c60488310"), "quic", 0),
    0x54303531: (bytes.fromhex("7a4edef4e7ccee5fa4506c19124fc8ccda6e033d"), "quic", 0),
}
"""Salt, prefix of the key labels, type of an Initial packet: RFC 9001 5.2, RFC 9369 3.3, draft-ietf-quic-tls-21 to -34, the
drafts that mvfst (FACEB0..) and Google's T050 and T051 are; the salts are Wireshark's too (packet-quic.c)."""


class Packet(NamedTuple):
    """An Initial packet: the connection id that makes its keys, where it stands, its packet number and payload begin."""

    version: int
    connection: bytes
    start: int
    number: int
    end: int


class Quic:
    """``tls.sni``, ``tls.alpn``, ``tls.ja4`` and ``tls.resumed`` of a QUIC client; the evidence is its first datagram."""

    name = "quic-initial"
    anchors = (
        rb"(?s:[\xc0-\xff](?:\x00\x00\x00\x01|\x6b\x33\x43\xcf|\xff\x00\x00[\x15-\x22]|\xfa\xce\xb0[\x01\x02\x0e]|T05[01])"
        rb"[\x00-\x14])",
    )

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        return by_head(self, len(head) >= 100 and (flow is None or flow.transport == "udp"))

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        pieces: dict[int, bytes] = {}
        first: tuple[int, int] | None = None
        keys = b""
        for count, (start, end) in enumerate(units(stream)):
            if count == DATAGRAMS:
                return
            for packet in _initials(stream.data, start, end):
                keys = keys or packet.connection
                payload = _opened(stream.data, packet._replace(connection=keys))
                for at, data in _crypto(payload):
                    pieces.setdefault(at, data)
                    first = first or (start, end)
            hello = _hello(pieces)
            if hello and first:
                yield _message(stream, first, hello)
                return


def _initials(data: bytes, at: int, end: int) -> Iterator[Packet]:
    """The Initial packets at the beginning of a datagram (RFC 9000 section 17.2.2)."""
    for _ in range(_PACKETS):
        cursor = Cursor(data, at, end)
        try:
            first, version = cursor.u8(), cursor.u32()
            _, _, kind = _SALTS.get(version, (b"", "", -1))
            if not first & 0x80 or first >> 4 & 3 != kind:
                return
            connection = cursor.take(cursor.u8())
            cursor.skip(cursor.u8())
            cursor.skip(_varint(cursor))
            size = _varint(cursor)
        except DecodeError:
            return
        if size < 20 or cursor.at + size > end:
            return
        yield Packet(version, connection, at, cursor.at, cursor.at + size)
        at = cursor.at + size


def _varint(cursor: Cursor) -> int:
    """RFC 9000 section 16."""
    size = 1 << (cursor.peek()[0] >> 6) if cursor.left else 1
    return cursor.uint(size) & (1 << 8 * size - 2) - 1


def _expand(secret: bytes, label: str, size: int) -> bytes:
    """HKDF-Expand-Label (RFC 8446 section 7.1) with SHA-256 and no context."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

    name = b"tls13 " + label.encode()
    return HKDFExpand(SHA256(), size, size.to_bytes(2, "big") + bytes([len(name)]) + name + b"\0").derive(secret)


def _opened(data: bytes, packet: Packet) -> bytes:
    """The frames of a client's Initial packet (RFC 9001 sections 5.2 to 5.4); empty when its keys do not fit."""
    import hmac

    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import ECB

    salt, label, _ = _SALTS[packet.version]
    secret = _expand(hmac.digest(salt, packet.connection, "sha256"), "client in", 32)
    key, iv, header_key = (
        _expand(secret, f"{label} {name}", size) for name, size in (("key", 16), ("iv", 12), ("hp", 16))
    )
    sample = data[packet.number + 4 : packet.number + 20]
    encryptor = Cipher(AES(header_key), ECB()).encryptor()  # noqa: S305 - the protocol's own mask of one block
    mask = encryptor.update(sample)
    head = bytearray(data[packet.start : packet.number + 4])
    head[0] ^= mask[0] & 0x0F
    size = (head[0] & 3) + 1
    at = packet.number - packet.start
    for index in range(size):
        head[at + index] ^= mask[1 + index]
    head = head[: at + size]
    nonce = int.from_bytes(iv, "big") ^ int.from_bytes(head[at:], "big")
    try:
        return AESGCM(key).decrypt(nonce.to_bytes(12, "big"), data[packet.number + size : packet.end], bytes(head))
    except InvalidTag:
        return b""


def _crypto(payload: bytes) -> Iterator[tuple[int, bytes]]:
    """Offset and bytes of each CRYPTO frame; padding, pings and acknowledgements are passed over (RFC 9000 section 19)."""
    cursor = Cursor(payload)
    try:
        for _ in range(_FRAMES):
            cursor.skip(cursor.left - len(payload[cursor.at :].lstrip(b"\0\x01")))
            if not cursor.left:
                return
            kind = _varint(cursor)
            if kind in (2, 3):
                _, _, ranges, _ = (_varint(cursor) for _ in range(4))
                for _ in range(2 * min(ranges, _FRAMES) + (3 if kind == 3 else 0)):
                    _varint(cursor)
            elif kind == 6:
                at = _varint(cursor)
                yield at, cursor.take(_varint(cursor))
            else:
                return
    except DecodeError:
        return


def _hello(pieces: dict[int, bytes]) -> bytes:
    """The whole client hello, once every piece of it is here."""
    data = b""
    for at in sorted(pieces):
        if at > len(data) or len(data) > _HELLO_BYTES:
            return b""
        data += pieces[at][len(data) - at :]
    size = 4 + int.from_bytes(data[1:4], "big")
    return data[:size] if data[:1] == bytes([_CLIENT_HELLO]) and len(data) >= size else b""


def _message(stream: Stream, span: tuple[int, int], data: bytes) -> Message:
    hello = read_client_hello(data, 4, len(data), "q")
    traits = [Trait(Kind.TLS_JA4, hello.ja4, span)]
    if hello.alpn:
        traits.insert(0, Trait(Kind.TLS_ALPN, ",".join(hello.alpn), span))
    if hello.server_name:
        traits.insert(0, Trait(Kind.TLS_SNI, hello.server_name, span))
        if hello.resumes:
            traits.append(Trait(Kind.TLS_RESUMED, hello.server_name, span))
    return Message(
        protocol="quic",
        stream=stream,
        span=span,
        time=stream.time_at(span[0]),
        fields={"hello": "client", "version": VERSION_NAMES.get(hello.version, f"{hello.version:#06x}")},
        traits=tuple(traits),
        confidence=Confidence.CERTAIN,
        doubts=(ReadingDoubt.SERVER_NAME_ENCRYPTED(),) if hello.encrypted else (),
    )


QUIC = Quic()
