"""The hello of a TLS client (RFC 8446 section 4.1.2) and its JA4 fingerprint, read in one pass.

JA4 as FoxIO's ``technical_details/JA4.md`` has it (the client fingerprint alone, which is BSD-licensed).
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from iotwatch.errors import DecodeError

_SERVER_NAME, _SIGNATURES, _ALPN, _VERSIONS, _ENCRYPTED_HELLO = 0x0000, 0x000D, 0x0010, 0x002B, 0xFE0D
_TICKET, _PRE_SHARED_KEY = 0x0023, 0x0029
_TLS_1_3 = 0x0304
_JA4_VERSIONS = {
    0x0304: "13", 0x0303: "12", 0x0302: "11", 0x0301: "10", 0x0300: "s3", 0x0002: "s2",
    0xFEFF: "d1", 0xFEFD: "d2", 0xFEFC: "d3",
}  # fmt: skip
VERSION_NAMES = {
    0x0304: "TLS 1.3", 0x0303: "TLS 1.2", 0x0302: "TLS 1.1", 0x0301: "TLS 1.0", 0x0300: "SSL 3.0",
    0xFEFF: "DTLS 1.0", 0xFEFD: "DTLS 1.2", 0xFEFC: "DTLS 1.3",
}  # fmt: skip
_EMPTY_HASH = "000000000000"


class ClientHello(NamedTuple):
    """What a hello says; spans are positions in the bytes it was read from, ``(0, 0)`` for what it does not say.

    ``resumes`` is that it offers to go on with an earlier session: by a key of it (RFC 8446 section 2.2), by its ticket
    (RFC 5077 section 3.2) or, where TLS 1.3 is not offered, by its id (RFC 5246 section 7.4.1.2).
    """

    version: int
    server_name: str
    server_name_span: tuple[int, int]
    alpn: tuple[str, ...]
    alpn_span: tuple[int, int]
    ja4: str
    encrypted: bool
    resumes: bool


def is_grease(value: int) -> bool:
    """Whether the value is reserved to keep peers tolerant (RFC 8701): 0x0A0A, 0x1A1A ... 0xFAFA."""
    return value & 0x0F0F == 0x0A0A and value >> 8 == value & 0xFF


def _words(data: bytes, start: int, end: int) -> list[int]:
    return [data[i] << 8 | data[i + 1] for i in range(start, end - 1, 2)]


class _Extensions:
    """Types in their order, and what four of them say."""

    __slots__ = ("alpn", "alpn_span", "encrypted", "name", "name_span", "resumes", "signatures", "types", "versions")

    def __init__(self) -> None:
        self.types: list[int] = []
        self.name = ""
        self.name_span = self.alpn_span = (0, 0)
        self.alpn: list[bytes] = []
        self.signatures: list[int] = []
        self.versions: list[int] = []
        self.encrypted = self.resumes = False

    def read(self, data: bytes, at: int, end: int) -> None:
        while at + 4 <= end:
            kind = data[at] << 8 | data[at + 1]
            start = at + 4
            at = start + (data[at + 2] << 8 | data[at + 3])
            if at > end:
                raise DecodeError("a TLS extension is longer than its hello")
            self.types.append(kind)
            if kind == _SERVER_NAME:
                self._server_name(data, start, at)
            elif kind == _SIGNATURES:
                self.signatures = _words(data, start + 2, at)
            elif kind == _ALPN:
                self._protocols(data, start, at)
            elif kind == _VERSIONS:
                self.versions = _words(data, start + 1, at)
            elif kind == _ENCRYPTED_HELLO:
                self.encrypted = True
            elif kind == _PRE_SHARED_KEY or (kind == _TICKET and at > start):
                self.resumes = True

    def _server_name(self, data: bytes, start: int, end: int) -> None:
        """RFC 6066 section 3: list length, name type 0, name length, name."""
        if start + 5 <= end and data[start + 2] == 0:
            size = data[start + 3] << 8 | data[start + 4]
            self.name_span = (start + 5, min(start + 5 + size, end))
            self.name = data[slice(*self.name_span)].decode("utf-8", "replace").lower()

    def _protocols(self, data: bytes, start: int, end: int) -> None:
        """RFC 7301 section 3.1: list length, then names with a length byte each."""
        self.alpn_span = (start, end)
        at = start + 2
        while at < end and len(self.alpn) < 32:
            self.alpn.append(data[at + 1 : min(at + 1 + data[at], end)])
            at += 1 + data[at]


def read_client_hello(data: bytes, start: int, end: int, transport: str = "t", *, cookie: bool = False) -> ClientHello:
    """The hello whose body (after the four bytes of the handshake header) is ``data[start:end]``.

    ``transport`` is JA4's first letter: t (TCP), d (DTLS) or q (QUIC); a DTLS hello has a ``cookie`` (RFC 6347 4.2.1).
    """
    try:
        version = data[start] << 8 | data[start + 1]
        at = start + 34
        session = data[at]
        at += 1 + data[at]
        if cookie:
            at += 1 + data[at]
        size = data[at] << 8 | data[at + 1]
        ciphers = data[at + 2 : min(at + 2 + size, end)]
        at += 2 + size
        at += 1 + data[at]
        extensions = _Extensions()
        if at + 2 <= end:
            extensions.read(data, at + 2, min(at + 2 + (data[at] << 8 | data[at + 1]), end))
    except IndexError as error:
        raise DecodeError("a TLS client hello is cut short") from error
    if at > end or len(ciphers) < 2:
        raise DecodeError("a TLS client hello offers no cipher within its length")
    offered = [value for value in extensions.versions if not is_grease(value)]
    if offered:
        version = min(offered) if transport == "d" else max(offered)
    return ClientHello(
        version=version,
        server_name=extensions.name,
        server_name_span=extensions.name_span,
        alpn=tuple(name.decode("utf-8", "backslashreplace") for name in extensions.alpn if name),
        alpn_span=extensions.alpn_span,
        ja4=_ja4(transport, version, ciphers, extensions),
        encrypted=extensions.encrypted,
        resumes=extensions.resumes or (session > 0 and version != _TLS_1_3),
    )


def _ja4(transport: str, version: int, ciphers: bytes, extensions: _Extensions) -> str:
    first = extensions.alpn[0] if extensions.alpn else b""
    offered, cipher_hash = _cipher_part(ciphers)
    types, extension_hash = _extension_part(tuple(extensions.types), tuple(extensions.signatures))
    named = "d" if _SERVER_NAME in extensions.types else "i"
    head = f"{transport}{_JA4_VERSIONS.get(version, '00')}{named}{offered:02d}{types:02d}{_alpn_letters(first)}"
    return f"{head}_{cipher_hash}_{extension_hash}"


# A device greets in the same words each time: the two hashes are kept.
@lru_cache(maxsize=512)
def _cipher_part(raw: bytes) -> tuple[int, str]:
    ciphers = sorted(value for value in _words(raw, 0, len(raw)) if not is_grease(value))
    return min(len(ciphers), 99), _digest(",".join(f"{value:04x}" for value in ciphers))


@lru_cache(maxsize=512)
def _extension_part(types: tuple[int, ...], signatures: tuple[int, ...]) -> tuple[int, str]:
    kinds = sorted(kind for kind in types if not is_grease(kind))
    listed = ",".join(f"{kind:04x}" for kind in kinds if kind not in (_SERVER_NAME, _ALPN))
    algorithms = [f"{value:04x}" for value in signatures if not is_grease(value)]
    if algorithms:
        listed += "_" + ",".join(algorithms)
    return min(len(kinds), 99), _digest(listed if kinds else "")


def _alpn_letters(name: bytes) -> str:
    """First and last letter of the first protocol; of its hex form when one of the two is no letter or digit."""
    if not name:
        return "00"
    ends = bytes((name[0], name[-1]))
    if ends.isalnum():
        return ends.decode("ascii")
    return name.hex()[0] + name.hex()[-1]


def _digest(text: str) -> str:
    return sha256(text.encode("ascii")).hexdigest()[:12] if text else _EMPTY_HASH
