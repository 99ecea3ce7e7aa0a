"""TLS (RFC 8446, RFC 5246) and DTLS (RFC 6347, RFC 9147): what both sides say before the keys are there.

The client's hello gives the server's name, the protocols offered and a JA4 fingerprint; up to TLS 1.2 the server's
certificate is in clear. Handshake messages that several records share are joined, so that positions stay exact.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from typing import Any

from iotwatch.decode.message import Claim, Message, Trait, by_head
from iotwatch.decode.units import units
from iotwatch.decode.web.tls_hello import VERSION_NAMES, ClientHello, read_client_hello
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence
from iotwatch.read.stream import Flow, Stream
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.kinds import Kind

_ALERT, _HANDSHAKE, _DATA = 21, 22, 23
_CLIENT_HELLO, _SERVER_HELLO, _CERTIFICATE = 1, 2, 11
HANDSHAKE_BYTES = 64 << 10
RECORDS = 64
_RECORD_BYTES = 16384 + 2048


class Tls:
    """TLS records: ``tls.sni``, ``tls.alpn``, ``tls.ja4``, ``tls.resumed`` of the client, ``tls.certificate`` of the server."""

    name = "tls"
    anchors = (
        rb"(?s:\x16\x03[\x00-\x04]..[\x01\x02\x0b])",
        rb"(?s:\x17\x03[\x01-\x03][\x00-\x48].)",
        rb"(?s:\x15\x03[\x00-\x03]\x00[\x02\x1a-\x40])",
    )

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        size = int.from_bytes(head[3:5], "big")
        if not 0 < size <= _RECORD_BYTES or len(head) < 6:
            return None
        if head[0] == _HANDSHAKE:
            return by_head(self, size >= 4)
        # Application data in mid-stream: believe it only when the next record's head stands where it must.
        return by_head(
            self, len(head) >= 5 + size + 3 and head[5 + size] in (20, 21, 22, 23) and head[5 + size + 1] == 3
        )

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        if stream.data[:1] != b"\x16":
            doubts = (ReadingDoubt.NO_HANDSHAKE(),)
            when = stream.time_at(0)
            yield Message(
                "tls", stream, (0, min(5, len(stream.data))), when, fields={"content": "encrypted"}, doubts=doubts
            )
            return
        handshake, at, stop = _joined(stream)
        data = handshake.data
        while at + 4 <= stop:
            kind = data[at]
            end = at + 4 + int.from_bytes(data[at + 1 : at + 4], "big")
            if kind == _CLIENT_HELLO:
                yield hello_message(handshake, (at, at + 4, min(end, stop)), "tls")
                return
            if kind == _SERVER_HELLO:
                yield _server_hello(handshake, at, min(end, stop))
            elif kind == _CERTIFICATE and end <= stop:
                yield _certificate(handshake, at, end)
                return
            elif kind not in (0, 4, 12, 13, 14, 20, 22):
                return
            at = end


def _joined(stream: Stream) -> tuple[Stream, int, int]:
    """A stream and the range of it that is the first handshake bytes; the stream itself when they are in one record."""
    data = stream.data
    ranges: list[tuple[int, int]] = []
    at = total = 0
    while at + 5 <= len(data) and data[at] == _HANDSHAKE and data[at + 1] == 3 and len(ranges) < RECORDS:
        end = at + 5 + int.from_bytes(data[at + 3 : at + 5], "big")
        ranges.append((at + 5, min(end, len(data))))
        total += min(end, len(data)) - at - 5
        at = end
        if total > HANDSHAKE_BYTES:
            break
        if total >= 4 and data[5] == _CLIENT_HELLO and total >= 4 + int.from_bytes(data[6:9], "big"):
            break
    if len(ranges) == 1:
        return stream, *ranges[0]
    whole = stream.join(ranges)
    return whole, 0, len(whole.data)


def hello_message(stream: Stream, where: tuple[int, int, int], protocol: str) -> Message:
    """The message of a client hello at ``(start, body, end)`` of ``stream``."""
    start, body, end = where
    datagram = protocol == "dtls"
    hello = read_client_hello(stream.data, body, end, "d" if datagram else "t", cookie=datagram)
    fields = {"hello": "client", "version": VERSION_NAMES.get(hello.version, f"{hello.version:#06x}")}
    doubts = (ReadingDoubt.SERVER_NAME_ENCRYPTED(),) if hello.encrypted else ()
    span, when = (start, end), stream.time_at(start)
    traits = tuple(_hello_traits(hello, span, datagram=datagram))
    return Message(
        protocol, stream, span, when, fields=fields, traits=traits, confidence=Confidence.CERTAIN, doubts=doubts
    )


def _hello_traits(hello: ClientHello, span: tuple[int, int], *, datagram: bool) -> Iterator[Trait]:
    if hello.server_name:
        yield Trait(Kind.DTLS_SNI if datagram else Kind.TLS_SNI, hello.server_name, hello.server_name_span)
        if hello.resumes and not datagram:
            yield Trait(Kind.TLS_RESUMED, hello.server_name, hello.server_name_span)
    if hello.alpn:
        yield Trait(Kind.DTLS_ALPN if datagram else Kind.TLS_ALPN, ",".join(hello.alpn), hello.alpn_span)
    yield Trait(Kind.DTLS_JA4 if datagram else Kind.TLS_JA4, hello.ja4, span)


def _server_hello(stream: Stream, start: int, end: int) -> Message:
    """RFC 5246 section 7.4.1.3: version, 32 random bytes, session id, the cipher chosen."""
    data = stream.data
    at = start + 38
    at += 1 + (data[at] if at < end else 0)
    fields: dict[str, Any] = {"hello": "server"}
    if at + 2 <= end:
        fields["cipher"] = int.from_bytes(data[at : at + 2], "big")
    return Message("tls", stream, (start, end), stream.time_at(start), fields=fields, confidence=Confidence.CERTAIN)


def _certificate(stream: Stream, start: int, end: int) -> Message:
    """The first certificate of the list (RFC 5246 section 7.4.2): length of the list, length, DER."""
    size = int.from_bytes(stream.data[start + 7 : start + 10], "big")
    at = start + 10
    if at + size > end:
        raise DecodeError("a TLS certificate is longer than its message")
    subject, facts = certificate_facts(stream.data[at : at + size])
    traits = (Trait(Kind.TLS_CERTIFICATE, subject, (at, at + size), facts),)
    when = stream.time_at(start)
    return Message(
        "tls", stream, (start, end), when, fields={"certificate": subject}, traits=traits, confidence=Confidence.CERTAIN
    )


@lru_cache(maxsize=256)
def certificate_facts(der: bytes) -> tuple[str, dict[str, Any]]:
    """Subject and facts (names, issuer, organisation, dates, sha256, key_sha256) of an X.509 certificate (RFC 5280)."""
    from cryptography import x509
    from cryptography.utils import CryptographyDeprecationWarning

    try:
        with warnings.catch_warnings():  # devices' certificates break many rules; that is not our user's business
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            certificate = x509.load_der_x509_certificate(der)
        subject, issuer = certificate.subject, certificate.issuer
        names = _alternative_names(certificate)
        common = [str(a.value) for a in subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)]
        organisation = [str(a.value) for a in subject.get_attributes_for_oid(x509.NameOID.ORGANIZATION_NAME)]
        facts: dict[str, Any] = {
            "names": names[:32],
            "issuer": issuer.rfc4514_string()[:256],
            "organisation": organisation[:1],
            "not_before": certificate.not_valid_before_utc.isoformat(),
            "not_after": certificate.not_valid_after_utc.isoformat(),
            "self_signed": subject == issuer,
            "sha256": sha256(der).hexdigest(),
        }
        key = _key_digest(certificate)
        if key:
            facts["key_sha256"] = key
    except (ValueError, x509.UnsupportedGeneralNameType) as error:
        raise DecodeError(f"a TLS certificate is broken: {str(error)[:80]}") from error
    return (common or names or [subject.rfc4514_string()])[0][:256], facts


def _key_digest(certificate: Any) -> str:
    """SHA-256 of the SubjectPublicKeyInfo: the same key in another certificate, or its private half, gives the same."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    try:
        info = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (UnsupportedAlgorithm, ValueError):
        return ""
    return sha256(info).hexdigest()


def _alternative_names(certificate: Any) -> list[str]:
    from cryptography import x509

    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return []
    names: list[str] = extension.value.get_values_for_type(x509.DNSName)
    return names


class Dtls:
    """DTLS client hellos: ``dtls.sni``, ``dtls.alpn``, ``dtls.ja4``."""

    name = "dtls"
    anchors = (rb"(?s:[\x14-\x17]\xfe[\xfd\xff].{8}[\x00-\x40].)",)

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        return by_head(self, len(head) >= 14 and 13 + int.from_bytes(head[11:13], "big") <= max(len(head), 1400))

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        named = False
        for start, end in units(stream):
            data = stream.data
            whole = data[start + 19 : start + 22] == b"\0\0\0"  # fragment offset 0: RFC 6347 section 4.2.2
            if data[start : start + 1] == b"\x16" and data[start + 13 : start + 14] == b"\x01" and whole:
                yield hello_message(stream, (start + 13, start + 25, end), "dtls")
                named = True
            elif not named:
                yield Message("dtls", stream, (start, min(start + 13, end)), stream.time_at(start))
                named = True


TLS = Tls()
DTLS = Dtls()
