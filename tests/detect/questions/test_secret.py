"""Secrets in images: a finding each, and not one byte of them in what is stored."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.detect.images import CAPTURES, of, scanned
from tests.observe.firmware.test_certificates import CERTIFICATE, KEY
from tests.tars import make_tar

SECRET = b"Tr4ck3r-0815"
PEM = serialization.Encoding.PEM
PKCS8 = serialization.PrivateFormat.PKCS8
CURVE_PEM = ec.generate_private_key(ec.SECP256R1()).private_bytes(
    PEM, PKCS8, serialization.BestAvailableEncryption(b"x")
)
TREE = {
    "etc/ssl/unit.key": KEY.private_bytes(PEM, PKCS8, serialization.NoEncryption()),
    "etc/ssl/unit.pem": CERTIFICATE.public_bytes(PEM),
    "etc/ssl/locked.key": CURVE_PEM,
    "etc/report.conf": b"broker=b.fleet.example\nmqtt_password="
    + SECRET
    + b"\nurl=ftp://u:"
    + SECRET
    + b"@f.fleet.example/\n",
    "etc/shadow": b"root:$1$abcd$0123456789abcdefghijkl:10933:0:99999:7:::\n",
    "usr/share/doc/unit/examples/unit.conf": b"password=k4didd!ehopper\n",
    "usr/lib/python3.11/request.py": b"passwd = 'kadidd!ehopper'\n",
}


def test_keys_and_passwords(tmp_path: Path) -> None:
    found, verdict = scanned([make_tar(tmp_path / "image.tar", TREE)], tmp_path)
    told = {row["title"]: row for row in of(found, "secret")}

    assert {title: row["severity"] for title, row in told.items()} == {
        "Private key in etc/ssl/unit.key (RSA 2048)": "medium",
        "Encrypted private key in etc/ssl/locked.key": "low",
        "Password in clear in etc/report.conf": "medium",
        "Password hash in etc/shadow": "low",
        "Password in clear in usr/share/doc/unit/examples/unit.conf": "low",
        "Password in clear in usr/lib/python3.11/request.py": "low",
    }
    assert (
        "it is the key of the certificate unit-1.fleet.example"
        in told["Private key in etc/ssl/unit.key (RSA 2048)"]["reasons"]
    )
    assert verdict.startswith("suspicious")


def test_no_secret_is_stored(tmp_path: Path) -> None:
    scanned([make_tar(tmp_path / "image.tar", TREE)], tmp_path)
    database = (tmp_path / "a.db").read_bytes()
    body = TREE["etc/ssl/unit.key"].splitlines()[1]

    for secret in (SECRET, body, b"0123456789abcdefghijkl", b"kadidd", b"k4didd"):
        assert secret not in database
        assert secret.hex().encode() not in database


def test_a_log_is_no_image(tmp_path: Path) -> None:
    found, _ = scanned([CAPTURES / "at-quectel" / "ttyUSB2-at.log"], tmp_path)
    assert of(found, "secret") == []
