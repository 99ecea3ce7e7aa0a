"""Keys and certificates: parsed, matched by their public half, and never held."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.observe.firmware.files import observed

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CURVE = ec.generate_private_key(ec.SECP256R1())
NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "unit-1.fleet.example")])
START = datetime(2026, 1, 1, tzinfo=UTC)
CERTIFICATE = (
    x509.CertificateBuilder()
    .subject_name(NAME)
    .issuer_name(NAME)
    .public_key(KEY.public_key())
    .serial_number(7)
    .not_valid_before(START)
    .not_valid_after(START + timedelta(days=365))
    .sign(KEY, hashes.SHA256())
)
NONE = serialization.NoEncryption()
LOCKED = b"""-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABAUCTfT6o
9CavY5LwqGl/s8AAAAEAAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAIO/OgSh90+AnQePL
jgNiXRp5Fd3AuE7dp0Ur2d1GPBrMAAAAkIrDI/UADFMPO8XH9N1m1BhbST9j4phaga+36M
/AIKDY8heg4ey5kX39PuqzNAXp4kdj6s9lvsfSpI99bmQHB1eyXnBsEnPEW6Voaz63xUBA
GCEQcMxJLlohrxz36jG1HM+d/uORT1uKzZOgeP9f7v9Rb0MowvAMh2oOBTDNjS/2sGa4dZ
zjw4TzDdB6kcuRUQ==
-----END OPENSSH PRIVATE KEY-----
"""
"""Made for this test by ssh-keygen; its password is ``secret``."""


def private(form: serialization.PrivateFormat, encoding: serialization.Encoding = serialization.Encoding.PEM) -> bytes:
    return KEY.private_bytes(encoding, form, NONE)


@pytest.mark.parametrize(
    "data",
    [
        private(serialization.PrivateFormat.PKCS8),
        private(serialization.PrivateFormat.TraditionalOpenSSL),
        private(serialization.PrivateFormat.OpenSSH),
        b"\x7fELF\x01\x01\x01"
        + bytes(50)
        + private(serialization.PrivateFormat.PKCS8, serialization.Encoding.DER)
        + bytes(9),
        b"\x7fELF\x01\x01\x01"
        + bytes(50)
        + private(serialization.PrivateFormat.TraditionalOpenSSL, serialization.Encoding.DER),
    ],
)
def test_a_private_key_and_its_certificate_share_a_value(data: bytes) -> None:
    (key,) = observed(data, "etc/ssl/unit.key")["key.private"]
    (certificate,) = observed(CERTIFICATE.public_bytes(serialization.Encoding.DER), "etc/ssl/unit.der")["certificate"]

    assert (key.facts["algorithm"], key.facts["bits"], key.facts["encrypted"]) == ("RSA", 2048, False)
    assert key.value == certificate.facts["key_sha256"]
    assert len(key.evidence.excerpt) <= 64


def test_a_key_on_a_curve() -> None:
    data = b"noise" + CURVE.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.TraditionalOpenSSL, NONE
    )
    (key,) = observed(data)["key.private"]
    assert key.facts["bits"] == 256


def test_an_encrypted_key_says_so() -> None:
    data = KEY.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"x")
    )
    (key,) = observed(data, "a.key")["key.private"]
    assert key.facts["encrypted"] is True


def test_a_locked_key_of_ssh_says_so() -> None:
    (key,) = observed(LOCKED, "etc/dropbear/id")["key.private"]
    assert key.facts["encrypted"] is True


@pytest.mark.parametrize(
    "data",
    [
        b"-----BEGIN PRIVATE KEY-----\nnot base64 at all\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN RSA PRIVATE KEY-----\0-----END RSA PRIVATE KEY-----\0",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        private(serialization.PrivateFormat.PKCS8)[:400],
        private(serialization.PrivateFormat.PKCS8, serialization.Encoding.DER)[:-20],
    ],
)
def test_what_only_looks_like_one_is_none(data: bytes) -> None:
    found = observed(data)
    assert "key.private" not in found
    assert "certificate" not in found


def test_a_certificate_says_whose_and_how_long() -> None:
    data = b"text before\n" + CERTIFICATE.public_bytes(serialization.Encoding.PEM)
    (one,) = observed(data, "etc/ssl/ca.pem")["certificate"]

    assert one.value == "unit-1.fleet.example"
    assert one.facts["not_after"].startswith("2027-01-01")
    assert one.facts["self_signed"] is True
    assert one.evidence.offset == len(b"text before\n")
