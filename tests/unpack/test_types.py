"""Short type names."""

from __future__ import annotations

import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from iotwatch.unpack import types


def certificate() -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "reports.example")])
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(start).not_valid_after(start + dt.timedelta(days=9))
    return builder.sign(key, hashes.SHA256()), key


def test_certificates_and_keys():
    one, key = certificate()
    pem, der = serialization.Encoding.PEM, serialization.Encoding.DER
    assert types.identify(one.public_bytes(pem)) == "certificate"
    assert types.identify(one.public_bytes(der)) == "certificate"
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    assert types.identify(private) == "private-key"
    assert types.identify(b"Bag Attributes\n" + private) == "private-key"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "empty"),
        (b"#!/bin/sh\necho\n", "script"),
        (b"server = x\n", "text"),
        ("Stra\u00dfe\n".encode(), "text"),
        (b'{"a": 1}\n', "json"),
        (b"<?xml version='1.0'?><a/>", "xml"),
        (b"\x89PNG\r\n\x1a\n123", "png"),
        (b"\xff" * 100, "padding"),
        (b"\x01\x02\x03\x80", "data"),
        (b"\x7fELF\x01\x01" + bytes(12) + b"\x28\0", "elf-arm"),
        (b"\x7fELF\x01\x02" + bytes(12) + b"\0\x08", "elf-mips"),
        (b"\x7fELF", "elf-unknown"),
        (b"\x04\0\x03\0HMIT\0\0\0\0\x80", "asr-tim"),
        (b"<?xml version='1.0'?><Storage Name='a.xqcn'><NV_NUMBERED_ITEMS/>", "xqcn"),
        ("sp\u00e4t".encode("utf-16"), "text"),
    ],
)
def test_names(data, name):
    assert types.identify(data) == name


@given(st.binary(max_size=300))
def test_any_bytes_have_a_name(data):
    assert types.identify(data).isprintable()
