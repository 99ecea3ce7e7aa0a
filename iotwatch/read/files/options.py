"""pcapng's small print: options, name resolution records and decryption secrets (draft-ietf-opsawg-pcapng 3.5, 4.5, 4.7)."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Literal

Order = Literal["big", "little"]
TLS_KEY_LOG = b"TLSK"
_MAX_OPTIONS = 1000
_MAX_RECORDS = 10_000


def options_of(body: bytes, *, big: bool) -> dict[int, bytes]:
    """Option code to value, first of each; what is cut short ends the list."""
    found: dict[int, bytes] = {}
    for number, (code, value) in enumerate(_records(body, big=big)):
        if code == 0 or number >= _MAX_OPTIONS:
            break
        found.setdefault(code, value)
    return found


def names_of(body: bytes, *, big: bool) -> dict[str, str]:
    """Address text to the first name a name resolution block gives it."""
    names: dict[str, str] = {}
    for number, (kind, value) in enumerate(_records(body, big=big)):
        if kind == 0 or number >= _MAX_RECORDS:
            break
        size = {1: 4, 2: 16}.get(kind)
        if size is None or len(value) <= size:
            continue
        name = value[size:].split(b"\0", 1)[0].decode("utf-8", "replace")
        if name:
            names.setdefault(str(ipaddress.ip_address(value[:size])), name)
    return names


def secrets_of(body: bytes, *, big: bool) -> list[bytes]:
    """The TLS key log text of a decryption secrets block; other kinds of secrets give nothing."""
    if len(body) < 8:
        return []
    order: Order = "big" if big else "little"
    kind = int.from_bytes(body[:4], order).to_bytes(4, "big")
    size = int.from_bytes(body[4:8], order)
    return [body[8 : 8 + size]] if kind == TLS_KEY_LOG and size else []


def _records(body: bytes, *, big: bool) -> Iterator[tuple[int, bytes]]:
    order: Order = "big" if big else "little"
    here = 0
    while here + 4 <= len(body):
        code = int.from_bytes(body[here : here + 2], order)
        size = int.from_bytes(body[here + 2 : here + 4], order)
        yield code, body[here + 4 : here + 4 + size]
        here += 4 + (size + 3) // 4 * 4
