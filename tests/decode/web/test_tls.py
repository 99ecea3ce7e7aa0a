from __future__ import annotations

import datetime as dt
import struct

import pytest

from iotwatch.decode import decode
from iotwatch.decode.web.tls import DTLS, TLS, certificate_facts
from iotwatch.decode.web.tls_hello import is_grease, read_client_hello
from iotwatch.errors import DecodeError
from iotwatch.read.stream import from_bytes


def extension(kind: int, data: bytes) -> bytes:
    return struct.pack("!HH", kind, len(data)) + data


def server_name(name: bytes) -> bytes:
    """RFC 6066 section 3."""
    entry = b"\0" + struct.pack("!H", len(name)) + name
    return extension(0, struct.pack("!H", len(entry)) + entry)


def alpn(*names: bytes) -> bytes:
    """RFC 7301 section 3.1."""
    listed = b"".join(bytes([len(name)]) + name for name in names)
    return extension(16, struct.pack("!H", len(listed)) + listed)


def words(*values: int) -> bytes:
    return b"".join(struct.pack("!H", value) for value in values)


def hello(*extensions: bytes, ciphers: tuple[int, ...] = (0x1301, 0x1302), version: int = 0x0303) -> bytes:
    """The handshake message of RFC 8446 section 4.1.2."""
    body = (
        struct.pack("!H", version) + bytes(32) + b"\0" + struct.pack("!H", 2 * len(ciphers)) + words(*ciphers) + b"\1\0"
    )
    joined = b"".join(extensions)
    body += struct.pack("!H", len(joined)) + joined
    return b"\1" + len(body).to_bytes(3, "big") + body


def record(data: bytes, kind: int = 22) -> bytes:
    return struct.pack("!BHH", kind, 0x0301, len(data)) + data


VERSIONS = extension(43, b"\x04" + words(0x0304, 0x0303))
SIGNATURES = extension(13, struct.pack("!H", 4) + words(0x0403, 0x0804))


def test_a_client_names_its_server(traits_of):
    wire = record(hello(server_name(b"Iot.Example.COM"), alpn(b"h2", b"mqtt"), VERSIONS))
    messages = list(decode(from_bytes(wire, kind="tcp")))
    assert messages[0].fields == {"hello": "client", "version": "TLS 1.3"}
    found = {kind: (value, raw) for kind, value, raw in traits_of(messages)}
    assert found["tls.sni"] == ("iot.example.com", b"Iot.Example.COM")
    assert found["tls.alpn"] == ("h2,mqtt", wire[wire.index(b"\x02h2") - 2 :][:10])


def test_a_hello_in_several_records_is_joined_and_keeps_its_offsets(traits_of):
    whole = hello(server_name(b"split.example"), VERSIONS)
    at = whole.index(b"split") + 2
    wire = record(whole[:at]) + record(whole[at:])
    messages = list(decode(from_bytes(wire, kind="tcp")))
    assert traits_of(messages, "tls.sni") == [("tls.sni", "split.example", b"split.example")]
    place = messages[0].stream.place(*messages[0].traits[0].span)
    assert [wire[offset : offset + size] for offset, size in place.operation.spans] == [b"sp", b"lit.example"]


def test_ja4_of_the_published_example():
    """The hello of FoxIO's JA4 description (Chrome): t13d1516h2_8daaf6152771_e5627efa2ab1."""
    ciphers = (
        0x1A1A,
        0x1301,
        0x1302,
        0x1303,
        0xC02B,
        0xC02F,
        0xC02C,
        0xC030,
        0xCCA9,
        0xCCA8,
        0xC013,
        0xC014,
        0x9C,
        0x9D,
        0x2F,
        0x35,
    )
    signatures = extension(
        13, struct.pack("!H", 16) + words(0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601)
    )
    plain = [
        extension(kind, b"") for kind in (0x05, 0x0A, 0x0B, 0x12, 0x15, 0x17, 0x1B, 0x23, 0x2D, 0x33, 0x4469, 0xFF01)
    ]
    versions = extension(43, b"\x06" + words(0x2A2A, 0x0304, 0x0303))
    raw = hello(
        extension(0x3A3A, b""), server_name(b"example.com"), alpn(b"h2"), signatures, versions, *plain, ciphers=ciphers
    )
    assert read_client_hello(raw, 4, len(raw)).ja4 == "t13d1516h2_8daaf6152771_e5627efa2ab1"


