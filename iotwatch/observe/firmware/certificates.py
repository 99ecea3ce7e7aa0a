"""Certificates and private keys in a file, as PEM or DER: parsed, never kept.

The evidence of a private key is its first line or its DER header alone, so that nothing that is reported holds the key.
Sources: RFC 7468 (PEM), RFC 5280 (certificates), RFC 5208 and RFC 5958 (PKCS 8), RFC 8017 (PKCS 1), RFC 5915 (SEC 1).
"""

from __future__ import annotations

import binascii
import contextlib
import re
import warnings
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from iotwatch.decode.web.tls import certificate_facts
from iotwatch.errors import DecodeError
from iotwatch.observe.firmware.markers import Hit
from iotwatch.observe.firmware.statement import Statement
from iotwatch.patterns import regex
from iotwatch.words.kinds import Kind

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

_PEM = regex(rb"-----BEGIN ([A-Z0-9 ]{3,40})-----[ \t\r]*\n")
_PEM_BYTES = 1 << 16
_DER_BYTES = 1 << 14
_HEADER = 16
# Testing an RSA key's primes takes seconds for a large one, and an image can hold many; nothing is done with a key here.
_UNCHECKED = {"unsafe_skip_rsa_key_validation": True}
_NAMES = {"EllipticCurve": "EC", "ECPublicKey": "EC"}
MOST = 512


def held(data: bytes, pem: Iterable[Hit], der: Iterable[Hit], keys: Iterable[Hit]) -> Iterator[Statement]:
    """Everything that parses, at most 512 of each form.

    The value of a ``certificate`` is its subject, that of a ``key.private`` the SHA-256 of its public half, where known.
    """
    for hit, _ in zip(pem, range(MOST), strict=False):
        found = _PEM.match(data, hit.start, hit.start + 64)
        end = data.find(b"-----END ", hit.start, hit.start + _PEM_BYTES) if found else -1
        if found is not None and end > 0:
            yield from _pem(data, found, data.find(b"-----", end + 9, end + 60) + 5)
    for hit, _ in zip(der, range(MOST), strict=False):
        end = hit.start + 4 + int.from_bytes(data[hit.start + 2 : hit.start + 4], "big")
        if end <= len(data):
            yield from _certificate(data[hit.start : end], hit.start, end)
    for hit, _ in zip(keys, range(MOST), strict=False):
        yield from _der_key(data, hit)


def _pem(data: bytes, found: re.Match[bytes], end: int) -> Iterator[Statement]:
    label = found[1].decode("ascii")
    if label in ("CERTIFICATE", "TRUSTED CERTIFICATE", "X509 CERTIFICATE"):
        with contextlib.suppress(binascii.Error):
            body = binascii.a2b_base64(data[found.end() : data.rfind(b"-----END", 0, end)])
            yield from _certificate(body, found.start(), end)
    elif label.endswith("PRIVATE KEY"):
        facts = _pem_key(data[found.start() : end] + b"\n", label)
        if facts is not None:
            yield Statement(Kind.KEY_PRIVATE, facts.pop("public_sha256", label), found.start(), found.end(), facts)


def _certificate(der: bytes, start: int, end: int) -> Iterator[Statement]:
    from cryptography.utils import CryptographyDeprecationWarning

    try:
        with warnings.catch_warnings():  # devices' certificates break many rules; that is not our user's business
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            subject, facts = certificate_facts(der)
    except DecodeError:
        return
    yield Statement(Kind.CERTIFICATE, subject, start, end, {**facts, "seen_in": "firmware"})


def _pem_key(pem: bytes, label: str) -> dict[str, Any] | None:
    """What a private key is; ``None`` when it is none: a label in a program, a template."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_private_key

    load = load_ssh_private_key if label.startswith("OPENSSH") else load_pem_private_key
    encrypted = {"form": label, "encrypted": True}
    if label.startswith("ENCRYPTED") or b"Proc-Type: 4,ENCRYPTED" in pem[:200]:
        return encrypted if len(pem) > 200 else None
    try:
        key = load(pem, None, **_UNCHECKED)
    except TypeError:  # a password is asked for
        return encrypted
    except UnsupportedAlgorithm:
        return {"form": label, "encrypted": False}
    except ValueError:
        return None
    return {"form": label, "encrypted": False, **_public(key.public_key())}


def _der_key(data: bytes, hit: Hit) -> Iterator[Statement]:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    short = data[hit.start + 1] < 0x80
    size = 2 + data[hit.start + 1] if short else 4 + int.from_bytes(data[hit.start + 2 : hit.start + 4], "big")
    if size > _DER_BYTES or hit.start + size > len(data):
        return
    try:
        key = load_der_private_key(data[hit.start : hit.start + size], None, **_UNCHECKED)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return
    facts = {"form": f"DER, {hit.marker.value}", "encrypted": False, **_public(key.public_key())}
    yield Statement(Kind.KEY_PRIVATE, facts.pop("public_sha256"), hit.start, min(hit.end, hit.start + _HEADER), facts)


def _public(key: PublicKeyTypes) -> dict[str, Any]:
    """Kind, size and the SHA-256 of the SubjectPublicKeyInfo: what a certificate's own key is compared with."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    info = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    name = type(key).__name__.lstrip("_").removesuffix("PublicKey")
    # Two libraries of the package name a key on a curve differently.
    return {
        "algorithm": _NAMES.get(name, name),
        "bits": getattr(key, "key_size", 0),
        "public_sha256": sha256(info).hexdigest(),
    }
