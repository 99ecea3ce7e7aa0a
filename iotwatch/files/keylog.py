"""Key logs: the secrets of TLS connections, as browsers and libraries write them where ``SSLKEYLOGFILE`` says (NSS Key Log Format).

A line is a label, the 32 random bytes of the client's hello, and a secret, both in hex. A log is known by its SHA-256; its
secrets are in no database. pcapng keeps the same text in blocks of decryption secrets.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import msgspec

from iotwatch.errors import OptionError
from iotwatch.patterns import regex

VARIABLE = "IOTWATCH_KEYLOG"
"""Names key logs, as ``PATH`` names folders; ``--keylog`` sets it, so that worker processes hear of them too."""
MOST_BYTES = 64 << 20
OLD = "CLIENT_RANDOM"
"""The label of TLS 1.2 and before, whose one secret serves both directions; TLS 1.3 has four (``NEEDED``)."""
NEEDED = frozenset({
    "CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0",
})  # fmt: skip
_LABELS = NEEDED | {OLD}
# A secret is of 32 to 64 bytes: the master secret has 48, a traffic secret the length of the cipher suite's hash.
_LINE = regex(rb"(?m)^([A-Z0-9_]{13,31}) ([0-9A-Fa-f]{64}) ([0-9A-Fa-f]{64,128})[ \t]{0,8}\r?(?:\n|\Z)")


class Secret(msgspec.Struct, frozen=True):
    """One line: its label, and where it stands with its end in its text: ``(offset, length)``."""

    label: str
    span: tuple[int, int]


class KeyLog(msgspec.Struct, frozen=True):
    """The text, its SHA-256, and the lines of each connection by the client's random bytes."""

    text: bytes
    sha256: str
    secrets: dict[bytes, tuple[Secret, ...]]

    def lines(self, random: bytes) -> bytes:
        """The lines of one connection as they stand; empty where it has none."""
        spans = (one.span for one in self.secrets.get(random, ()))
        return b"".join(self.text[start : start + length] for start, length in spans)


def complete(labels: set[str]) -> bool:
    """Whether secrets of these labels open both directions of a connection."""
    return OLD in labels or labels >= NEEDED


def read_text(text: bytes) -> KeyLog:
    """The key log that ``text`` is; other lines are no error, of two with one label and client the first counts."""
    found: dict[bytes, dict[str, Secret]] = {}
    for match in _LINE.finditer(text):
        label = match[1].decode()
        if label in _LABELS:
            span = (match.start(), match.end() - match.start())
            found.setdefault(bytes.fromhex(match[2].decode()), {}).setdefault(label, Secret(label, span))
    return KeyLog(text, sha256(text).hexdigest(), {random: tuple(of.values()) for random, of in found.items()})


def given(environment: Mapping[str, str] = os.environ) -> Iterator[KeyLog]:
    """The key logs that the environment names; ``OptionError`` for one that cannot be read, is too large or holds no secret."""
    for name in filter(None, environment.get(VARIABLE, "").split(os.pathsep)):
        try:
            status = Path(name).stat()
        except OSError as error:
            raise OptionError(f"the key log {name}: {error.strerror}") from error
        yield _read(name, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=4)
def _read(name: str, size: int, _changed: int) -> KeyLog:
    if size > MOST_BYTES:
        raise OptionError(f"the key log {name} has more than {MOST_BYTES >> 20} MiB")
    try:
        with Path(name).open("rb") as file:
            found = read_text(file.read(MOST_BYTES))
    except OSError as error:
        raise OptionError(f"the key log {name}: {error.strerror}") from error
    if not found.secrets:
        raise OptionError(f"the key log {name} holds no secret of TLS in the form of SSLKEYLOGFILE")
    return found


def by_digest(digest: str) -> KeyLog | None:
    """The given key log of this SHA-256."""
    return next((one for one in given() if one.sha256 == digest), None)
