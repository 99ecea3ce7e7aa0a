"""Two images: files, modules, endpoints and texts that came, went or changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from iotwatch.batch.scan import Plan, scan
from iotwatch.report.document.diff import Change, diff
from iotwatch.report.masking import mask_text
from iotwatch.report.reader import Reader
from iotwatch.store import Store
from tests.tars import make_tar

DIGITS = b"unit 76"


@pytest.fixture
def changes(tmp_path: Path) -> list[Change]:
    agent = b"\x7fELF" + bytes(60) + b"report to https://old.fleet.example/track\0"
    later = agent.replace(b"old.fleet", b"new.fleet") + b"+QGPSLOC EG25GGBR07A08M2G_01.002.07\0/data/quec/log\0"
    old = make_tar(tmp_path / "old.tar", {"bin/agent": agent, "etc/same": b"same", "etc/gone": b"was here"})
    new = make_tar(tmp_path / "new.tar", {"bin/agent": later, "etc/same": b"same", "etc/more": b"is new"})
    scan([old], tmp_path / "a.db", Plan(asset="unit", jobs=1))
    scan([new], tmp_path / "b.db", Plan(asset="unit", jobs=1))
    with Store(tmp_path / "a.db") as before, Store(tmp_path / "b.db") as after:
        return diff(Reader(before, masked=False), "unit", Reader(after, masked=False), "unit")


def _certificate(name: str, days: int) -> bytes:
    """A self-signed certificate with its key, made by the package that OpenSSL stands behind."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(subject, subject, key.public_key(), 7, start, start + timedelta(days=days))
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def test_certificates_and_hashes_that_no_masking_touches(tmp_path: Path) -> None:
    """The hash of ``DIGITS`` has runs of digits as long as those of an IMEI."""
    old = {"etc/ca.pem": _certificate("fleet.example", 100), "etc/id": b"first"}
    new = {"etc/ca.pem": _certificate("fleet.example", 900), "etc/id": DIGITS}
    for name, files in (("a", old), ("b", new)):
        scan([make_tar(tmp_path / f"{name}.tar", files)], tmp_path / f"{name}.db", Plan(asset="unit", jobs=1))
    with Store(tmp_path / "a.db") as before, Store(tmp_path / "b.db") as after:
        found = diff(Reader(before, masked=True), "unit", Reader(after, masked=True), "unit")
    (certificate,) = [one for one in found if one.what == "certificate"]
    assert (certificate.change, certificate.name.endswith("ca.pem: fleet.example")) == ("changed", True)
    assert (certificate.before, certificate.after) == (
        "until 2026-04-11T00:00:00+00:00",
        "until 2028-06-19T00:00:00+00:00",
    )
    hashed = sha256(
        x509.load_pem_x509_certificate(new["etc/ca.pem"]).public_bytes(serialization.Encoding.DER)
    ).hexdigest()
    assert certificate.after_sha256 == hashed
    assert certificate.before_sha256 not in ("", hashed)
    (file,) = [one for one in found if one.what == "file" and one.name.endswith("etc/id")]
    assert file.after_sha256 == sha256(DIGITS).hexdigest()
    assert mask_text(file.after_sha256) != file.after_sha256


def names(changes: list[Change], what: str, change: str) -> list[str]:
    return [one.name for one in changes if (one.what, one.change) == (what, change)]


def test_files(changes: list[Change]) -> None:
    assert [name.rpartition("!")[2] for name in names(changes, "file", "new")] == ["etc/more"]
    assert [name.rpartition("!")[2] for name in names(changes, "file", "gone")] == ["etc/gone"]
    assert [name.rpartition("!")[2] for name in names(changes, "file", "changed")] == ["bin/agent"]


def test_endpoints_and_modules(changes: list[Change]) -> None:
    assert "text.url: https://new.fleet.example/track" in names(changes, "text", "new")
    assert "text.url: https://old.fleet.example/track" in names(changes, "text", "gone")
    assert any(name.startswith("Quectel") for name in names(changes, "module", "new"))


def test_nothing_differs_from_itself(tmp_path: Path) -> None:
    one = make_tar(tmp_path / "a.tar", {"bin/agent": b"\x7fELF agent"})
    scan([one], tmp_path / "a.db", Plan(asset="unit", jobs=1))
    with Store(tmp_path / "a.db") as store:
        assert diff(Reader(store, masked=False), "unit", Reader(store, masked=False), "unit") == []