@pytest.mark.parametrize(
    ("extensions", "start"),
    [
        ([server_name(b"a.b"), alpn(b"\xba\xad"), VERSIONS], "t13d0203bd_"),
        ([alpn(b"x")], "t12i0201xx_"),
        ([VERSIONS], "t13i020100_"),
        ([], "t12i020000_"),
    ],
)
def test_the_head_of_ja4(extensions, start):
    raw = hello(*extensions)
    assert read_client_hello(raw, 4, len(raw)).ja4.startswith(start)


def test_signature_algorithms_keep_their_order_in_ja4():
    raw = hello(server_name(b"a.b"), SIGNATURES)
    turned = hello(server_name(b"a.b"), extension(13, struct.pack("!H", 4) + words(0x0804, 0x0403)))
    assert read_client_hello(raw, 4, len(raw)).ja4 != read_client_hello(turned, 4, len(turned)).ja4


def test_grease_is_known():
    assert [value for value in (0x0A0A, 0x1A1A, 0xFAFA, 0x0A1A, 0x1301) if is_grease(value)] == [0x0A0A, 0x1A1A, 0xFAFA]


def test_a_broken_hello_is_an_error():
    whole = hello(server_name(b"x.example"))
    with pytest.raises(DecodeError):
        list(TLS.messages(from_bytes(record(whole[:60]))))


def certificate() -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COMMON_NAME, "Box 12"),
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Acme"),
        ]
    )
    day = dt.datetime(2024, 1, 2, tzinfo=dt.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 7, day, day + dt.timedelta(days=365))
    names = x509.SubjectAlternativeName([x509.DNSName("box.example"), x509.DNSName("alt.example")])
    signed = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.DER)


def test_a_server_shows_its_certificate(traits_of):
    der = certificate()
    chain = len(der).to_bytes(3, "big") + der
    message = len(chain).to_bytes(3, "big") + chain
    server_hello = b"\2\0\0\x26\3\3" + bytes(32) + b"\0\xc0\x2f\0"
    wire = record(server_hello) + record(b"\x0b" + len(message).to_bytes(3, "big") + message)
    messages = list(decode(from_bytes(wire, kind="tcp")))
    assert [m.fields.get("hello", "certificate") for m in messages] == ["server", "certificate"]
    assert messages[0].fields["cipher"] == 0xC02F
    ((kind, value, raw),) = traits_of(messages)
    assert (kind, value, raw) == ("tls.certificate", "Box 12", der)
    facts = messages[1].traits[0].facts
    assert facts["names"] == ["box.example", "alt.example"]
    assert (facts["organisation"], facts["self_signed"]) == (["Acme"], True)
    assert facts["not_before"] == "2024-01-02T00:00:00+00:00"


def test_a_broken_certificate_is_an_error():
    with pytest.raises(DecodeError):
        certificate_facts(b"\x30\x82\xff\xff not a certificate")


def test_data_in_mid_stream_is_named_only_when_the_next_record_proves_it():
    one = record(b"x" * 40, 23).replace(b"\x03\x01", b"\x03\x03", 1)
    assert [m.fields for m in decode(from_bytes(one + one, kind="tcp"))] == [{"content": "encrypted"}]
    assert list(decode(from_bytes(one, kind="tcp"))) == []


def test_dtls_has_a_cookie_and_its_own_letters(datagrams, traits_of):
    body = b"\xfe\xfd" + bytes(32) + b"\0" + b"\4cook" + b"\0\4" + words(0xC02B, 0xC02F) + b"\1\0"
    joined = server_name(b"coaps.example")
    body += struct.pack("!H", len(joined)) + joined
    size = len(body).to_bytes(3, "big")
    handshake = b"\1" + size + b"\0\0" + b"\0\0\0" + size + body
    wire = b"\x16\xfe\xfd" + bytes(8) + struct.pack("!H", len(handshake)) + handshake
    messages = list(decode(datagrams(wire, port=5684)))
    assert [message.protocol for message in messages] == ["dtls"]
    assert traits_of(messages, "dtls.sni") == [("dtls.sni", "coaps.example", b"coaps.example")]
    assert traits_of(messages, "dtls.ja4")[0][1].startswith("dd2d0201" + "00_")
    assert next(DTLS.messages(datagrams(wire[:20]))).traits == ()
